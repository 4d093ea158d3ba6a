// Accuracy on all tasks over the stream: every seed faint, means bold with their band, chance dotted.
import * as Plot from '@observablehq/plot';
import { accuracyIn, accuracyMetric, type Course, pointsOf } from '../course';
import { accuracy } from '../format';
import { conditionColor as color, dashes, style } from '../theme';
import { progress } from '../words';
import { apart } from './apart';
import {
  ACCURACY,
  atRule,
  band,
  type Chart,
  faint,
  ink,
  inside,
  LATER,
  NO_HEAD,
  type Shown,
  sizes,
} from './chart';
import { rowsOf } from './rows';

/// Above this chance level accuracies fill the whole scale; items are many and hard, their share has one of
/// its own.
const COMMON = 0.02;

export const course: Chart<'course'> = ({ head }, shown, frame) => {
  const { front, behind, at, spread } = shown;
  const { run } = front;
  const described = run.heads[head];
  if (!described) return NO_HEAD;
  if (!front.summary) return LATER;
  const { chance } = described;
  const { conditions, tasks } = run.config;
  const name = run.heads.length > 1 ? `${described.name} task` : '';
  const single = ofSeeds(front, head);
  const [mean, stored] = [ofMeans(front, shown, head), ofMeans(behind, shown, head)];
  const ends = conditions.flatMap((c) => mean.filter((m) => m.condition === c).at(-1) ?? []);
  const highest = Math.max(0, ...mean.map((m) => m.high), ...[...single, ...stored].map((m) => m.y));
  const top =
    chance > COMMON
      ? Math.min(1, Math.max(0.4, Math.ceil(highest * 10 + 0.3) / 10))
      : Math.max(5 * chance, highest) * 1.1;
  const domain: [number, number] = [0, top];
  const size = sizes(frame);
  const along = { x: 'x', y: 'y' } as const;
  const plot = Plot.plot({
    ...size,
    x: { label: progress(run.config), domain: [0, tasks], ticks: Math.min(10, tasks), tickFormat: 'd' },
    y: { label: null, domain, grid: true, ticks: 5 },
    marks: [
      // Over the plot, not over the ticks, of which the highest reaches up there.
      Plot.text([name], { frameAnchor: 'top-left', dy: -13 }),
      atRule(at),
      Plot.ruleY([chance], { strokeDasharray: '1,3' }),
      Plot.lineY(stored, { ...along, z: 'condition', stroke: ink, strokeWidth: 4, strokeOpacity: 0.25 }),
      Plot.areaY(mean, { x: 'x', y1: 'low', y2: 'high', z: 'condition', fill: ink, fillOpacity: 0.18 }),
      Plot.lineY(single, { ...along, z: 'key', stroke: ink, ...faint(run) }),
      ...conditions.map((c) => {
        const line = { stroke: color(c), strokeWidth: 2.5, strokeDasharray: dashes[c] };
        return Plot.lineY(
          mean.filter((m) => m.condition === c),
          { ...along, ...line },
        );
      }),
      Plot.dot(
        mean.filter((m) => m.x === at),
        { ...along, r: 3.5, stroke: ink, fill: inside },
      ),
      Plot.text(apart(ends, { domain }, size.height), {
        ...along,
        text: 'condition',
        dx: 5,
        textAnchor: 'start',
        fill: ink,
      }),
      Plot.text([{ x: tasks, y: chance }], {
        ...along,
        text: () => 'chance',
        dx: -4,
        dy: -6,
        textAnchor: 'end',
        fill: style('--secondary'),
      }),
    ],
  });
  const words = ends.map((d) => `${d.condition} ${accuracy(d.y, chance)}`).join(', ');
  const label = `Accuracy on all tasks over the stream${name && `, ${name}`}: ${words}`;
  return {
    label,
    plot,
    y: name ? `${name}, ${ACCURACY}` : ACCURACY,
    numbers: () => rowsOf(mean, single, spread),
  };
};

/// Every lane's accuracy where it was measured.
const ofSeeds = ({ run, records }: Course, head: number) =>
  run.lanes.flatMap(({ seed, condition }, lane) =>
    (records[lane] ?? []).flatMap((record) => {
      const value = accuracyIn(record, head);
      if (value === undefined) return [];
      const tasks = record.tasks_learned;
      const metric = accuracyMetric(run, head);
      return [{ key: `${seed} ${condition}`, seed, condition, tasks, metric, value, x: tasks, y: value }];
    }),
  );

/// Each condition's mean, for the conditions of the run in front.
const ofMeans = (of: Course | undefined, { front, spread }: Shown, head: number) =>
  front.run.config.conditions.flatMap((condition) =>
    pointsOf(of, condition).flatMap(({ tasks_learned: tasks, accuracy }) => {
      const e = accuracy[head];
      const metric = accuracyMetric(front.run, head);
      return e ? [{ condition, tasks, metric, e, x: tasks, y: e.mean, ...band(e, spread) }] : [];
    }),
  );
