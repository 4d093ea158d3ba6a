// Results asked of the trainer: who gets which answer.
import { expect, test } from 'vitest';
import { type Exported, Exports } from '../src/exports';
import type { Command } from '../src/protocol';

const answer = (text: string): Exported => ({
  type: 'results',
  file_name: 'results',
  media_type: 'text/plain',
  text,
  expected: null,
});

function begin() {
  const sent: Command[] = [];
  return { sent, exports: new Exports({ command: (what) => sent.push(what) }) };
}

test('two who ask for one format at once share an answer, for the trainer gives one', async () => {
  const { sent, exports } = begin();
  const both = [exports.ask('json'), exports.ask('json')];
  const other = exports.ask('csv');
  expect(sent).toEqual([
    { type: 'export', format: 'json' },
    { type: 'export', format: 'csv' },
  ]);
  exports.take(answer('{}'));
  exports.take(answer('a,b'));
  expect((await Promise.all(both)).map(({ text }) => text)).toEqual(['{}', '{}']);
  expect((await other).text).toBe('a,b');
});

test('what was answered is asked anew', async () => {
  const { sent, exports } = begin();
  const first = exports.ask('json');
  exports.take(answer('1'));
  const second = exports.ask('json');
  exports.take(answer('2'));
  expect([(await first).text, (await second).text]).toEqual(['1', '2']);
  expect(sent).toHaveLength(2);
});

test('an answer is not given to who asked about the run before', async () => {
  const { exports } = begin();
  let early: string | undefined;
  void exports.ask('json').then(({ text }) => {
    early = text;
  });
  exports.forget();
  const ours = exports.ask('csv');
  exports.take(answer('ours'));
  expect((await ours).text).toBe('ours');
  expect(early).toBeUndefined();
});
