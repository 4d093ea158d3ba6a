// Accuracy after task x on task y under a condition, mean over seeds.
import * as Plot from '@observablehq/plot';
import { accuracyMetric, pointsOf } from '../course';
import { percent } from '../format';
import { conditionColor as color, style } from '../theme';
import { progress, stretches } from '../words';
import { type Chart, LATER, sizes } from './chart';
import type { Row } from './rows';

export const matrix: Chart<'matrix'> = ({ condition }, { front, at }, frame) => {
  if (!front.run.config.conditions.includes(condition)) return `This run has no condition ${condition}.`;
  const points = pointsOf(front, condition).filter((p) => p.by_task.length > 0);
  if (points.length === 0) return LATER;
  const cells = points.flatMap((p) =>
    (p.by_task[0] ?? []).map((value, task) => ({ x: p.tasks_learned, y: task + 1, value })),
  );
  const every = (v: number) => v % 5 === 0;
  const plot = Plot.plot({
    ...sizes({ ...frame, height: frame.height ?? 230 }),
    marginRight: 8,
    x: {
      label: progress(front.run.config),
      domain: points.map((p) => p.tasks_learned),
      tickFormat: (v: number) => (every(v) ? String(v) : ''),
    },
    y: {
      label: 'on task',
      domain: [...new Set(cells.map((c) => c.y))].reverse(),
      tickFormat: (v: number) => (every(v) || v === 1 ? String(v) : ''),
    },
    color: { domain: [0, 1], range: [style('--silent'), color(condition)] },
    marks: [
      Plot.cell(cells, {
        x: 'x',
        y: 'y',
        fill: 'value',
        inset: 0.4,
        title: (d) => `after ${d.x} ${stretches(front.run.config)}, on task ${d.y}: ${d.value.toFixed(3)}`,
      }),
      Plot.frame({ stroke: 'none' }),
      points.some((p) => p.tasks_learned === at)
        ? Plot.ruleX([at], { stroke: style('--text'), strokeOpacity: 0.6 })
        : null,
    ],
  });
  const metric = accuracyMetric(front.run, 0);
  const numbers = (): Row[] =>
    cells.map(({ x, y, value }) => ({
      seed: 'mean',
      condition,
      tasks_learned: x,
      on_task: y,
      metric,
      value,
    }));
  const end = points.at(-1)?.by_task[0] ?? [];
  const [first, last] = [end[0] ?? 0, end.at(-1) ?? 0];
  const words = `at the end ${percent(first)} on the first task and ${percent(last)} on the last`;
  const y = 'on task, its number; colour: accuracy from 0 to 1';
  return { plot, y, numbers, label: `${condition}: accuracy after each task on each task; ${words}` };
};
