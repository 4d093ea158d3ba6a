// Whether a run came out again: what it is held against, and what is to be said of it so far.
import type { Course } from '../course';
import type {
  Condition,
  Config,
  Expected,
  ExpectedOutcome,
  File,
  Likeness,
  MeasureOutcome,
} from '../protocol';
import { behind, type Choice } from './choice';

/// A results file that a run of this machine is held against.
export type FileOnRecord = {
  kind: 'file';
  file: () => Promise<File>;
};

/// What a link says came out.
export type LinkOnRecord = {
  kind: 'link';
  expected: Expected;
  /// The same number by number, with names.
  claimed: MeasureOutcome[];
};

export type OnRecord = (FileOnRecord | LinkOnRecord) & {
  /// The settings of the run that is to be made again.
  config: Config;
};

export type Check = {
  /// What the link that was opened claims, if it claims anything.
  claim?: (LinkOnRecord & { config: Config }) | undefined;
  /// What this machine's run is held against.
  held?: OnRecord | undefined;
  /// On what it runs again, in words.
  again?: string | undefined;
  /// Of a file: a sentence for each lane that was begun again.
  lanes: string[];
  /// Of a link: number by number.
  outcome?: ExpectedOutcome | undefined;
  /// Whether the run is through.
  isOver: boolean;
  likeness: Likeness | null;
  /// Why it can't be checked.
  problem?: string | undefined;
};

export const unchecked: Check = { lanes: [], isOver: false, likeness: null };

/// How much of a run is made again.
export type Part = { seeds: 'first' | 'all'; condition?: Condition | undefined };

/// The settings of a part: a lane alone, the first seed's lanes, or all. Frozen lanes start from meta's.
export function partOf(config: Config, { seeds, condition }: Part): Config {
  const conditions: Condition[] =
    condition === undefined
      ? config.conditions
      : condition === 'frozen'
        ? config.conditions.filter((c) => c === 'meta' || c === 'frozen')
        : [condition];
  return { ...config, conditions, seeds: seeds === 'first' ? 1 : config.seeds };
}

/// Whether two configurations are the same: both were written by Rust, field by field in one order.
export const isSame = (a: Config, b: Config) => JSON.stringify(a) === JSON.stringify(b);

/// Whether a run is of these settings, on whatever images: the worker puts in which are in use.
export const isRunOf = (asked: Config, running: Config) => isSame({ ...asked, data: running.data }, running);

/// What the link that was opened claims of these settings.
export const claimOf = ({ claim }: Check, config: Config): Expected | null =>
  claim && isSame(claim.config, config) ? claim.expected : null;

/// The stored run that can be checked: the one in front, the one behind this machine's, or the one that
/// this machine's is held against.
export function checkable(choice: Choice, { held }: Check, front: Course | undefined): Course | undefined {
  if (front?.kind === 'stored') return front;
  return held?.kind === 'file' ? choice.stored : behind(choice, front);
}

export const likenessWords: Record<Likeness, string> = {
  same_bits: 'the same to the bit',
  within_tolerance: 'within tolerance',
  not_the_same: 'not the same',
};
