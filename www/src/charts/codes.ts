// How alike each layer's codes of different images are, before learning and at the point looked at.
import * as Plot from '@observablehq/plot';
import { compared, lastAt, metricOf, pointsOf } from '../course';
import { style } from '../theme';
import { type Chart, ink, LATER, LAYERS, sizes } from './chart';
import { type OfMean, rowsOf } from './rows';

export const codes: Chart<'codes'> = (_, { front, at, spread }, frame) => {
  const { layers, config } = front.run;
  const rows = compared(config.conditions).flatMap((condition) => {
    const points = pointsOf(front, condition).filter((p) => p.correlation.length > 0);
    const [first, last] = [points[0], lastAt(points, at)];
    return layers.flatMap(({ name: layer }, l) => {
      const [before, now] = [first?.correlation[l], last?.correlation[l]];
      if (!first || !last || !before || !now) return [];
      const metric = metricOf('correlation', layer);
      const means: OfMean[] = [
        { condition, tasks: first.tasks_learned, metric, e: before },
        { condition, tasks: last.tasks_learned, metric, e: now },
      ];
      return [{ condition, layer, before: before.mean, x: now.mean, means }];
    });
  });
  if (rows.length === 0) return LATER;
  const along = { fx: 'condition', y: 'layer' } as const;
  const plot = Plot.plot({
    ...sizes(frame),
    marginRight: 16,
    fx: { label: null },
    x: { label: 'mean correlation of codes', grid: true, zero: true, ticks: 4 },
    y: { label: null, type: 'point', domain: layers.map((l) => l.name).reverse() },
    marks: [
      Plot.ruleY(rows, { ...along, x1: 'before', x2: 'x', stroke: ink, strokeWidth: 2 }),
      Plot.dot(rows, { ...along, x: 'before', r: 3, stroke: style('--secondary'), fill: style('--ground') }),
      Plot.dot(rows, { ...along, x: 'x', r: 4, fill: ink }),
    ],
  });
  const words = rows.map((d) => `${d.condition} ${d.layer} ${d.before.toFixed(2)} to ${d.x.toFixed(2)}`);
  return {
    plot,
    y: LAYERS,
    numbers: () =>
      rowsOf(
        rows.flatMap((d) => d.means),
        [],
        spread,
      ),
    label: `How alike codes of different images are, before learning and now: ${words.join(', ')}`,
  };
};
