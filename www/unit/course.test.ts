import { describe, expect, test } from 'vitest';
import {
  accuracyIn,
  accuracyMetric,
  alike,
  compared,
  evaluatedAt,
  headOf,
  imageLayer,
  isOver,
  layerOf,
  levels,
  measuredAt,
  pairOf,
  reached,
  recordAt,
  seedsOf,
  topLayer,
  whisker,
} from '../src/course';
import { course, estimate, pathways, run } from './a-run';

describe('structure', () => {
  test('pathways stand side by side on what they read', () => {
    expect(levels(run)).toEqual([[0], [1]]);
    expect(levels(pathways([40, 10]))).toEqual([[0], [1, 2]]);
    expect([topLayer(run), topLayer(pathways([40, 10]))]).toEqual([1, 1]);
    expect(imageLayer(run)).toBe(0);
  });

  test('a matrix leads to a layer or to a head', () => {
    expect([0, 1, 2].map((m) => layerOf(run, m))).toEqual([0, 1, undefined]);
    expect([0, 1, 2].map((m) => headOf(run, m))).toEqual([undefined, undefined, 0]);
  });

  test('an accuracy is called as in results files, with the layer’s real name', () => {
    expect(accuracyMetric(run, 0)).toBe('accuracy category intact');
    expect(accuracyMetric(pathways([40, 10]), 1, 'without_l')).toBe('accuracy item without h2_L');
  });
});

describe('lanes', () => {
  test('baseline and meta are compared where both are run, else the first two', () => {
    expect(compared(['rates', 'baseline', 'frozen', 'meta'])).toEqual(['baseline', 'meta']);
    expect(compared(['rates', 'meta', 'frozen'])).toEqual(['rates', 'meta']);
    expect(compared(['meta'])).toEqual(['meta']);
  });

  test('the first seed’s lanes are looked at', () => {
    expect(pairOf(course()).map(({ index }) => index)).toEqual([0, 1]);
    expect(seedsOf(course())).toEqual([0, 1]);
  });
});

describe('what was measured', () => {
  test('the last point at or before so many tasks, evaluated or not', () => {
    expect(recordAt(course(), 0, 2)?.tasks_learned).toBe(2);
    expect(evaluatedAt(course(), 0, 2)?.tasks_learned).toBe(1);
    expect(accuracyIn(evaluatedAt(course(), 0, 2), 0)).toBe(0.4);
    expect(measuredAt(course(), 'meta', 2)?.tasks_learned).toBe(1);
    expect(measuredAt(course(), 'frozen', 2)).toBeUndefined();
  });

  test('how far a run is', () => {
    expect(reached(course())).toBe(2);
    expect(isOver(course())).toBe(false);
  });

  test('a run of other seeds and conditions is alike, one of other settings is not', () => {
    const one = course();
    const with_ = (change: object) => ({ ...one, run: { ...run, config: { ...run.config, ...change } } });
    expect(alike(one, with_({ seeds: 40, conditions: ['meta'] }))).toBe(true);
    expect(alike(one, with_({ batch: 3 }))).toBe(false);
  });

  test('whiskers are as wide as the spread that is asked for', () => {
    const e = estimate(1);
    expect(whisker(e, 'sem')).toEqual({ low: 0.9, high: 1.1 });
    expect(whisker(e, 'sd')).toEqual({ low: 0.8, high: 1.2 });
    expect(whisker(e, 'interval')).toEqual({ low: 0.7, high: 1.3 });
    expect(whisker({ ...e, sem: null }, 'sem')).toBeUndefined();
  });
});
