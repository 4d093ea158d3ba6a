// The experiments: what there is to see and to run, as data made at build time by `metacls info --json`.
import type { Experiment } from './protocol';
import data from './stored/catalog.json';

export const catalog = data as Experiment[];

export const experimentOf = (id: string | null): Experiment | undefined => catalog.find((e) => e.id === id);

function first(): Experiment {
  const found = catalog.find((e) => e.opening) ?? catalog[0];
  if (!found) throw new Error('the catalog of experiments is empty');
  return found;
}

/// What the page opens on.
export const opening: Experiment = first();
