// How numbers are written, everywhere on the page.
import type { Config, Verdict } from './protocol';

export const percent = (x: number) => `${(100 * x).toFixed(0)}%`;

/// A learning rate: the digits that count. The relu lets none be negative.
export const rate = (x: number) => (x <= 0 ? '0' : x < 0.001 ? x.toExponential(1) : x.toPrecision(2));

/// A fixed number of decimals, without a sign where all of them are zero.
export const fixed = (x: number, digits: number) =>
  (Math.abs(x) * 10 ** digits < 0.5 ? 0 : x).toFixed(digits);

/// Less than this is rounding noise: shares and rates are counted in thousandths.
const NOISE = 1e-9;

/// An effect, of whatever size.
export const effect = (x: number) =>
  Math.abs(x) < NOISE
    ? '0'
    : Math.abs(x) >= 10
      ? x.toFixed(1)
      : Math.abs(x) >= 1
        ? x.toFixed(2)
        : x.toPrecision(2);

/// A small quantity: an effect, with an exponent where it would be all zeros.
export const small = (x: number) => (x === 0 ? '0' : Math.abs(x) < 1e-3 ? x.toExponential(1) : effect(x));

export const probability = (p: number) => (p < 1e-4 ? '< 0.0001' : p.toFixed(4));

/// Decimals that tell an accuracy of this chance level from guessing.
export const decimals = (chance: number) => Math.max(3, Math.ceil(-Math.log10(chance) - 1e-9));

/// An accuracy, 0 to 1, of a head with this chance level.
export const accuracy = (x: number, chance: number) => x.toFixed(decimals(chance));

/// A chance level, as short as it says itself: 0.1, 0.0005.
export const chanceLevel = (chance: number) => String(Number(chance.toPrecision(3)));

const NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
  'twenty',
];

/// A count in a sentence: as a word up to twenty.
export const count = (n: number) => NUMBERS[n] ?? String(n);

/// The same where a sentence begins.
export const Count = (n: number) => count(n).replace(/^./, (c) => c.toUpperCase());

/// A count and its noun: "one digit", "five digits".
export const counted = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

export const verdicts: Record<Verdict, string> = {
  holds: 'holds',
  does_not_hold: 'does not hold',
  provisionally_holds: 'provisional: holds so far',
  provisionally_not: 'provisional: does not hold so far',
  one_seed: 'one seed judges nothing',
  not_the_papers_setting: 'not the paper’s setting',
  not_measured: 'not measured',
  shown: 'ours: shown, not judged',
};

/// A setting's value as its field has it.
export const fieldText = (value: Config[keyof Config]) =>
  value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);

/// Decimals of the numbers in a map's cells, all alike: the largest has three digits, none has more than
/// three decimals, and whole numbers have none.
export function commonDecimals(values: number[]): number {
  const largest = Math.max(...values.map(Math.abs));
  if (values.every(Number.isInteger)) return 0;
  return Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}
