import { expect, test, vi } from 'vitest';
import { differences, rows } from '../src/panes/last';
import type { Config, Field, SummaryPoint } from '../src/protocol';

vi.mock('../src/catalog', () => import('./a-catalog'));

import { config, course, point, run } from './a-run';

const fields = [{ name: 'eta_beta', label: 'meta-rate of beta' }] as Field[];

/// A run with some settings of its own, and what was measured in it under each condition.
function liveWith(changes: Partial<Config>, points: SummaryPoint[] = []) {
  const conditions = config.conditions.map((condition) => ({ condition, points }));
  return { ...course(), run: { ...run, config: { ...config, ...changes } }, summary: { conditions } };
}

test('what differs is listed by its name', () => {
  const now = liveWith({ eta_beta: 0.2, hidden: [24, 16] });
  const last = liveWith({ eta_beta: 0.1, hidden: [24] });
  expect(differences(now, last, fields)).toEqual([
    'hidden: 24, 16, last 24',
    'meta-rate of beta: 0.2, last 0.1',
  ]);
  expect(differences(now, now, fields)).toEqual([]);
});

test('only what both have measured stands side by side', () => {
  const now = liveWith({}, [point(1, 0.5), point(2, 0.75)]);
  const last = liveWith({}, [point(1, 0.25)]);
  const accuracies = rows(now, last, 1).filter(([, name]) => name === 'accuracy, category');
  expect(accuracies.map((row) => row.slice(2))).toEqual([
    ['0.500', '0.250'],
    ['0.500', '0.250'],
  ]);
  expect(rows(now, liveWith({}, []), 1)).toEqual([]);
});
