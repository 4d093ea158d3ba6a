// The four charts beside the network. They place what they are given and compute nothing but positions.

import * as Plot from '@observablehq/plot';
import { type Course, type Spread, whisker } from './course';
import { type Drawn, exits, type Row, show } from './figure';
import { conditionColor as color, element, same, style, tableOf } from './format';
import type { RunInfo } from './legacy';
import type { Condition, Estimate, Lane, SummaryPoint, TaskRecord } from './protocol';

/// What is drawn: a run, the stored one behind it, the point of the stream that is looked at, and what bands mean.
export type Picture = { front: Course; behind: Course | undefined; at: number; spread: Spread };

/// Conditions are told apart by dash and label as well as by colour.
export const dashes: Record<Condition, string> = {
  baseline: '5,4',
  meta: '',
  rates: '8,3',
  sparsity: '2,3',
  frozen: '10,3,2,3',
};

/// A layer's place in the ordered scale, whatever the depth: the deepest is darkest (light) or lightest (dark).
export function layerColor(layer: number, count: number): string {
  const place = count === 1 ? 3 : Math.round((layer / (count - 1)) * 3);
  return style(`--h${place + 1}`);
}

type Series = { lane: Lane; records: TaskRecord[] };

const lanes = (course: Course): Series[] =>
  course.run.lanes.map((lane, i) => ({ lane, records: course.records[i] ?? [] }));

/// As wide as its place, so that text keeps its size.
export const base = (width = 310, height = 188) => ({
  width,
  height,
  marginLeft: 40,
  marginRight: 56,
  marginTop: 16,
  marginBottom: 30,
  style: { background: 'none', color: style('--text'), fontSize: '11px' },
});

const placeWidth = (id: string) =>
  Math.max(260, Math.min(640, document.getElementById(id)?.clientWidth ?? 310));

const band = (e: Estimate, spread: Spread) => whisker(e, spread) ?? { low: e.mean, high: e.mean };

/// What an estimate says, as a row of numbers.
export const meanRow = (
  condition: Condition,
  tasks_learned: number,
  metric: string,
  e: Estimate,
  spread: Spread,
): Row => ({
  seed: 'mean',
  condition,
  tasks_learned,
  metric,
  value: e.mean,
  ...whisker(e, spread),
});

/// The charts beside the network are as tall together as it is; two of accuracy share one's height.
const tall = (charts = 1) => (charts > 1 ? 150 : innerWidth > 1180 ? 228 : 188);

/// Beside pathways, whose cells are many, there is a closer look below the charts.
const tallRates = (run: RunInfo) => (run.config.pathways ? 188 : tall());

/// Moves labels apart that would lie on each other: their places on the axis, at least a line's height between.
export function apart<T extends { y: number }>(
  ends: T[],
  axis: { type?: 'log' | 'linear'; domain: [number, number] },
  height = tall(),
): T[] {
  const [top, bottom] = [16, height - 30];
  const scale = Plot.scale({ y: { type: axis.type ?? 'linear', domain: axis.domain, range: [bottom, top] } });
  const sorted = ends.map((end) => ({ end, at: scale.apply(end.y) as number })).sort((a, b) => b.at - a.at);
  const line = 11;
  sorted.forEach((label, i) => {
    if (i > 0) label.at = Math.min(label.at, sorted[i - 1].at - line);
  });
  // What was pushed over the top comes down again.
  [...sorted].reverse().forEach((label, i, up) => {
    label.at = Math.max(label.at, i > 0 ? up[i - 1].at + line : top - line);
  });
  return sorted.map(({ end, at }) => ({ ...end, y: scale.invert?.(at) as number }));
}

const last = <T>(list: T[]): T | undefined => list[list.length - 1];

const shownConditions = (p: Picture): Condition[] => p.front.run.config.conditions;

