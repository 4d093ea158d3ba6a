// Units active by layer at the point looked at, beside the untrained network.
import * as Plot from '@observablehq/plot';
import { type Course, compared, evaluatedAt, lastAt, metricOf, pointsOf } from '../course';
import { percent } from '../format';
import type { Condition } from '../protocol';
import { style } from '../theme';
import { stretches } from '../words';
import { band, type Chart, facets, faint, ink, inside, LATER, LAYERS, type Shown, sizes } from './chart';
import { rowsOf } from './rows';

export const profile: Chart<'profile'> = (_, shown, frame) => {
  const { front, behind, at, spread } = shown;
  const { run } = front;
  if (!front.summary) return LATER;
  const among = compared(run.config.conditions);
  const before = ofMeans(front, among, 0, shown);
  const now = ofMeans(front, among, at, shown);
  const stored = ofMeans(behind, among, at, shown);
  const single = ofSeeds(front, among, at);
  const along = { fx: 'condition', x: 'x', y: 'layer' } as const;
  const secondary = style('--secondary');
  const widest = Math.max(0.6, ...now.map((d) => d.high), ...before.map((d) => d.x));
  const plot = Plot.plot({
    ...sizes(frame),
    marginRight: 16,
    fx: facets(among),
    x: {
      label: 'share of units active',
      domain: [0, widest],
      grid: true,
      ticks: [0, 0.25, 0.5],
      tickFormat: '.0%',
    },
    y: { label: null, type: 'point', domain: run.layers.map((l) => l.name).reverse() },
    marks: [
      Plot.line(before, { ...along, stroke: secondary, strokeDasharray: '2,3' }),
      Plot.dot(before, { ...along, r: 3, stroke: secondary }),
      Plot.line(stored, { ...along, stroke: ink, strokeWidth: 5, strokeOpacity: 0.25 }),
      Plot.line(single, { ...along, z: 'seed', stroke: ink, ...faint(run) }),
      Plot.ruleY(now, { fx: 'condition', x1: 'low', x2: 'high', y: 'layer', stroke: ink, strokeWidth: 2 }),
      Plot.line(now, { ...along, stroke: ink, strokeWidth: 2.5 }),
      Plot.dot(now, { ...along, r: 4, stroke: ink, fill: inside }),
    ],
  });
  const words = now.map((d) => `${d.condition} ${d.layer} ${percent(d.x)}`).join(', ');
  return {
    label: `Share of units active by layer after ${at} ${stretches(run.config)}: ${words}`,
    plot,
    y: LAYERS,
    numbers: () => rowsOf(now, single, spread),
  };
};

const activeOf = (layer: string) => metricOf('active', layer);

const ofMeans = (of: Course | undefined, among: Condition[], at: number, { front, spread }: Shown) =>
  among.flatMap((condition) => {
    const point = lastAt(pointsOf(of, condition), at, (p) => p.active.length > 0);
    return front.run.layers.flatMap(({ name: layer }, l) => {
      const e = point?.active[l];
      if (!point || !e) return [];
      const tasks = point.tasks_learned;
      return [{ condition, layer, x: e.mean, e, tasks, metric: activeOf(layer), ...band(e, spread) }];
    });
  });

const ofSeeds = (course: Course, among: Condition[], at: number) =>
  course.run.lanes.flatMap(({ seed, condition }, lane) => {
    if (!among.includes(condition)) return [];
    const record = evaluatedAt(course, lane, at);
    return (record?.evaluation?.active ?? []).map((x, l) => {
      const layer = course.run.layers[l]?.name ?? '';
      const tasks = record?.tasks_learned ?? 0;
      return { seed, condition, layer, x, tasks, metric: activeOf(layer), value: x };
    });
  });
