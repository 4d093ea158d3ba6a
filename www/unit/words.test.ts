import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalog } from '../src/catalog';
import { callout } from '../src/page/callout';
import type { Config, DataInfo, EngineInfo } from '../src/protocol';
import {
  afterImage,
  clipping,
  explanations,
  imageOf,
  lesionNote,
  lesionOf,
  metaLoss,
  nounOf,
  progress,
  seen as seenOf,
  silenced,
  sourceWords,
  streamSentence,
  stretches,
} from '../src/words';
import { config, course, pathways, run } from './a-run';

test('a step’s words follow the batch, the replay and the bound', () => {
  const seen = (current: number, replayed: number) => seenOf(current, replayed, 'digit', 'sequential');
  expect(seen(5, 5)).toContain('Five new digits come one after the other; as many are replayed');
  expect(seen(3, 0)).toContain('Three new digits come one after the other; the memory is still empty');
  expect(seen(1, 4)).toContain('One new digit comes; four are replayed');
  expect(metaLoss(3, 'digit')).toContain('the mean of these three numbers');
  expect(clipping({ ...config, clip_norm: 1 })).toContain('a norm of 1');
});

test('images that are no digits are not called so', () => {
  expect([nounOf({ data: 'mnist' }), nounOf({ data: 'emnist_digits' })]).toEqual(['digit', 'digit']);
  const noun = nounOf({ data: 'custom' });
  expect(noun).toBe('image');
  expect(seenOf(2, 0, noun, 'sequential')).toContain('Two new images come one after the other');
  expect(seenOf(1, 4, noun, 'sequential')).toContain('One new image comes;');
  expect(metaLoss(3, noun)).toContain('learns the new images one by one');
  expect(explanations['images']?.({ ...config, data: 'emnist_letters' })).toBe('images');
  expect(explanations['images']?.({ ...config, data: 'mnist' })).toBe('digits');
});

test('one image is called as its set’s are', () => {
  expect([imageOf('digit', 4), imageOf('digit', 8)]).toEqual(['a 4', 'an 8']);
  expect([imageOf('image', 8), imageOf('letter', 8)]).toEqual(['an image of class 8', 'a letter of class 8']);
  expect([afterImage('digit', 8), afterImage('image', 4)]).toEqual(['after an 8', 'after class 4']);
});

/// What the lead says of a run, as it is read.
const LEAD = ['learned', 'tuner-before', 'tuner', 'tuner-after'];
const lead = (change: Partial<Config>, of: Config = config) => {
  const [learned, ...others] = LEAD.map((name) => explanations[name]?.({ ...of, ...change }) ?? '');
  return `${learned} ${others.join('')}`;
};

test('the lead says of every experiment what it says before the page has begun', () => {
  const html = readFileSync(join(import.meta.dirname, '..', 'index.html'), 'utf8').replaceAll('&rsquo;', '’');
  const [learned, ...others] = LEAD.map(
    (name) => new RegExp(`data-words="${name}">([^<]*)<`).exec(html)?.[1] ?? '',
  );
  const begun = `${learned} ${others.join('')}`;
  expect(begun).toBe(
    'Two identical networks learn the same stream of rotated digits. ' +
      'One of them, meta, also tunes each layer’s speed and competition.',
  );
  for (const experiment of catalog) expect(lead({}, experiment.config)).toBe(begun);
});

test('the lead follows stream, images and conditions', () => {
  expect(lead({ stream: 'permuted', data: 'kmnist' })).toContain('the same stream of images with permuted');
  expect(lead({ stream: 'classes' })).toContain('of digits, each task with classes of its own. One of them');
  expect(lead({ stream: 'classes', order: 'mixed' })).toContain('of digits, all classes shuffled together.');
  expect(lead({ conditions: ['baseline', 'rates'] })).toContain(
    'One of them, rates, also tunes each layer’s speed.',
  );
  expect(lead({ competition: false })).toContain('One of them, meta, also tunes each layer’s speed.');
  expect(lead({ eta_alpha: 0 })).toContain('One of them, meta, also tunes each layer’s competition.');
  expect(lead({ conditions: ['rates', 'sparsity'] })).toContain(
    'Both also tune: rates each layer’s speed, sparsity each layer’s competition.',
  );
  expect(lead({ eta_alpha: 0, eta_beta: 0 })).toContain('Neither tunes a layer’s speed or competition.');
  expect(lead({ conditions: ['meta'] })).toBe(
    'A network learns a stream of rotated digits. As meta, it also tunes each layer’s speed and competition.',
  );
  expect(lead({ conditions: ['baseline'] })).toContain('It never tunes a layer’s speed or competition.');
  const frozen = lead({ conditions: ['meta', 'frozen'] });
  expect(frozen).toContain('Two networks of the same weights learn');
  expect(frozen).toContain('One of them, meta, also tunes');
});

test('two networks are identical before training, but for a frozen one', () => {
  const said = (conditions: Config['conditions']) => {
    const shown = course();
    const { points } = shown.summary!.conditions[0]!;
    const summary = { conditions: conditions.map((condition) => ({ condition, points })) };
    const of = { ...run, config: { ...config, conditions } };
    return callout({ ...shown, run: of, summary }, 0, '');
  };
  expect(said(['baseline', 'meta'])).toBe('Untrained, the two networks are identical, cell for cell.');
  // Of these five the first two are shown.
  expect(said(['baseline', 'meta', 'rates', 'sparsity', 'frozen'])).toContain('identical');
  expect(said(['meta', 'frozen'])).toBe(
    'Untrained, the two networks have the same weights; frozen has the speeds and the competition that ' +
      'meta ended with.',
  );
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
  expect(seenOf(5, 5, 'digit', 'mixed')).toContain('as many are replayed from memory, of any task.');
});

test('lesions carry the layers’ names and sizes', () => {
  const shown = pathways([40, 10]);
  expect(shown.lesions.map((l) => silenced(shown, l))).toEqual([
    '',
    'h2_L',
    'h2_R',
    '10 random units of h2_L',
  ]);
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
