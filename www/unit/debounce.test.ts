import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { debounced } from '../src/page/debounce';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first wish is met at once, a burst at most once in the time, the last one always', () => {
  let typed = 0;
  const written: number[] = [];
  const write = debounced(() => written.push(typed), 300);
  for (typed = 1; typed <= 50; typed++) {
    write();
    vi.advanceTimersByTime(20);
  }
  expect(written.length).toBeLessThanOrEqual(5);
  typed = 50;
  vi.advanceTimersByTime(1_000);
  expect(written[0]).toBe(1);
  expect(written.at(-1)).toBe(50);
  const before = written.length;
  vi.advanceTimersByTime(10_000);
  expect(written).toHaveLength(before);
});