function accuracy(picture: Picture, head: number, width: number): Drawn {
  const { front, behind, at, spread } = picture;
  const { run } = front;
  const name = run.heads.length > 1 ? `${run.heads[head]} task` : '';
  const single = lanes(front).flatMap(({ lane, records }) =>
    records.flatMap((r) => {
      const intact = r.evaluation?.accuracy.find((a) => a.head === head && a.lesion === 'intact');
      return intact
        ? [
            {
              key: `${lane.seed} ${lane.condition}`,
              seed: lane.seed,
              condition: lane.condition,
              x: r.tasks_learned,
              y: intact.mean,
            },
          ]
        : [];
    }),
  );
  const means = (course: Course | undefined) =>
    (course?.summary?.conditions ?? []).flatMap((c) =>
      c.points.flatMap((p) => {
        const e = p.accuracy[head];
        return e && shownConditions(picture).includes(c.condition)
          ? [{ condition: c.condition, x: p.tasks_learned, y: e.mean, e, ...band(e, spread) }]
          : [];
      }),
    );
  const mean = means(front);
  const stored = means(behind);
  const words = (front.summary?.conditions ?? [])
    .map((c) => {
      const e = last(c.points.filter((p) => p.accuracy.length))?.accuracy[head];
      return e ? `${c.condition} ${e.mean.toFixed(head === 0 ? 3 : 4)}` : '';
    })
    .filter(Boolean)
    .join(', ');
  const ends = shownConditions(picture).flatMap((c) => last(mean.filter((m) => m.condition === c)) ?? []);
  const highest = Math.max(
    ...mean.map((m) => m.high),
    ...single.map((m) => m.y),
    ...stored.map((m) => m.y),
    0,
  );
  // Items are many and hard: their share has a scale of its own.
  const top =
    head === 0
      ? Math.min(1, Math.max(0.4, Math.ceil(highest * 10 + 0.3) / 10))
      : Math.max(5 * run.chance[head], highest) * 1.1;
  const domain: [number, number] = [0, top];
  const height = tall(run.heads.length);
  const metric = `accuracy ${run.heads[head]} intact`;
  const numbers = (): Row[] => [
    ...mean.map((d) => meanRow(d.condition, d.x, metric, d.e, spread)),
    ...single.map((d) => ({ seed: d.seed, condition: d.condition, tasks_learned: d.x, metric, value: d.y })),
  ];
  const plot = Plot.plot({
    ...base(width, height),
    x: {
      label: 'tasks learned',
      domain: [0, run.config.tasks],
      ticks: Math.min(10, run.config.tasks),
      tickFormat: 'd',
    },
    y: { label: name || null, labelArrow: 'none', domain, grid: true, ticks: 5 },
    marks: [
      Plot.ruleX([at], { stroke: style('--secondary'), strokeOpacity: 0.6 }),
      Plot.ruleY([run.chance[head]], { strokeDasharray: '1,3' }),
      Plot.lineY(stored, {
        x: 'x',
        y: 'y',
        z: 'condition',
        stroke: (d) => color(d.condition),
        strokeWidth: 4,
        strokeOpacity: 0.25,
      }),
      Plot.areaY(mean, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        z: 'condition',
        fill: (d) => color(d.condition),
        fillOpacity: 0.18,
      }),
      Plot.lineY(single, {
        x: 'x',
        y: 'y',
        z: 'key',
        stroke: (d) => color(d.condition),
        strokeWidth: 0.75,
        strokeOpacity: run.config.seeds > 8 ? 0.15 : 0.3,
      }),
      ...shownConditions(picture).map((c) =>
        Plot.lineY(
          mean.filter((m) => m.condition === c),
          {
            x: 'x',
            y: 'y',
            stroke: color(c),
            strokeWidth: 2.5,
            strokeDasharray: dashes[c],
          },
        ),
      ),
      Plot.dot(
        mean.filter((m) => m.x === at),
        {
          x: 'x',
          y: 'y',
          r: 3.5,
          stroke: (d) => color(d.condition),
          fill: (d) => (d.condition === 'baseline' ? style('--ground') : color(d.condition)),
        },
      ),
      Plot.text(apart(ends, { domain }, height), {
        x: 'x',
        y: 'y',
        text: 'condition',
        dx: 5,
        textAnchor: 'start',
        fill: (d) => color(d.condition),
      }),
      Plot.text([{ x: run.config.tasks, y: run.chance[head] }], {
        x: 'x',
        y: 'y',
        text: () => 'chance',
        dx: -4,
        dy: -6,
        textAnchor: 'end',
        fill: style('--secondary'),
      }),
    ],
  });
  return { label: `Accuracy on all tasks over the stream${name && `, ${name}`}: ${words}`, plot, numbers };
}

