// Sweeps that this browser keeps: their summaries, point by point as these are done.
import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval';
import { hasFields } from '../guards';
import type { KeptSweep } from '../state/sweep';

/// The most that are kept; the oldest go first.
const MOST = 20;

let opened: UseStore | undefined;

function store(): UseStore {
  opened ??= createStore('metacls-sweeps-1', 'sweeps');
  return opened;
}

const isKeptSweep = (value: unknown): value is KeptSweep =>
  hasFields(value, {
    version: 'number',
    id: 'string',
    words: 'string',
    measured: 'number',
    count: 'number',
    changed: 'number',
    text: 'string',
  }) && value.version === 1;

/// All of them, the newest first; none where the browser lets the page store nothing.
export async function list(): Promise<KeptSweep[]> {
  try {
    const all = await entries<string, unknown>(store());
    const known = all.map(([, sweep]) => sweep).filter(isKeptSweep);
    return known.sort((a, b) => b.changed - a.changed);
  } catch {
    return [];
  }
}

/// Keeps a sweep, in the place of fewer points of the same. Fails where that is not possible.
export async function keep(sweep: KeptSweep) {
  const there = await get<unknown>(sweep.id, store());
  // Another tab may be further with the very same sweep.
  if (hasFields(there, { measured: 'number' }) && there.measured > sweep.measured) return;
  await set(sweep.id, sweep, store());
  const old = (await list()).slice(MOST);
  for (const { id } of old) await del(id, store());
}

export const remove = (id: string) => del(id, store());
