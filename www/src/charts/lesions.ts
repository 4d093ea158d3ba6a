// What each lesion leaves of a head's accuracy: from the intact network's (open) to what is left (filled).
import * as Plot from '@observablehq/plot';
import {
  accuracyIn,
  accuracyMetric,
  type Course,
  compared,
  evaluatedAt,
  lesionAt,
  measuredAt,
} from '../course';
import { accuracy, chanceLevel } from '../format';
import { conditionColor as color, style } from '../theme';
import { type Chart, ink, LATER, sizes } from './chart';
import { rowsOf } from './rows';

export const lesions: Chart<'lesions'> = ({ head }, { front, behind, at, spread }, frame) => {
  const { run } = front;
  const described = run.heads[head];
  const kinds = run.lesions.filter((l) => l.layer !== null);
  if (!described || kinds.length === 0) return 'This run measures no lesion.';
  const among = compared(run.config.conditions);
  const rows = (course: Course | undefined) =>
    among.flatMap((condition) => {
      const point = measuredAt(course, condition, at);
      const whole = lesionAt(point, head, 'intact')?.mean;
      return kinds.flatMap((kind) => {
        const x = lesionAt(point, head, kind.lesion)?.mean;
        return x === undefined || whole === undefined ? [] : [{ condition, name: kind.name, whole, x }];
      });
    });
  const now = rows(front);
  if (now.length === 0) return LATER;
  const { name, chance } = described;
  const along = { fy: 'name', y: 'condition' } as const;
  const plot = Plot.plot({
    ...sizes({ ...frame, height: frame.height ?? 170 }),
    marginLeft: 132,
    marginRight: 14,
    fy: { label: null, domain: kinds.map((kind) => kind.name), axis: 'left' },
    y: { axis: null, type: 'point', domain: among, padding: 0.6 },
    x: {
      label: `${name} accuracy (chance ${chanceLevel(chance)})`,
      grid: true,
      zero: true,
      // Of a head of thousands the marks have four decimals.
      ticks: frame.width < 400 ? 3 : 5,
    },
    marks: [
      Plot.ruleX([chance], { strokeDasharray: '1,3' }),
      Plot.dot(rows(behind), { ...along, x: 'x', r: 7, fill: ink, fillOpacity: 0.2 }),
      Plot.ruleY(now, { ...along, x1: 'whole', x2: 'x', stroke: ink, strokeWidth: 2.5 }),
      Plot.dot(now, { ...along, x: 'whole', r: 4, stroke: ink, fill: style('--ground') }),
      Plot.dot(now, { ...along, x: 'x', r: 4, stroke: ink, fill: (d) => color(d.condition) }),
    ],
  });
  const words = now.map(
    (d) => `${d.condition} ${d.name} ${accuracy(d.x, chance)} of ${accuracy(d.whole, chance)}`,
  );
  return {
    plot,
    y: among.length > 1 ? `lesion, ${among.join(' over ')}` : 'lesion',
    numbers: () => numbers(front, head, at, spread),
    label: `${name} accuracy, intact (open) and lesioned (filled): ${words.join(', ')}`,
  };
};

/// Every lesion's accuracies, the intact network's first.
const numbers = (course: Course, head: number, at: number, spread: Parameters<typeof rowsOf>[2]) =>
  course.run.lesions.flatMap(({ lesion }) => {
    const metric = accuracyMetric(course.run, head, lesion);
    const means = course.run.config.conditions.flatMap((condition) => {
      const point = measuredAt(course, condition, at);
      const e = lesionAt(point, head, lesion);
      return point && e ? [{ condition, tasks: point.tasks_learned, metric, e }] : [];
    });
    const seeds = course.run.lanes.flatMap(({ seed, condition }, lane) => {
      const record = evaluatedAt(course, lane, at);
      const value = accuracyIn(record, head, lesion);
      if (!record || value === undefined) return [];
      return [{ seed, condition, tasks: record.tasks_learned, metric, value }];
    });
    return rowsOf(means, seeds, spread);
  });
