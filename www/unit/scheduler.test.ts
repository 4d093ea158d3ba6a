import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Scheduler } from '../src/page/scheduler';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => setTimeout(frame, 16));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('a frame draws once, at once where the reader asked among others', () => {
  const drawn: boolean[] = [];
  const scheduler = new Scheduler((atOnce) => drawn.push(atOnce));
  scheduler.redraw('run');
  scheduler.redraw('reader');
  scheduler.redraw('run');
  vi.runAllTimers();
  scheduler.redraw('run');
  vi.runAllTimers();
  expect(drawn).toEqual([true, false]);
});

test('pieces come one by one; newer ones take the place of what was left', () => {
  const done: string[] = [];
  const scheduler = new Scheduler(() => undefined);
  function* pieces(name: string) {
    for (let i = 0; i < 3; i++) {
      done.push(`${name}${i}`);
      yield;
    }
  }
  scheduler.fill(pieces('a'));
  vi.advanceTimersByTime(17);
  expect(done[0]).toBe('a0');
  expect(done).not.toContain('a2');
  scheduler.fill(pieces('b'));
  vi.runAllTimers();
  expect(done.slice(-3)).toEqual(['b0', 'b1', 'b2']);
  expect(done).not.toContain('a2');
});

test('a piece that fails does not keep later ones from being drawn', () => {
  const scheduler = new Scheduler(() => undefined);
  const failing = () => {
    throw new Error('no');
  };
  scheduler.fill(
    (function* () {
      failing();
      yield;
    })(),
  );
  expect(() => vi.runAllTimers()).toThrow('no');
  let drawn = false;
  scheduler.fill(
    (function* () {
      drawn = true;
      yield;
    })(),
  );
  vi.runAllTimers();
  expect(drawn).toBe(true);
});