/// The two conditions whose layers are compared: five would be too narrow to read.
const compared = (run: RunInfo): Condition[] => {
  const pair = run.config.conditions.filter((c) => c === 'baseline' || c === 'meta');
  return pair.length === 2 ? pair : run.config.conditions.slice(0, 2);
};

function active(picture: Picture, width: number): Drawn {
  const { front, behind, at, spread } = picture;
  const { run } = front;
  const among = compared(run);
  const rows = (course: Course | undefined, pick: (points: SummaryPoint[]) => SummaryPoint | undefined) =>
    (course?.summary?.conditions ?? [])
      .filter((c) => among.includes(c.condition))
      .flatMap((c) => {
        const point = pick(c.points.filter((p) => p.active.length));
        return (point?.active ?? []).map((e, l) => ({
          condition: c.condition,
          layer: run.layers[l],
          x: e.mean,
          e,
          at: point?.tasks_learned ?? 0,
          ...band(e, spread),
        }));
      });
  const upTo = (points: SummaryPoint[]) => last(points.filter((p) => p.tasks_learned <= at));
  const before = rows(front, (p) => p.find((x) => x.tasks_learned === 0));
  const now = rows(front, upTo);
  const stored = rows(behind, upTo);
  const single = lanes(front)
    .filter(({ lane }) => among.includes(lane.condition))
    .flatMap(({ lane, records }) => {
      const r = last(records.filter((r) => r.evaluation && r.tasks_learned <= at));
      return (r?.evaluation?.active ?? []).map((x, l) => ({
        key: lane.seed,
        condition: lane.condition,
        layer: run.layers[l],
        x,
        at: r?.tasks_learned ?? 0,
      }));
    });
  const words = now.map((d) => `${d.condition} ${d.layer} ${(d.x * 100).toFixed(0)}%`).join(', ');
  const numbers = (): Row[] => [
    ...now.map((d) => meanRow(d.condition, d.at, `active fraction ${d.layer}`, d.e, spread)),
    ...single.map((d) => ({
      seed: d.key,
      condition: d.condition,
      tasks_learned: d.at,
      metric: `active fraction ${d.layer}`,
      value: d.x,
    })),
  ];
  const plot = Plot.plot({
    ...base(width, tall()),
    marginRight: 12,
    fx: { label: null, domain: among, padding: 0.16 },
    x: {
      label: 'share of units active',
      domain: [0, Math.max(0.6, ...now.map((d) => d.high), ...before.map((d) => d.x))],
      grid: true,
      ticks: [0, 0.25, 0.5],
      tickFormat: '.0%',
    },
    y: { label: null, type: 'point', domain: [...run.layers].reverse() },
    marks: [
      Plot.line(before, {
        fx: 'condition',
        x: 'x',
        y: 'layer',
        stroke: style('--secondary'),
        strokeDasharray: '2,3',
      }),
      Plot.dot(before, { fx: 'condition', x: 'x', y: 'layer', r: 3, stroke: style('--secondary') }),
      Plot.line(stored, {
        fx: 'condition',
        x: 'x',
        y: 'layer',
        stroke: (d) => color(d.condition),
        strokeWidth: 5,
        strokeOpacity: 0.25,
      }),
      Plot.line(single, {
        fx: 'condition',
        x: 'x',
        y: 'layer',
        z: 'key',
        stroke: (d) => color(d.condition),
        strokeWidth: 0.75,
        strokeOpacity: run.config.seeds > 8 ? 0.15 : 0.3,
      }),
      Plot.ruleY(now, {
        fx: 'condition',
        x1: 'low',
        x2: 'high',
        y: 'layer',
        stroke: (d) => color(d.condition),
        strokeWidth: 2,
      }),
      Plot.line(now, {
        fx: 'condition',
        x: 'x',
        y: 'layer',
        stroke: (d) => color(d.condition),
        strokeWidth: 2.5,
      }),
      Plot.dot(now, {
        fx: 'condition',
        x: 'x',
        y: 'layer',
        r: 4,
        stroke: (d) => color(d.condition),
        fill: (d) => (d.condition === 'baseline' ? style('--ground') : color(d.condition)),
      }),
    ],
  });
  return { label: `Share of units active by layer after ${at} tasks: ${words}`, plot, numbers };
}

// alpha lies on a log scale; what the relu freezes is drawn in a gutter below it.
const GUTTER = 0.00035;

