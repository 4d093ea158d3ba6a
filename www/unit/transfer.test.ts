// What goes with a message: every buffer of it once, and nothing of anybody else.
import { expect, test } from 'vitest';
import type { Request } from '../src/protocol';
import { buffersOf } from '../src/transfer';
import { buffers, type Inbound } from '../src/wire';

const file = (bytes: Uint8Array<ArrayBuffer>, name = 'a') => ({ name, bytes });
const asked = (request: Request): Inbound => ({ to: 'analyst', id: 1, request });

/// A message as the worker gets it.
const arrived = (message: Inbound) => structuredClone(message, { transfer: buffers(message) });

test('bytes go with a message under whatever key they lie', () => {
  const [one, two] = [new Uint8Array(3), new Uint8Array(4)];
  expect(buffersOf({ wave: 1, command: { Begin: { starts: one, lanes: [{ seed: 1 }] } } })).toEqual([
    one.buffer,
  ]);
  const go_on = { type: 'go_on', id: 'x', log: file(one), checkpoint: null } as const;
  expect(buffers({ to: 'trainer', command: go_on })).toEqual([one.buffer]);
  expect(buffers(asked({ type: 'beside', trunk: file(one), branch: file(two) }))).toEqual([
    one.buffer,
    two.buffer,
  ]);
  expect(buffers(asked({ type: 'recognise', place: '', files: [file(one), file(two)] }))).toHaveLength(2);
  expect(buffersOf({ new: [null, { key: new Float32Array(two.buffer) }] })).toEqual([two.buffer]);
  expect(buffers(asked({ type: 'hello' }))).toEqual([]);
  expect(buffers({ to: 'keeper' })).toEqual([]);
});

test('a buffer that two files share goes once', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const same = asked({ type: 'beside', trunk: file(bytes), branch: file(bytes) });
  expect(buffers(same)).toEqual([bytes.buffer]);
  expect(arrived(same)).toMatchObject({ request: { trunk: { bytes: Uint8Array.of(1, 2, 3, 4) } } });
  expect(bytes).toHaveLength(0);
  const whole = Uint8Array.of(1, 2, 3, 4);
  const halves = [file(whole.subarray(2), 'b'), file(whole.subarray(0, 2))];
  const parts = asked({ type: 'recognise', place: '', files: halves });
  expect(buffers(parts)).toEqual([whole.buffer]);
  expect(arrived(parts)).toMatchObject({
    request: { files: [{ bytes: Uint8Array.of(3, 4) }, { bytes: Uint8Array.of(1, 2) }] },
  });
});

test('a part of a buffer is copied: the rest stays with whoever has it', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  const message = asked({ type: 'open', file: file(whole.subarray(1, 3)) });
  expect(buffers(message)).toEqual([]);
  expect(arrived(message)).toMatchObject({ request: { file: { bytes: Uint8Array.of(2, 3) } } });
  expect(whole).toEqual(Uint8Array.of(1, 2, 3, 4));
  // Memory that is shared can't be handed over.
  expect(buffersOf({ bytes: new Uint8Array(new SharedArrayBuffer(2)) })).toEqual([]);
});
