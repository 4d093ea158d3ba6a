import { expect, test, vi } from 'vitest';
import { Client, type Port } from '../src/client';
import { plainly } from '../src/page/showing';
import type { Inbound, Outbound } from '../src/wire';

/// A client, what it posts, and a way to answer.
function connected() {
  const posted: Inbound[] = [];
  const transferred: unknown[][] = [];
  const port = {
    onmessage: null,
    onerror: null,
    postMessage: (message: Inbound, transfer: unknown[]) => {
      posted.push(message);
      transferred.push(transfer);
    },
  } as unknown as Port;
  const client = new Client(() => port);
  const event = vi.fn();
  client.listen({ started: () => undefined, event, keeper: () => undefined, failed: () => undefined });
  const say = (data: Outbound) => port.onmessage?.call(port as Worker, { data } as MessageEvent);
  return { client, posted, transferred, event, say };
}

test('answers find who asked, in whatever order they come', async () => {
  const { client, say } = connected();
  const one = client.ask('link', {
    type: 'write_link',
    config: '1',
    experiment: null,
    shown: plainly,
    expected: null,
    vary: [],
  });
  const two = client.ask('link', {
    type: 'write_link',
    config: '2',
    experiment: null,
    shown: plainly,
    expected: null,
    vary: [],
  });
  say({ from: 'analyst', id: 2, response: { type: 'link', fragment: 'b' } });
  say({ from: 'analyst', id: 1, response: { type: 'link', fragment: 'a' } });
  expect((await one).fragment).toBe('a');
  expect((await two).fragment).toBe('b');
});

test('a refusal is an error in its words', async () => {
  const { client, say } = connected();
  const asked = client.ask('opened', { type: 'open', file: { name: 'no.json', bytes: new Uint8Array(1) } });
  say({ from: 'analyst', id: 1, response: { type: 'refused', reason: 'no.json: not a results file' } });
  await expect(asked).rejects.toThrow('no.json: not a results file');
});

test('a run that is not the newest says nothing', () => {
  const { client, event, say } = connected();
  client.start();
  const state = (run: number | null, words: string) =>
    say({ from: 'trainer', run, event: { type: 'state', state: 'training', words } });
  state(1, 'a');
  state(2, 'b');
  state(1, 'stale');
  state(null, 'c');
  state(2, 'd');
  expect(event.mock.calls.map(([said]) => said.words)).toEqual(['a', 'b', 'c', 'd']);
});

test('files are handed over, not copied', () => {
  const { client, transferred } = connected();
  const bytes = new Uint8Array(8);
  client.command({ type: 'use_files', files: [{ name: 'a', bytes }], origin: 'dropped', set: null });
  expect(transferred.at(-1)).toEqual([bytes.buffer]);
});
