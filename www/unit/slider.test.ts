import { expect, test } from 'vitest';
import { STEPS, stepOf, valueAt } from '../src/page/slider';
import type { Explored, Kind } from '../src/protocol';

const real: Kind = { kind: 'real', min: 0, max: 10 };
const whole: Kind = { kind: 'whole', min: 1, max: 200 };
const rates: Explored = { low: 1e-5, high: 0.01, is_log: true };
const tasks: Explored = { low: 1, high: 40, is_log: false };

test('the ends are the ends, and the middle of ratios is their geometric mean', () => {
  expect([valueAt(rates, real, 0), valueAt(rates, real, STEPS)]).toEqual([1e-5, 0.01]);
  expect(valueAt(rates, real, STEPS / 2)).toBe(0.000316);
  expect([valueAt(tasks, whole, 0), valueAt(tasks, whole, STEPS)]).toEqual([1, 40]);
  expect(valueAt(tasks, whole, STEPS / 3)).toBe(14);
});

test('every step comes back to itself, and what lies outside is at an end', () => {
  for (let step = 0; step <= STEPS; step += 10) {
    expect(stepOf(rates, valueAt(rates, real, step))).toBe(step);
  }
  expect([stepOf(rates, 0), stepOf(rates, 5), stepOf(tasks, 200)]).toEqual([0, STEPS, STEPS]);
});
