import { expect, test } from 'vitest';
import type { Config, DataInfo, EngineInfo } from '../src/protocol';
import {
  clipping,
  explanations,
  lesionNote,
  lesionOf,
  metaLoss,
  nounOf,
  progress,
  seen,
  silenced,
  sourceWords,
  streamSentence,
  stretches,
  without,
} from '../src/words';
import { config, course, pathways, run } from './a-run';

test('a step’s words follow the batch, the replay and the bound', () => {
  expect(seen(5, 5)).toContain('Five new digits come one after the other; as many are replayed');
  expect(seen(3, 0)).toContain('Three new digits come one after the other; the memory is still empty');
  expect(seen(1, 4)).toContain('One new digit comes; four are replayed');
  expect(metaLoss(3)).toContain('the mean of these three numbers');
  expect(clipping({ ...config, clip_norm: 1 })).toContain('a norm of 1');
});

test('images that are no digits are not called so', () => {
  expect([nounOf({ data: 'mnist' }), nounOf({ data: 'emnist_digits' })]).toEqual(['digit', 'digit']);
  const noun = nounOf({ data: 'custom' });
  expect(noun).toBe('image');
  expect(seen(2, 0, noun)).toContain('Two new images come one after the other');
  expect(seen(1, 4, noun)).toContain('One new image comes;');
  expect(metaLoss(3, noun)).toContain('learns the new images one by one');
  expect(explanations['images']?.({ ...config, data: 'emnist_letters' })).toBe('images');
  expect(explanations['images']?.({ ...config, data: 'mnist' })).toBe('digits');
});

test('a stream is told as it is', () => {
  const said = (change: Partial<Config>) => streamSentence({ ...config, tasks: 5, ...change });
  expect(said({})).toBe(
    '5 tasks, one after the other, never again: the same digits, each task turned by one angle.',
  );
  expect(said({ stream: 'permuted', order: 'mixed' })).toBe(
    '5 tasks, all shuffled together: the same digits, each task with its pixels permuted in one way.',
  );
  expect(said({ stream: 'classes', own_heads: true })).toContain('told apart among these only');
  const explained = (change: Partial<Config>) => explanations['stream']?.({ ...config, ...change });
  expect(explained({})).toBe('each with one rotation of the digits, seen in order and never again');
  expect(explained({ stream: 'classes', order: 'mixed' })).toBe(
    'each with classes of its own, all shuffled together',
  );
  expect(explained({ stream: 'permuted' })).toContain('one permutation of the digits’ pixels');
  expect([progress(config), stretches(config)]).toEqual(['tasks learned', 'tasks']);
  expect(progress({ order: 'mixed' })).toBe('stretches as long as a task');
  expect(seen(5, 5, 'digit', 'mixed')).toContain('as many are replayed from memory, of any task.');
});

test('lesions carry the layers’ names and sizes', () => {
  const shown = pathways([40, 10]);
  const some = shown.lesions[3]!;
  expect(shown.lesions.map((l) => silenced(shown, l))).toEqual([
    '',
    'h2_L',
    'h2_R',
    '10 random units of h2_L',
  ]);
  expect(without(shown, some)).toBe('without 10 of h2_L');
  expect(lesionOf(shown, 1)?.lesion).toBe('without_l');
  expect(lesionNote(shown)).toBe(
    'h2_L has four times the units of h2_R: the 10 random ones are as many as all of h2_R.',
  );
  expect(lesionNote(pathways([30, 20]))).toContain('h2_L has 30 units, h2_R 20:');
});

test('what is not measured is not spoken of', () => {
  expect(lesionNote(pathways([20, 20]))).toBe('');
  expect(lesionOf(run, 1)).toBeUndefined();
});

test('explanations say the run’s own numbers', () => {
  const said = (name: string, change = {}) => explanations[name]?.({ ...config, ...change });
  expect(said('batch')).toBe('five new images');
  expect(said('batch', { batch: 1 })).toBe('one new image');
  expect(said('replay', { replay: 0 })).toBe('replays none');
  expect(said('samples', { batch: 3 })).toBe('eight');
  expect(said('tasks', { tasks: 20 })).toBe('twenty tasks');
  expect(said('competition')).toBe('k is one percent of the units');
  expect(said('competition', { k_fraction: 0.025 })).toBe('k is 2.5 percent of the units');
  expect(said('evaluation', { evaluate_on: 'learned' })).toBe('the learned items');
});

test('what is printed says which run it is', () => {
  const data = { name: 'procedural digits' } as DataInfo;
  const engine = { adapter: 'two cores' } as EngineInfo;
  expect(sourceWords('Quick', { ...course(), data, engine })).toBe(
    'Quick, trained in this page: seeds 0 to 1; on procedural digits, by two cores; so far 2 of 3 tasks.',
  );
  const one = { ...run, config: { ...config, seeds: 1, first_seed: 7 } };
  const stored = { ...course(), kind: 'stored' as const, run: one, records: [], engineChanges: ['changed'] };
  expect(sourceWords('Quick', stored)).toBe(
    'Quick, a stored run: seed 7; on unknown images, by an unknown engine; changed.',
  );
});