/// What the charts of rates were made of last: most of a page's lines, and a change of the spread moves none of them.
const made: Partial<Record<'alpha' | 'beta', { of: unknown[]; lines: Lines }>> = {};

/// A chart whose numbers alone ask for the spread.
type Lines = Omit<Drawn, 'numbers'> & { rows(spread: Spread): Row[] };

function rates(picture: Picture, which: 'alpha' | 'beta', width: number): Drawn {
  const { front, at, spread } = picture;
  const of = [front.run, front.summary, front.records, at, width, tall(), style('--ground')];
  let held = made[which];
  if (!held || !same(held.of, of)) {
    held = { of, lines: lines(picture, which, width) };
    made[which] = held;
  }
  const { rows, ...drawn } = held.lines;
  return { ...drawn, numbers: () => rows(spread) };
}

function lines(picture: Picture, which: 'alpha' | 'beta', width: number): Lines {
  const { front, at } = picture;
  const { run } = front;
  const among = compared(run);
  const alpha = which === 'alpha';
  const names = alpha ? run.matrices : run.layers;
  const label = (i: number) => {
    if (!alpha) return run.layers[i];
    const layer = run.layer_matrix.indexOf(i);
    return layer >= 0 ? run.layers[layer] : names[i].startsWith('item') ? 'item' : 'readout';
  };
  const place = (v: number) => (alpha ? Math.max(v, GUTTER) : v);
  const data = (front.summary?.conditions ?? [])
    .filter((c) => among.includes(c.condition))
    .flatMap((c) =>
      c.points.flatMap((p) =>
        (alpha ? p.alpha : p.beta).map((e, i) => ({
          condition: c.condition,
          i,
          x: p.tasks_learned,
          y: place(e.mean),
          e,
        })),
      ),
    );
  const isLayer = (i: number) => !alpha || run.layer_matrix.includes(i);
  const layerOf = (i: number) => (alpha ? run.layer_matrix.indexOf(i) : i);
  const stroke = (i: number) =>
    isLayer(i) ? layerColor(layerOf(i), run.layers.length) : style('--secondary');
  const single = lanes(front)
    .filter(({ lane }) => among.includes(lane.condition))
    .flatMap(({ lane, records }) =>
      records.flatMap((r) =>
        r[which].map((v, i) => ({
          key: `${lane.seed} ${i}`,
          seed: lane.seed,
          condition: lane.condition,
          i,
          x: r.tasks_learned,
          y: place(v),
          value: v,
        })),
      ),
    );
  const metric = (i: number) => `${which} ${names[i]}`;
  const rows = (spread: Spread): Row[] => [
    ...data.map((d) => meanRow(d.condition, d.x, metric(d.i), d.e, spread)),
    ...single.map((d) => ({
      seed: d.seed,
      condition: d.condition,
      tasks_learned: d.x,
      metric: metric(d.i),
      value: d.value,
    })),
  ];
  const ends = among.flatMap((c) =>
    names.flatMap((_, i) => last(data.filter((d) => d.condition === c && d.i === i)) ?? []),
  );
  const words = ends.map((d) => `${d.condition} ${label(d.i)} ${d.y.toPrecision(2)}`).join(', ');
  const all = [...data, ...single].map((d) => d.y);
  const domain: [number, number] = alpha
    ? [GUTTER * 0.8, Math.max(0.1, ...all) * 1.3]
    : [Math.min(0, ...all), Math.max(2 * run.config.beta_0, 0.05, ...all)];
  // A readout from two pathways is two lines with one name.
  const labelled = ends.filter(
    (d, n, all) =>
      d.condition === last(among) &&
      all.findIndex((e) => e.condition === d.condition && label(e.i) === label(d.i)) === n,
  );
  const plot = Plot.plot({
    ...base(width, tallRates(run)),
    fx: { label: null, domain: among, padding: 0.16 },
    x: {
      label: 'tasks learned',
      domain: [0, run.config.tasks],
      ticks: [0, run.config.tasks / 2, run.config.tasks],
      tickFormat: 'd',
    },
    y: alpha
      ? {
          label: null,
          type: 'log',
          domain,
          grid: true,
          ticks: [0.001, 0.01, 0.1],
          tickFormat: (v: number) => String(v),
        }
      : { label: null, domain, grid: true, ticks: 5 },
    marks: [
      alpha
        ? Plot.text(among, {
            fx: (c: Condition) => c,
            x: () => 0,
            y: () => GUTTER,
            text: () => '0, frozen',
            textAnchor: 'start',
            dy: -5,
            fill: style('--secondary'),
          })
        : null,
      alpha ? Plot.ruleY([run.config.alpha_0], { strokeDasharray: '1,3' }) : Plot.ruleY([0]),
      Plot.lineY(single, {
        fx: 'condition',
        x: 'x',
        y: 'y',
        z: 'key',
        stroke: (d) => stroke(d.i),
        strokeWidth: 0.75,
        strokeOpacity: run.config.seeds > 8 ? 0.1 : 0.25,
      }),
      Plot.ruleX([at], { stroke: style('--secondary'), strokeOpacity: 0.6 }),
      ...names.map((_, i) =>
        Plot.lineY(
          data.filter((d) => d.i === i),
          {
            fx: 'condition',
            x: 'x',
            y: 'y',
            stroke: stroke(i),
            strokeWidth: isLayer(i) ? 1.4 + (1.6 * layerOf(i)) / Math.max(1, run.layers.length - 1) : 1.5,
            strokeDasharray: isLayer(i) ? '' : '4,3',
          },
        ),
      ),
      Plot.text(apart(labelled, { type: alpha ? 'log' : 'linear', domain }, tallRates(run)), {
        fx: 'condition',
        x: 'x',
        y: 'y',
        text: (d) => label(d.i),
        dx: 4,
        textAnchor: 'start',
        fill: (d) => stroke(d.i),
      }),
    ],
  });
  return { label: `${alpha ? 'Learning rate alpha' : 'Competition beta'} by layer: ${words}`, plot, rows };
}

