// Accuracy of every seed under each condition at the point looked at, each seed's pair joined.
import * as Plot from '@observablehq/plot';
import {
  accuracyIn,
  accuracyMetric,
  type Course,
  compared,
  evaluatedAt,
  laneOf,
  measuredAt,
  seedsOf,
} from '../course';
import { accuracy } from '../format';
import { style } from '../theme';
import { stretches } from '../words';
import { ACCURACY, band, type Chart, ink, inside, jitter, LATER, NO_HEAD, type Shown, sizes } from './chart';
import { rowsOf } from './rows';

export const pairs: Chart<'pairs'> = ({ head }, shown, frame) => {
  const { front, behind, at, spread } = shown;
  const { run } = front;
  const { conditions } = run.config;
  const described = run.heads[head];
  if (!described) return NO_HEAD;
  const { chance } = described;
  const points = ofSeeds(front, at, head);
  if (points.length === 0) return LATER;
  const among = compared(conditions);
  const joined = points.filter((p) => among.includes(p.condition));
  const now = ofMeans(front, shown, head);
  const isPair = conditions.length === 2;
  const plot = Plot.plot({
    ...sizes(frame),
    marginRight: 16,
    x: {
      domain: [-0.5, conditions.length - 0.5],
      ticks: conditions.map((_, i) => i),
      tickFormat: (i: number) => conditions[i] ?? '',
      label: null,
    },
    y: { grid: true, label: null, ticks: 5, zero: true },
    marks: [
      Plot.ruleY([chance], { strokeDasharray: '1,3' }),
      Plot.ruleY(ofMeans(behind, shown, head), {
        x1: (d) => d.x - 0.35,
        x2: (d) => d.x + 0.35,
        y: 'y',
        stroke: ink,
        strokeWidth: 8,
        strokeOpacity: 0.25,
      }),
      isPair
        ? Plot.line(joined, {
            x: 'x',
            y: 'y',
            z: 'seed',
            stroke: style('--secondary'),
            strokeWidth: 0.7,
            strokeOpacity: 0.4,
          })
        : null,
      Plot.dot(points, {
        x: (d) => d.x + (isPair ? 0 : jitter(d.seed)),
        y: 'y',
        r: 2,
        stroke: ink,
        fill: (d) => (d.condition === 'baseline' ? 'none' : ink(d)),
        fillOpacity: 0.5,
      }),
      Plot.ruleX(now, { x: (d) => d.x + 0.32, y1: 'low', y2: 'high', stroke: ink, strokeWidth: 2.5 }),
      Plot.dot(now, { x: (d) => d.x + 0.32, y: 'y', r: 4.5, stroke: ink, fill: inside }),
    ],
  });
  const words = now.map((d) => `${d.condition} ${accuracy(d.y, chance)}`).join(', ');
  return {
    plot,
    y: ACCURACY,
    numbers: () => rowsOf(now, points, spread),
    label: `Accuracy of every seed after ${now[0]?.tasks ?? at} ${stretches(run.config)}: ${words}`,
  };
};

const ofSeeds = (course: Course, at: number, head: number) =>
  seedsOf(course).flatMap((seed) =>
    course.run.config.conditions.flatMap((condition, x) => {
      const record = evaluatedAt(course, laneOf(course, seed, condition), at);
      const value = accuracyIn(record, head);
      if (!record || value === undefined) return [];
      const metric = accuracyMetric(course.run, head);
      return [{ seed, condition, x, y: value, value, tasks: record.tasks_learned, metric }];
    }),
  );

const ofMeans = (of: Course | undefined, { front, at, spread }: Shown, head: number) =>
  front.run.config.conditions.flatMap((condition, x) => {
    const point = measuredAt(of, condition, at);
    const e = point?.accuracy[head];
    if (!point || !e) return [];
    const metric = accuracyMetric(front.run, head);
    return [{ condition, x, y: e.mean, e, tasks: point.tasks_learned, metric, ...band(e, spread) }];
  });
