// Results asked of the trainer: who gets which answer.
import { expect, test } from 'vitest';
import { type Exported, Exports } from '../src/exports';
import type { Command, Export } from '../src/protocol';

const answer = (text: string, number: number): Exported & Export => ({
  type: 'results',
  file_name: 'results',
  media_type: 'text/plain',
  text,
  expected: null,
  format: 'json',
  number,
});

function begin() {
  const sent: Command[] = [];
  return { sent, exports: new Exports({ command: (what) => sent.push(what) }) };
}

test('everybody gets the answer to their own question, in whatever order answers come', async () => {
  const { sent, exports } = begin();
  const asked = [exports.ask('json'), exports.ask('csv'), exports.ask('json')];
  expect(sent).toEqual([
    { type: 'export', format: 'json', number: 1 },
    { type: 'export', format: 'csv', number: 2 },
    { type: 'export', format: 'json', number: 3 },
  ]);
  exports.take(answer('a,b', 2));
  exports.take(answer('{}', 1));
  exports.take(answer('{"more":1}', 3));
  expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(['{}', 'a,b', '{"more":1}']);
});

test('what was asked before a run that is then refused is answered still', async () => {
  const { exports } = begin();
  const early = exports.ask('json');
  // The page asks for a run, is refused, and asks again.
  const late = exports.ask('csv');
  exports.take(answer('early', 1));
  exports.take(answer('late', 2));
  expect([(await early).text, (await late).text]).toEqual(['early', 'late']);
});

test('who asked a run that was replaced is told so, and nobody else', async () => {
  const { exports } = begin();
  const [early, late] = [exports.ask('json'), exports.ask('csv')];
  exports.refuse(1);
  exports.take(answer('late', 2));
  exports.refuse(2);
  await expect(early).rejects.toThrow('another run was begun before');
  expect((await late).text).toBe('late');
});

test('an answer that nobody waits for is let go', async () => {
  const { exports } = begin();
  const ours = exports.ask('csv');
  exports.take(answer('of an earlier page', 7));
  exports.take(answer('ours', 1));
  exports.take(answer('twice', 1));
  expect((await ours).text).toBe('ours');
});
