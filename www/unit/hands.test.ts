import { expect, test } from 'vitest';
import { Hands, type Port, wanted } from '../src/hands';
import { buffersOf } from '../src/transfer';

const program = {} as WebAssembly.Module;

/// A hand that answers each letter with itself, but for what it is told to do otherwise.
class Echo implements Port {
  onmessage: Port['onmessage'] = null;
  onerror: Port['onerror'] = null;
  ended = false;
  postMessage(letter: unknown) {
    if (letter === 'silence') return;
    const failed = { message: 'it failed', preventDefault: () => undefined };
    if (letter === 'fail') return void this.onerror?.call(this as unknown as Worker, failed as ErrorEvent);
    const data = letter === program ? { ready: true } : { Answer: letter };
    const message = { data } as MessageEvent;
    queueMicrotask(() => this.onmessage?.call(this as unknown as Worker, message));
  }
  terminate() {
    this.ended = true;
  }
}

const letter = (what: string) => what as unknown as object;

test('as many as there are cores, less what the page needs', () => {
  expect([1, 2, 3, 4, 8, 64].map((cores) => wanted(cores))).toEqual([1, 2, 2, 3, 7, 16]);
  expect(wanted(8, 2)).toBe(2);
  expect(wanted(undefined)).toBe(1);
});

test('one core has no hands', async () => {
  const hands = new Hands(() => new Echo(), program, 1);
  expect(await hands.find(true)).toEqual({ hands: [], wanted: 0 });
});

test('letters are answered in their order', async () => {
  const hands = new Hands(() => new Echo(), program, 2);
  expect(await hands.find(true)).toEqual({ hands: [1, 2], wanted: 2 });
  const sent = ['a', 'b', 'c'].map((text) => hands.send(2, letter(text)));
  expect(await Promise.all(sent)).toEqual([{ Answer: 'a' }, { Answer: 'b' }, { Answer: 'c' }]);
});

test('a hand that fails or falls silent is gone, and started anew only when it is asked for', async () => {
  const made: Echo[] = [];
  const make = () => {
    made.push(new Echo());
    return made.at(-1)!;
  };
  const hands = new Hands(make, program, 3, 0.01);
  await hands.find(true);
  const owed = hands.send(1, letter('silence'));
  expect(await hands.send(2, letter('fail'))).toEqual({ Gone: 'it failed' });
  expect(await owed).toEqual({ Gone: 'it has not answered for 0.01 seconds' });
  expect(await hands.send(1, letter('a'))).toEqual({ Gone: 'it stopped before' });
  expect(made.map((one) => one.ended)).toEqual([true, true, false]);
  expect(await hands.find(false)).toEqual({ hands: [3], wanted: 3 });
  expect(await hands.find(true)).toEqual({ hands: [3, 4, 5], wanted: 3 });
});

test('where no worker may be made there are none', async () => {
  const hands = new Hands(
    () => {
      throw new Error('refused');
    },
    program,
    4,
  );
  expect(await hands.find(true)).toEqual({ hands: [], wanted: 4 });
});

test('lists of bytes go with a message', () => {
  const bytes = new Uint8Array(3);
  expect(buffersOf({ wave: 1, order: { Begin: { starts: bytes, lanes: [{ seed: 1 }] } } })).toEqual([
    bytes.buffer,
  ]);
});
