// What was measured of a GPU at the first run on it, remembered by its name: later runs begin sooner.
import { createStore, get, set } from 'idb-keyval';
import type { Tuning } from './protocol';

const NAME = 'metacls-tunings-1';

/// What this browser remembers of an adapter; nothing where it may keep nothing, or keeps the name to itself.
export async function recalled(adapter: string): Promise<Tuning | null> {
  if (adapter === '') return null;
  try {
    const held = await get<Partial<Tuning>>(adapter, createStore(NAME, 'adapters'));
    // Another version may have kept something else.
    const threads = held?.threads_of_a_walk;
    return Number.isInteger(threads) ? { threads_of_a_walk: threads as number } : null;
  } catch {
    return null;
  }
}

/// Remembers it. Where that fails it is measured again.
export async function remember(adapter: string, tuning: Tuning): Promise<void> {
  try {
    await set(adapter, tuning, createStore(NAME, 'adapters'));
  } catch {
    // The browser may keep nothing here.
  }
}
