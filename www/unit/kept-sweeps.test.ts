// Sweeps that the browser keeps: what is none is passed over, and takes nothing with it.
import { beforeEach, expect, test, vi } from 'vitest';
import { keep, list } from '../src/kept/sweeps';
import type { KeptSweep } from '../src/state/sweep';

const held = vi.hoisted(() => new Map<string, unknown>());

vi.mock('idb-keyval', () => ({
  createStore: () => undefined,
  entries: async () => [...held],
  get: async (id: string) => held.get(id),
  set: async (id: string, value: unknown) => held.set(id, value),
  del: async (id: string) => held.delete(id),
}));

beforeEach(() => held.clear());

const sweep = (i: number): KeptSweep => ({
  version: 1,
  id: `sweep${i}`,
  words: 'Quick look over alpha_0',
  measured: 2,
  count: 3,
  changed: i,
  text: '{}',
});

test('the newest is first, and what is no sweep is passed over', async () => {
  const { text: _, ...torn } = sweep(3);
  const others = [null, 'sweep', { ...sweep(3), version: 2 }, torn, { ...sweep(3), changed: 'today' }];
  for (const [i, one] of others.entries()) held.set(`other${i}`, one);
  await keep(sweep(1));
  await keep(sweep(2));
  expect((await list()).map(({ id }) => id)).toEqual(['sweep2', 'sweep1']);
  // None of them is lost by that, nor when the oldest sweeps go.
  for (let i = 3; i < 30; i++) await keep(sweep(i));
  expect(await list()).toHaveLength(20);
  expect(held.size).toBe(20 + others.length);
});

test('one that is further stays, in whatever form it is', async () => {
  const further = { ...sweep(1), version: 2, measured: 3 };
  held.set('sweep1', further);
  await keep(sweep(1));
  expect(held.get('sweep1')).toBe(further);
  held.set('sweep2', { id: 'sweep2' });
  await keep(sweep(2));
  expect(held.get('sweep2')).toEqual(sweep(2));
});
