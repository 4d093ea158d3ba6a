// A catalog for tests, in place of the one that is made when the page is built.
import { config } from './a-run';

const experiment = (id: string, stored: boolean, opening = false) => ({
  id,
  title: id.toUpperCase(),
  sentence: '',
  config,
  panels: [],
  stored,
  opening,
});

export const catalog = [experiment('one', true), experiment('two', true, true), experiment('small', false)];
export const tour = [];
export const whatIf = [];
export const sweeps = [];
export const forks = [];
export const experimentOf = (id: string | null) => catalog.find((e) => e.id === id);
export const opening = catalog[1];
