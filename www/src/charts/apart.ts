// Labels at lines' ends, moved so that none lies on another.
import * as Plot from '@observablehq/plot';

export type Axis = { type?: 'log' | 'linear'; domain: [number, number] };

/// Margins of plots above and below, in pixels: below there is room for the ticks and, under them, the axis's
/// name.
export const [TOP, BOTTOM] = [16, 34];

/// A line of text, in pixels.
const LINE = 11;

/// Moves labels that would lie on each other: their positions on the axis, at least a line's height between.
export function apart<T extends { y: number }>(ends: T[], axis: Axis, height: number): T[] {
  const { type = 'linear', domain } = axis;
  const scale = Plot.scale({ y: { type, domain, range: [height - BOTTOM, TOP] } });
  const labels = ends.map((end) => ({ end, at: Number(scale.apply(end.y)) })).sort((a, b) => b.at - a.at);
  let below = Number.POSITIVE_INFINITY;
  for (const label of labels) {
    label.at = Math.min(label.at, below - LINE);
    below = label.at;
  }
  // What was pushed over the top comes down again.
  let above = TOP - 2 * LINE;
  for (const label of [...labels].reverse()) {
    label.at = Math.max(label.at, above + LINE);
    above = label.at;
  }
  return labels.map(({ end, at }) => ({ ...end, y: Number(scale.invert?.(at) ?? end.y) }));
}
