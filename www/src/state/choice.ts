// What is chosen: which tab and experiment, what Run runs, and which stored run stands for them.
import { experimentOf, opening } from '../catalog';
import { alike, type Course } from '../course';
import { type Config, ROLES } from '../protocol';
import { LAB } from '../tabs';

export type Choice = {
  /// An experiment's id, or [`LAB`].
  tab: string;
  /// The experiment that the settings started from, by its id.
  experiment: string;
  /// What Run runs.
  config: Config;
  /// What a sweep varies of it, each as NAME=VALUES; empty where nothing is asked for.
  vary: string[];
  /// The stored run that is shown where there is none of this machine.
  stored?: Course | undefined;
  /// Whether the handle of time follows the run: until the reader takes it.
  follows: boolean;
  /// The step of the tour that is open, from 1; none outside it.
  tour: number | null;
  /// Whether the stored run is shown though there is one of this machine.
  seesStored: boolean;
};

/// An experiment's settings as the page begins with them: many seeds are for the terminal, one is enough
/// here.
const begun = (config: Config): Config => ({ ...structuredClone(config), seeds: 1 });

export const initialChoice: Choice = {
  tab: opening.id,
  experiment: opening.id,
  config: begun(opening.config),
  vary: [],
  follows: true,
  tour: null,
  seesStored: false,
};

/// Starts from an experiment's settings.
export function chosen(choice: Choice, id: string): Choice {
  const experiment = experimentOf(id);
  return experiment ? { ...choice, experiment: id, config: begun(experiment.config) } : choice;
}

/// Another value of one field.
export const edited = (choice: Choice, field: string, value: unknown): Choice => ({
  ...choice,
  config: { ...choice.config, [field]: value },
});

/// Which experiment's stored run is shown: the tab's; in the Lab, that of the settings' experiment if it has
/// one.
export function storedOf({ tab, experiment }: Choice): string {
  const wanted = experimentOf(tab === LAB ? experiment : tab);
  return wanted?.stored ? wanted.id : opening.id;
}

/// The tab of an experiment: its own if it has one, else the Lab.
export const tabOf = (id: string | null): string => (id !== null && experimentOf(id)?.stored ? id : LAB);

/// This machine's run, where there is one for what is chosen.
export const ownRun = ({ tab }: Choice, live: Course | undefined): Course | undefined =>
  tab === LAB || live?.run.experiment === tab ? live : undefined;

/// The run in front: this machine's where there is one for what is chosen, else the stored one, and where the
/// reader asks for it. The tour tells of stored runs.
export function front(choice: Choice, live: Course | undefined): Course | undefined {
  const { stored, tour, seesStored } = choice;
  if (tour !== null || (seesStored && stored)) return stored;
  return ownRun(choice, live) ?? stored;
}

/// The stored run where it may be shown behind the one in front.
export function behind({ stored }: Choice, course: Course | undefined): Course | undefined {
  return stored && course && course !== stored && alike(stored, course) ? stored : undefined;
}

/// Fields in which two configurations differ.
export function changed(a: Config, b: Config): Set<string> {
  const names = Object.keys(a) as (keyof Config)[];
  return new Set(names.filter((n) => JSON.stringify(a[n]) !== JSON.stringify(b[n])));
}

/// The fields that make of an experiment another one: those that say what is run, not how much.
export const settings = (a: Config, b: Config): string[] =>
  [...changed(a, b)].filter((name) => !['lanes', 'measuring'].includes(ROLES[name] ?? ''));

/// Whether a link must say that it is of the Lab, because its settings alone would open its experiment's tab.
export const isLab = ({ tab, experiment }: Choice): boolean => tab === LAB && tabOf(experiment) !== LAB;
