import { describe, expect, test } from 'vitest';
import {
  fold,
  initialView,
  isRunning,
  ready,
  receptiveKey,
  starting,
  stop,
  type View,
} from '../src/state/view';
import type { RunEvent } from '../src/wire';
import { record, run } from './a-run';

const folded = (...events: RunEvent[]): View => events.reduce(fold, initialView);
const started: RunEvent = { type: 'started', run };
const probe = (digit: number): RunEvent => ({
  type: 'probed',
  probe: { digit, angle: 0 },
  pixels: [],
  strip: [],
});
const snapshot = (tasks_learned: number | null): RunEvent => ({
  type: 'snapshot',
  lane: 1,
  tasks_learned,
  snapshot: { layers: [], answer: 7, confidence: 1 },
});

describe('states', () => {
  test('the programs are loaded, then ready', () => {
    const loading = starting(initialView);
    expect(loading.state).toBe('starting');
    expect(ready(loading, []).words).toBe('Ready.');
    expect(ready(initialView, []).state).toBe('idle');
  });

  test('a failure’s words stand until the state is another', () => {
    const words = { what: 'a', meaning: 'b', advice: 'c' };
    const failed = fold(folded({ type: 'failed', ...words }), { type: 'state', state: 'failed', words: 'a' });
    expect(failed.failure).toMatchObject(words);
    expect(fold(failed, { type: 'state', state: 'loading', words: '' }).failure).toBeUndefined();
    expect(stop(initialView, words)).toMatchObject({ state: 'failed', words: 'a', failure: words });
  });

  test('a run is under way from loading to evaluating', () => {
    const at = (state: View['state']) => isRunning({ ...initialView, state });
    expect((['loading', 'training', 'evaluating'] as const).map(at)).toEqual([true, true, true]);
    expect((['idle', 'ready', 'paused', 'done', 'failed'] as const).some(at)).toBe(false);
  });
});

describe('a run', () => {
  test('begins with a record list for each lane, and forgets what was told of an earlier one', () => {
    const view = folded(started, { type: 'lane_diverged', lane: 0, step: 1, reason: 'x' }, started);
    expect(view.live?.records).toEqual([[], [], [], []]);
    expect(view.diverged).toEqual([]);
  });

  test('its measurements come lane by lane', () => {
    const view = folded(started, { type: 'checkpoint', lane: 2, record: record(0, 0.1) });
    expect(view.live?.records.map((list) => list.length)).toEqual([0, 0, 1, 0]);
  });

  test('snapshots at tasks’ ends are kept, the one of this moment replaces the last', () => {
    const view = folded(started, snapshot(1), snapshot(null));
    expect(view.live?.snapshots[1]?.[1]?.answer).toBe(7);
    expect(view.live?.snapshots[1]?.[0]).toBeUndefined();
    expect(view.live?.now[1]?.answer).toBe(7);
  });

  test('what was seen of another digit says nothing of this one', () => {
    const same = folded(started, probe(3), snapshot(1), probe(3));
    expect(same.live?.snapshots[1]).toBeDefined();
    expect(folded(started, probe(3), snapshot(1), probe(4)).live?.snapshots).toEqual({});
  });

  test('weights are kept of one unit, in both networks', () => {
    const none = { pixels: [], scale: 0 };
    const weights = (lane: number, unit: number): RunEvent => ({
      type: 'receptive',
      lane,
      unit,
      weights: none,
      learned: none,
    });
    const view = folded(started, weights(0, 5), weights(1, 5), weights(1, 6));
    expect(Object.keys(view.receptive)).toEqual([receptiveKey(1, 6)]);
    expect(Object.keys(folded(started, weights(0, 5), weights(1, 5)).receptive)).toHaveLength(2);
  });

  test('nothing is said of a run that is not there', () => {
    expect(folded({ type: 'claims', outcomes: [] })).toEqual(initialView);
  });
});
