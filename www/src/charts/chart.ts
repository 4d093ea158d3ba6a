// What every kind of chart shares: what it is given, what it gives, sizes and marks that stand in several.
import * as Plot from '@observablehq/plot';
import { type Course, type Spread, whisker } from '../course';
import type { Condition, Estimate, RunDescription, Show } from '../protocol';
import { conditionColor, conditionFill, style } from '../theme';
import { BOTTOM, TOP } from './apart';
import type { Row } from './rows';

/// What is drawn: a run, the stored one behind it, the point of the stream that is looked at, and what bands
/// mean.
export type Shown = { front: Course; behind: Course | undefined; at: number; spread: Spread };

/// Where it is drawn: as wide as its container, so that text keeps its size.
export type Frame = {
  id: string;
  width: number;
  height?: number | undefined;
  /// Whether a rate's lines stand under both conditions compared; in a figure's panel only under the last of
  /// them, as in the pictures that the terminal draws.
  compares?: boolean;
};

/// A picture, what its upright axis is, with its unit, and its numbers for whoever asks for them; `cells` are
/// these as a table, its head first, where they are not of one run.
export type Drawn = {
  label: string;
  plot: Element;
  y: string;
  numbers(): Row[];
  cells?(): string[][];
};

/// A kind of chart. Gives words where there is nothing to draw.
export type Chart<K extends Show['kind']> = (
  show: Extract<Show, { kind: K }>,
  shown: Shown,
  frame: Frame,
) => Drawn | string;

/// Upright axes that several kinds have.
export const ACCURACY = 'accuracy, share of images';
export const LAYERS = 'layer, the deepest on top';

/// Of what is not measured yet.
export const LATER = 'This fills in task by task.';

/// Of a head that the run has not.
export const NO_HEAD = 'This run has no such task.';

/// Sizes and margins that charts begin with.
export const sizes = ({ width, height = 188 }: Pick<Frame, 'width' | 'height'>) => ({
  width,
  height,
  marginLeft: 46,
  marginRight: 56,
  marginTop: TOP,
  marginBottom: BOTTOM,
  style: { background: 'none', color: style('--text'), fontSize: '11px' },
});

/// The ends of an estimate's band: itself where its spread is not known.
export const band = (e: Estimate, spread: Spread) => whisker(e, spread) ?? { low: e.mean, high: e.mean };

type Of = { condition: Condition };

/// The colour of a datum's condition, and what its marks are filled with.
export const ink = ({ condition }: Of) => conditionColor(condition);
export const inside = ({ condition }: Of) => conditionFill(condition);

/// The rule at the point of the stream that is looked at.
export const atRule = (at: number) => Plot.ruleX([at], { stroke: style('--secondary'), strokeOpacity: 0.6 });

/// Single seeds' lines: fainter where they are many.
export const faint = (run: RunDescription, few = 0.3, many = 0.15) => ({
  strokeWidth: 0.75,
  strokeOpacity: run.config.seeds > 8 ? many : few,
});

/// Facets side by side, one for each condition.
export const facets = (conditions: Condition[]) => ({ label: null, domain: conditions, padding: 0.16 });

/// A little to the side, always the same for the same seed.
export const jitter = (seed: number) => (((seed * 7919) % 101) / 101 - 0.5) * 0.5;
