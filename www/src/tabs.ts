// The page's tabs.
import { catalog } from './catalog.ts';

/// The tab of one's own settings; every other tab is an experiment's, by its id.
export const LAB = 'lab';

/// The tabs, in order: each experiment with a stored run, then the Lab.
export const tabs: { id: string; title: string }[] = [
  ...catalog.filter((e) => e.stored),
  { id: LAB, title: 'Lab' },
];
