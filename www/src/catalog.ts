// What there is to see and to run, and the tour: data made at build time by `metacls info --json`.
import type { Catalog, Experiment } from './protocol';
import data from './stored/catalog.json' with { type: 'json' };

const made = data as Catalog;

export const catalog = made.experiments;

/// The tour's steps, in order.
export const tour = made.tour;

/// What-if questions.
export const whatIf = made.what_if;

/// Questions that stored sweeps answer.
export const sweeps = made.sweeps;

/// Questions that stored forks answer.
export const forks = made.forks;

export const experimentOf = (id: string | null): Experiment | undefined => catalog.find((e) => e.id === id);

function first(): Experiment {
  const found = catalog.find((e) => e.opening) ?? catalog[0];
  if (!found) throw new Error('the catalog of experiments is empty');
  return found;
}

/// What the page opens on.
export const opening: Experiment = first();
