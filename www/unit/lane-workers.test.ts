import { expect, test } from 'vitest';
import { LaneWorkers, type Port, wanted } from '../src/lane-workers';

const program = {} as WebAssembly.Module;

/// A lane worker that answers each request with itself, but for what it is told to do otherwise.
class Echo implements Port {
  onmessage: Port['onmessage'] = null;
  onerror: Port['onerror'] = null;
  ended = false;
  postMessage(request: unknown) {
    if (request === 'silence') return;
    const failed = { message: 'it failed', preventDefault: () => undefined };
    if (request === 'fail') return void this.onerror?.call(this as unknown as Worker, failed as ErrorEvent);
    const data = request === program ? { ready: true } : { Answer: request };
    const message = { data } as MessageEvent;
    queueMicrotask(() => this.onmessage?.call(this as unknown as Worker, message));
  }
  terminate() {
    this.ended = true;
  }
}

const request = (what: string) => what as unknown as object;

test('as many as there are cores, less what the page needs', () => {
  expect([1, 2, 3, 4, 8, 64].map((cores) => wanted(cores))).toEqual([1, 2, 2, 3, 7, 16]);
  expect(wanted(8, 2)).toBe(2);
  expect(wanted(undefined)).toBe(1);
});

test('one core has no workers', async () => {
  const workers = new LaneWorkers(() => new Echo(), program, 1);
  expect(await workers.find(true)).toEqual({ workers: [], wanted: 0 });
});

test('requests are answered in their order', async () => {
  const workers = new LaneWorkers(() => new Echo(), program, 2);
  expect(await workers.find(true)).toEqual({ workers: [1, 2], wanted: 2 });
  const sent = ['a', 'b', 'c'].map((text) => workers.send(2, request(text)));
  expect(await Promise.all(sent)).toEqual([{ Answer: 'a' }, { Answer: 'b' }, { Answer: 'c' }]);
});

test('a lane worker that fails or falls silent is gone, and started anew only when asked for', async () => {
  const made: Echo[] = [];
  const make = () => {
    made.push(new Echo());
    return made.at(-1)!;
  };
  const workers = new LaneWorkers(make, program, 3, 0.01);
  await workers.find(true);
  const owed = workers.send(1, request('silence'));
  expect(await workers.send(2, request('fail'))).toEqual({ Gone: 'it failed' });
  expect(await owed).toEqual({ Gone: 'it has not answered for 0.01 seconds' });
  expect(await workers.send(1, request('a'))).toEqual({ Gone: 'it stopped before' });
  expect(made.map((one) => one.ended)).toEqual([true, true, false]);
  expect(await workers.find(false)).toEqual({ workers: [3], wanted: 3 });
  expect(await workers.find(true)).toEqual({ workers: [3, 4, 5], wanted: 3 });
});

test('where no worker may be made there are none', async () => {
  const workers = new LaneWorkers(
    () => {
      throw new Error('refused');
    },
    program,
    4,
  );
  expect(await workers.find(true)).toEqual({ workers: [], wanted: 4 });
});
