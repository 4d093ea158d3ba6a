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

/// What may change at a fork: in words, how many layers it names, and the change as the knob `fork` has it.
export const CHANGES: { words: string; layers: 0 | 1 | 2; change: (...of: string[]) => string }[] = [
  { words: 'learning rates stay as they are', layers: 0, change: () => 'learn_alpha=false' },
  { words: 'inhibition stays as it is', layers: 0, change: () => 'learn_beta=false' },
  { words: 'no competition any more', layers: 0, change: () => 'competition=false' },
  { words: 'weights are drawn anew in', layers: 1, change: (layer) => `reset:${layer}` },
  { words: 'silent from here on:', layers: 1, change: (layer) => `silence:${layer}` },
  {
    words: 'rates and inhibition exchanged between',
    layers: 2,
    change: (one, other) => `swap:${one}:${other}`,
  },
];

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
