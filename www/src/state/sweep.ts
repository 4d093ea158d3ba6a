// Sweeps as the page has them: what is asked for, the one of this machine, the one that is looked at.

import { fieldText } from '../format';
import { type Answered, CHANGES, type Config, type Field, ROLES, type SweepView } from '../protocol';

/// A sweep at hand.
export type Held = {
  sweep: SweepView;
  /// Its summary's text.
  text: () => Promise<string>;
  /// Of a stored one, what it answers.
  story?: Answered | undefined;
};

/// A sweep that this browser keeps.
export type KeptSweep = {
  /// The version of this record.
  version: 1;
  /// Its name: the same sweep has the same.
  id: string;
  /// What it is, in words.
  words: string;
  measured: number;
  count: number;
  /// When a point was last added, in milliseconds since 1970.
  changed: number;
  /// Its summary.
  text: string;
};

export type Sweeps = {
  /// Whether what the Lab's form asks for can be swept, and how much it is; none until that was answered.
  plan?: { problem: string | null; words: string } | undefined;
  /// The sweep of this machine.
  live?: Held | undefined;
  /// The point that is trained, from 0, while one is.
  at?: number | undefined;
  /// Seconds that the points trained here took, and how many they are.
  seconds: number;
  trained: number;
  /// Why it stopped, or what could not be done.
  problem?: string | undefined;
  /// A stored or opened sweep that is looked at; the one of this machine where there is none.
  opened?: Held | undefined;
  /// Those that this browser keeps, the newest first.
  kept: KeptSweep[];
};

export const noSweeps: Sweeps = { seconds: 0, trained: 0, kept: [] };

/// The one that is shown.
export const shownSweep = ({ opened, live }: Sweeps): Held | undefined => opened ?? live;

/// Fields that can be varied: those with a stretch to explore first. Lanes and images are the same for all
/// points.
export function variable(fields: Field[]): Field[] {
  const all = fields.filter(({ name }) => (ROLES[name] ?? 'lanes') !== 'lanes');
  return [...all.filter((f) => f.explored), ...all.filter((f) => !f.explored)];
}

/// A range as the terminal writes it.
export type Range = { scale: 'log' | 'linear'; from: string; to: string; count: string };

export const rangeText = ({ scale, from, to, count }: Range) => `${scale}:${from}..${to}:${count}`;

/// The range that a text is; none where it is a list of values.
export function rangeOf(text: string): Range | undefined {
  const [, scale, from = '', to = '', count = ''] = /^(log|linear):(.*)\.\.(.*):(.*)$/.exec(text) ?? [];
  return scale === 'log' || scale === 'linear' ? { scale, from, to, count } : undefined;
}

/// Values between commas, without white space.
const plain = (text: string) => text.replaceAll(/\s/g, '');

/// What a list is as a sweep's value: `64x4` for four of 64.
function listed(value: number[]): string {
  const [first] = value;
  const isOne = value.every((x) => x === first);
  return isOne && value.length > 1 ? `${first}x${value.length}` : value.join('+');
}

/// Values to begin with when a field is chosen.
export function valuesOf({ name, kind, explored }: Field, config: Config): string {
  if (explored) {
    const { low, high, is_log } = explored;
    return rangeText({ scale: is_log ? 'log' : 'linear', from: `${low}`, to: `${high}`, count: '5' });
  }
  const value = config[name as keyof Config];
  switch (kind.kind) {
    case 'switch':
      return 'false,true';
    case 'choice':
      return kind.options.join(',');
    case 'changes':
      return `none,${CHANGES[0]?.pattern ?? ''}`;
    case 'widths': {
      if (!Array.isArray(value)) return 'none';
      const widths = value.map(Number);
      return `${listed(widths)},${listed(widths.map((w) => Math.max(kind.min, Math.round(w / 2))))}`;
    }
    default:
      return plain(fieldText(value));
  }
}

/// A row of the form, as a sweep's part: none where no field is chosen.
export const varied = (name: string, values: string): string[] =>
  name === '' ? [] : [`${name}=${plain(values)}`];

/// The same back: a field's name and its values.
export function partsOf(one: string): { name: string; values: string } {
  const at = one.indexOf('=');
  return { name: one.slice(0, at), values: one.slice(at + 1) };
}

/// What a sweep is, in a few words.
export const titleOf = ({ title, knobs }: SweepView) => `${title} over ${knobs.join(' and ')}`;
