// A claim's part, seed by seed: a swarm with its mean, its interval and zero.
import * as Plot from '@observablehq/plot';
import { type Course, compared, isOver } from '../course';
import { effect } from '../format';
import { style } from '../theme';
import { type Chart, jitter, LATER, sizes } from './chart';
import type { Row } from './rows';

export const differences: Chart<'differences'> = ({ claim, part }, { front, behind }, frame) => {
  const find = (course: Course | undefined) => course?.claims[claim]?.parts[part];
  const of = find(front)?.values.length ? front : behind;
  const here = find(of);
  if (!of || !here || here.effect === null || here.values.length === 0) {
    return isOver(front) ? 'This claim is not held against this run.' : LATER;
  }
  const { what, effect: mean, interval, n } = here;
  const meta = style('--meta');
  const plot = Plot.plot({
    ...sizes({ ...frame, height: frame.height ?? 120 }),
    marginLeft: 16,
    marginRight: 16,
    x: { label: what, labelAnchor: 'center', ticks: 5, grid: true, zero: true, tickFormat: effect },
    y: { axis: null, domain: [-1, 1] },
    marks: [
      Plot.ruleX([0]),
      Plot.dot(here.values, {
        x: (v: number) => v,
        y: (_: number, i: number) => jitter(i + 1),
        r: 2.2,
        stroke: meta,
        fill: meta,
        fillOpacity: 0.35,
      }),
      // One seed has none.
      interval &&
        Plot.ruleY([interval], {
          y: () => -0.7,
          x1: ([from]: [number, number]) => from,
          x2: ([, to]: [number, number]) => to,
          stroke: style('--text'),
          strokeWidth: 2.5,
        }),
      Plot.dot([here], { x: 'effect', y: () => -0.7, r: 4.5, fill: style('--text') }),
    ],
  });
  const { tasks, conditions } = front.run.config;
  const condition = compared(conditions).at(-1) ?? 'meta';
  const common = { condition, tasks_learned: tasks, metric: what };
  const ends = interval && { low: interval[0], high: interval[1], band: '95% interval' };
  const numbers = (): Row[] => [
    { seed: 'mean', ...common, value: mean, ...ends },
    ...here.values.map((value, i) => ({ seed: here.seeds[i] ?? i, ...common, value })),
  ];
  const spread = interval && `95% interval ${interval.map(effect).join(' to ')}`;
  const words = [effect(mean), spread, `${n} seed${n === 1 ? '' : 's'}`].filter(Boolean).join(', ');
  return { plot, y: 'seeds, side by side', numbers, label: `${what}: ${words}` };
};
