import { expect, test, vi } from 'vitest';
import { source } from '../src/panes/claims';
import type { Outcome } from '../src/protocol';
import { course } from './a-run';

vi.mock('../src/catalog', () => import('./a-catalog'));

const of = (experiment: string | null, claims: Outcome[] = []) => {
  const made = course();
  return { ...made, claims, run: { ...made.run, experiment } };
};

test('a run of no experiment says so', () => {
  expect(source(of(null))).toContain('belongs to no experiment');
});

test('claims fill in while the run is under way', () => {
  expect(source(of('two'))).toBe('What TWO claims is held against this run as soon as a seed is through.');
});

test('claims name the seeds and the images', () => {
  const claim: Outcome = {
    number: 1,
    sentence: '',
    parts: [],
    p: null,
    p_holm: null,
    verdict: 'not_measured',
  };
  expect(source(of('two', [claim]))).toContain('This run: 2 seeds on unknown images');
});
