// Forks as the page has them: the change that is asked for, the branch that is trained, the fork that is
// shown.
import type { Course } from '../course';
import type { Answered, Config, ForkView } from '../protocol';

/// A fork at hand.
export type HeldFork = {
  fork: ForkView;
  /// Its summary's text.
  text: () => Promise<string>;
  /// Of a stored one, what it answers.
  story?: Answered | undefined;
};

export type Forks = {
  /// Whether the form is open.
  isOpen: boolean;
  /// Whether a branch is trained.
  isTraining: boolean;
  /// What is to be said beside the form.
  words: string;
  shown?: HeldFork | undefined;
};

export const noForks: Forks = { isOpen: false, isTraining: false, words: '' };

/// How many layers a pattern of a change names.
export const layersOf = (pattern: string): number => pattern.split('LAYER').length - 1;

/// A change of a pattern, of these layers.
export const changeOf = (pattern: string, layers: string[]): string =>
  layers.reduce((change, layer) => change.replace('LAYER', layer), pattern);

/// The settings of a branch: of the trunk's seeds so many of the first, under meta where the trunk has it.
export const branchOf = (trunk: Config, after: number, change: string, seeds: number): Config => ({
  ...trunk,
  fork_at: after,
  fork: [change],
  seeds: Math.min(seeds, trunk.seeds),
  conditions: trunk.conditions.includes('meta') ? ['meta'] : trunk.conditions,
});

/// Why a run can't go on otherwise after so many tasks, in words; none where it can.
export function hindrance(course: Course | undefined, isOver: boolean, after: number): string | undefined {
  if (!course || !isOver) return 'A run goes on otherwise once it is through.';
  const { tasks, fork } = course.run.config;
  if (fork.length > 0) return 'This run is a branch already.';
  if (after < 1 || after >= tasks) return `Choose a task on the strip, from 1 to ${tasks - 1}.`;
  return undefined;
}