const ids = ['chart-accuracy', 'chart-active', 'chart-alpha', 'chart-beta'];

/// Gives each chart its buttons, once.
function frame(id: string) {
  const place = document.getElementById(id);
  const caption = place?.parentElement?.querySelector('figcaption');
  if (!place || !caption || caption.querySelector('.exits')) return;
  caption.append(
    element('span', {}, ' '),
    exits(place, caption.textContent ?? '', `metacls-${id.replace('chart-', '')}`),
  );
}

/// Draws the charts, one with each turn.
export function* draw(picture: Picture | undefined): Generator<void> {
  ids.forEach(frame);
  const [one, two, three, four] = ids.map((id) => document.getElementById(id));
  if (!picture?.front.summary) {
    for (const place of [one, two, three, four]) show(place, []);
    return;
  }
  const [w1, w2, w3, w4] = ids.map(placeWidth);
  show(
    one,
    picture.front.run.heads.map((_, head) => accuracy(picture, head, w1)),
  );
  yield;
  show(two, [active(picture, w2)]);
  yield;
  show(three, [rates(picture, 'alpha', w3)]);
  yield;
  show(four, [rates(picture, 'beta', w4)]);
}

const text = (e: Estimate | undefined, digits: number) =>
  e ? e.mean.toFixed(digits) + (e.sd === null ? '' : ` (${e.sd.toFixed(digits)})`) : '';

/// The same numbers as a table: mean and, in brackets, SD over seeds.
export function table(course: Course | undefined) {
  const place = document.getElementById('table');
  if (!place) return;
  if (!course?.summary) {
    place.replaceChildren();
    return;
  }
  const { run, summary } = course;
  const head = [
    'condition',
    'tasks',
    'seeds',
    ...run.heads.map((h) => (run.heads.length > 1 ? `accuracy ${h}` : 'accuracy')),
    ...run.layers.map((l) => `active ${l}`),
    ...run.matrices.map((m) => `alpha ${m}`),
    ...run.layers.map((l) => `beta ${l}`),
  ];
  const rows = summary.conditions.flatMap((c) =>
    c.points.map((p) => [
      c.condition,
      String(p.tasks_learned),
      String(p.alpha[0]?.n ?? 0),
      ...run.heads.map((_, i) => text(p.accuracy[i], i === 0 ? 3 : 4)),
      ...run.layers.map((_, i) => text(p.active[i], 3)),
      ...run.matrices.map((_, i) => text(p.alpha[i], 4)),
      ...run.layers.map((_, i) => text(p.beta[i], 3)),
    ]),
  );
  place.replaceChildren(tableOf(head, rows));
}
