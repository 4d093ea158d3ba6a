// A rate by layer at the point looked at.
import * as Plot from '@observablehq/plot';
import { compared, lastAt, pointsOf } from '../course';
import { style } from '../theme';
import { stretches } from '../words';
import { band, type Chart, facets, LATER, LAYERS, sizes } from './chart';
import { members, rateNames } from './rates';
import { rowsOf } from './rows';

export const bars: Chart<'bars'> = ({ rate }, { front, at, spread }, frame) => {
  const { run } = front;
  const layers = members(run, rate).filter((m) => m.layer !== undefined);
  const rows = compared(run.config.conditions).flatMap((condition) => {
    const point = lastAt(pointsOf(front, condition), at);
    return layers.flatMap((layer) => {
      const e = point?.[rate][layer.index];
      if (!point || !e) return [];
      return [{ ...layer, condition, e, tasks: point.tasks_learned, x: e.mean, ...band(e, spread) }];
    });
  });
  if (rows.length === 0) return LATER;
  const along = { fx: 'condition', y: 'label' } as const;
  const plot = Plot.plot({
    ...sizes(frame),
    marginRight: 16,
    fx: facets(compared(run.config.conditions)),
    x: { label: rateNames[rate].axis, grid: true, zero: true, ticks: 2, tickFormat: String },
    y: { label: null, type: 'band', domain: layers.map((l) => l.label).reverse(), padding: 0.35 },
    marks: [
      Plot.barX(rows, { ...along, x: 'x', fill: (d) => d.color }),
      Plot.ruleY(rows, { ...along, x1: 'low', x2: 'high', stroke: style('--text'), strokeWidth: 1.5 }),
      Plot.ruleX([0]),
    ],
  });
  const words = rows.map((d) => `${d.condition} ${d.label} ${d.x.toPrecision(2)}`).join(', ');
  return {
    plot,
    y: LAYERS,
    numbers: () => rowsOf(rows, [], spread),
    label: `${rateNames[rate].title} by layer after ${at} ${stretches(run.config)}: ${words}`,
  };
};
