// The figure panel by panel: every seed a point, pairs joined, the stored run behind the live one.
import * as Plot from '@observablehq/plot';
import { base, layerColor, meanRow, type Picture } from './charts';
import { type Course, lesionAt, measuredAt, recordAt, whisker } from './course';
import { type Drawn, exits, type Row, show } from './figure';
import { conditionColor as color, effect, element, percent, accuracy as say, style } from './format';
import type { Condition, Lesion, Outcome } from './protocol';

type Panel = {
  title: string;
  note?: string | undefined;
  wide?: boolean;
  draw(picture: Picture, width: number): Drawn | undefined;
};

const seeds = (course: Course) => [...new Set(course.run.lanes.map((l) => l.seed))];

/// A lane's last number at the point looked at.
function of<T>(
  course: Course,
  seed: number,
  condition: Condition,
  at: number,
  pick: (lane: number) => T | undefined,
): T | undefined {
  const lane = course.run.lanes.findIndex((l) => l.seed === seed && l.condition === condition);
  return lane < 0 || !recordAt(course, lane, at) ? undefined : pick(lane);
}

/// The last measured record of a lane.
const measured = (course: Course, lane: number, at: number) =>
  (course.records[lane] ?? []).filter((r) => r.evaluation && r.tasks_learned <= at).at(-1);

const accuracyIn = (course: Course, lane: number, at: number, head: number, lesion: Lesion) =>
  measured(course, lane, at)?.evaluation?.accuracy.find((a) => a.head === head && a.lesion === lesion)?.mean;

const intact = (course: Course, lane: number, at: number, head: number) =>
  accuracyIn(course, lane, at, head, 'intact');

/// As the results' rows name it.
const lesionNames: Record<Lesion, string> = {
  intact: 'intact',
  without_l: 'without h4_L',
  without_r: 'without h4_R',
  without_some_l: 'without some of h4_L',
};
const metricOf = (course: Course, head: number, lesion: Lesion) =>
  `accuracy ${course.run.heads[head]} ${lesionNames[lesion]}`;

/// A little to the side, always the same for the same seed.
const jitter = (seed: number) => (((seed * 7919) % 101) / 101 - 0.5) * 0.5;

function pairs(head: number): Panel['draw'] {
  return ({ front, behind, at, spread }, width) => {
    const conditions = front.run.config.conditions;
    const points = seeds(front).flatMap((seed) =>
      conditions.flatMap((condition, i) => {
        const y = of(front, seed, condition, at, (lane) => intact(front, lane, at, head));
        return y === undefined ? [] : [{ seed, condition, x: i, y }];
      }),
    );
    if (points.length === 0) return undefined;
    const joined = points.filter((p) => p.condition === 'baseline' || p.condition === 'meta');
    const means = (course?: Course) =>
      conditions.flatMap((condition, i) => {
        const e = course && measuredAt(course, condition, at)?.accuracy[head];
        return e
          ? [{ condition, x: i, y: e.mean, e, ...(whisker(e, spread) ?? { low: e.mean, high: e.mean }) }]
          : [];
      });
    const now = means(front);
    const chance = front.run.chance[head];
    const tasks = measuredAt(front, conditions[0], at)?.tasks_learned ?? at;
    const metric = metricOf(front, head, 'intact');
    const numbers = (): Row[] => [
      ...now.map((d) => meanRow(d.condition, tasks, metric, d.e, spread)),
      ...points.map((d) => ({
        seed: d.seed,
        condition: d.condition,
        tasks_learned: tasks,
        metric,
        value: d.y,
      })),
    ];
    const plot = Plot.plot({
      ...base(width),
      marginRight: 16,
      x: {
        domain: [-0.5, conditions.length - 0.5],
        ticks: conditions.map((_, i) => i),
        tickFormat: (i: number) => conditions[i],
        label: null,
      },
      y: { grid: true, label: null, ticks: 5, zero: true },
      marks: [
        Plot.ruleY([chance], { strokeDasharray: '1,3' }),
        Plot.ruleY(means(behind), {
          x1: (d) => d.x - 0.35,
          x2: (d) => d.x + 0.35,
          y: 'y',
          stroke: (d) => color(d.condition),
          strokeWidth: 8,
          strokeOpacity: 0.25,
        }),
        conditions.length === 2
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
          x: (d) => d.x + (conditions.length === 2 ? 0 : jitter(d.seed)),
          y: 'y',
          r: 2,
          stroke: (d) => color(d.condition),
          fill: (d) => (d.condition === 'baseline' ? 'none' : color(d.condition)),
          fillOpacity: 0.5,
        }),
        Plot.ruleX(now, {
          x: (d) => d.x + 0.32,
          y1: 'low',
          y2: 'high',
          stroke: (d) => color(d.condition),
          strokeWidth: 2.5,
        }),
        Plot.dot(now, {
          x: (d) => d.x + 0.32,
          y: 'y',
          r: 4.5,
          stroke: (d) => color(d.condition),
          fill: (d) => (d.condition === 'baseline' ? style('--ground') : color(d.condition)),
        }),
      ],
    });
    return {
      plot,
      numbers,
      label: `Accuracy of every seed after ${at} tasks: ${now.map((d) => `${d.condition} ${say(d.y, head)}`).join(', ')}`,
    };
  };
}

/// A claim's part, seed by seed: a swarm with its mean, its interval and zero.
function differences(number: number, part: number): Panel['draw'] {
  return ({ front, behind }, width) => {
    const find = (course?: Course) => course?.claims.find((c: Outcome) => c.number === number)?.parts[part];
    const here = find(front) ?? find(behind);
    if (!here || here.effect === null || here.interval === null || here.values.length === 0) return undefined;
    const { effect: mean, interval } = here;
    const plot = Plot.plot({
      ...base(width),
      height: 120,
      marginLeft: 16,
      marginRight: 16,
      x: {
        label: here.what,
        labelAnchor: 'center',
        ticks: 5,
        grid: true,
        zero: true,
        tickFormat: (v: number) => effect(v),
      },
      y: { axis: null, domain: [-1, 1] },
      marks: [
        Plot.ruleX([0]),
        Plot.dot(here.values, {
          x: (v: number) => v,
          y: (_: number, i: number) => jitter(i + 1),
          r: 2.2,
          stroke: style('--meta'),
          fill: style('--meta'),
          fillOpacity: 0.35,
        }),
        Plot.ruleY([here], {
          y: () => -0.7,
          x1: interval[0],
          x2: interval[1],
          stroke: style('--text'),
          strokeWidth: 2.5,
        }),
        Plot.dot([here], { x: 'effect', y: () => -0.7, r: 4.5, fill: style('--text') }),
      ],
    });
    const tasks = front.run.config.tasks;
    const all = seeds(find(front) ? front : (behind ?? front));
    const numbers = (): Row[] => [
      {
        seed: 'mean',
        condition: 'meta',
        tasks_learned: tasks,
        metric: here.what,
        value: mean,
        low: interval[0],
        high: interval[1],
      },
      ...here.values.map((value, i) => ({
        seed: all[i],
        condition: 'meta' as const,
        tasks_learned: tasks,
        metric: here.what,
        value,
      })),
    ];
    return {
      plot,
      numbers,
      label: `${here.what}: ${effect(mean)}, 95% interval ${effect(interval[0])} to ${effect(interval[1])}, ${here.n} seeds`,
    };
  };
}

/// What each lesion leaves of the accuracy above chance.
function lesions(head: number): Panel['draw'] {
  return ({ front, behind, at, spread }, width) => {
    const kinds: [Lesion, string][] = [
      ['without_l', 'without h4_L'],
      ['without_some_l', 'without 250 of h4_L'],
      ['without_r', 'without h4_R'],
    ];
    const rows = (course?: Course) =>
      (course ? course.run.config.conditions : []).flatMap((condition) => {
        const point = course && measuredAt(course, condition, at);
        const whole = lesionAt(point, head, 'intact');
        return kinds.flatMap(([lesion, name]) => {
          const e = lesionAt(point, head, lesion);
          return e && whole
            ? [
                {
                  condition,
                  name,
                  lesion,
                  e,
                  whole: whole.mean,
                  x: e.mean,
                  ...(whisker(e, spread) ?? { low: e.mean, high: e.mean }),
                },
              ]
            : [];
        });
      });
    const now = rows(front);
    if (now.length === 0) return undefined;
    const chance = front.run.chance[head];
    const numbers = (): Row[] =>
      (['intact', ...kinds.map(([lesion]) => lesion)] as Lesion[]).flatMap((lesion) => {
        const metric = metricOf(front, head, lesion);
        return [
          ...front.run.config.conditions.flatMap((condition) => {
            const point = measuredAt(front, condition, at);
            const e = lesionAt(point, head, lesion);
            return point && e ? [meanRow(condition, point.tasks_learned, metric, e, spread)] : [];
          }),
          ...front.run.lanes.flatMap(({ seed, condition }, lane) => {
            const value = accuracyIn(front, lane, at, head, lesion);
            return value === undefined
              ? []
              : [
                  {
                    seed,
                    condition,
                    tasks_learned: measured(front, lane, at)?.tasks_learned ?? at,
                    metric,
                    value,
                  },
                ];
          }),
        ];
      });
    const plot = Plot.plot({
      ...base(width),
      height: 170,
      marginLeft: 118,
      marginRight: 14,
      fy: { label: null, domain: kinds.map((k) => k[1]), axis: 'left' },
      y: { axis: null, type: 'point', domain: ['baseline', 'meta'], padding: 0.6 },
      x: { label: `${front.run.heads[head]} accuracy (chance ${chance})`, grid: true, zero: true, ticks: 5 },
      marks: [
        Plot.ruleX([chance], { strokeDasharray: '1,3' }),
        Plot.dot(rows(behind), {
          fy: 'name',
          y: 'condition',
          x: 'x',
          r: 7,
          fill: (d) => color(d.condition),
          fillOpacity: 0.2,
        }),
        Plot.ruleY(now, {
          fy: 'name',
          y: 'condition',
          x1: 'whole',
          x2: 'x',
          stroke: (d) => color(d.condition),
          strokeWidth: 2.5,
        }),
        Plot.dot(now, {
          fy: 'name',
          y: 'condition',
          x: 'whole',
          r: 4,
          stroke: (d) => color(d.condition),
          fill: style('--ground'),
        }),
        Plot.dot(now, {
          fy: 'name',
          y: 'condition',
          x: 'x',
          r: 4,
          stroke: (d) => color(d.condition),
          fill: (d) => color(d.condition),
        }),
      ],
    });
    const words = now
      .map((d) => `${d.condition} ${d.name} ${say(d.x, head)} of ${say(d.whole, head)}`)
      .join(', ');
    return {
      plot,
      numbers,
      label: `${front.run.heads[head]} accuracy, intact (open) and lesioned (filled): ${words}`,
    };
  };
}

/// Accuracy after task x on task y, mean over seeds.
function matrix(condition: Condition): Panel['draw'] {
  return ({ front, at }, width) => {
    const points =
      front.summary?.conditions
        .find((c) => c.condition === condition)
        ?.points.filter((p) => p.by_task.length > 0) ?? [];
    if (points.length === 0) return undefined;
    const cells = points.flatMap((p) =>
      p.by_task[0].map((value, task) => ({ x: p.tasks_learned, y: task + 1, value })),
    );
    const plot = Plot.plot({
      ...base(width),
      height: 230,
      marginRight: 8,
      x: {
        label: 'tasks learned',
        domain: points.map((p) => p.tasks_learned),
        tickFormat: (v: number) => (v % 5 === 0 ? String(v) : ''),
      },
      y: {
        label: 'on task',
        domain: [...new Set(cells.map((c) => c.y))].reverse(),
        tickFormat: (v: number) => (v % 5 === 0 || v === 1 ? String(v) : ''),
      },
      color: { domain: [0, 1], range: [style('--silent'), color(condition)] },
      marks: [
        Plot.cell(cells, {
          x: 'x',
          y: 'y',
          fill: 'value',
          inset: 0.4,
          title: (d) => `after ${d.x} tasks, on task ${d.y}: ${d.value.toFixed(3)}`,
        }),
        Plot.frame({ stroke: 'none' }),
        points.some((p) => p.tasks_learned === at)
          ? Plot.ruleX([at], { stroke: style('--text'), strokeOpacity: 0.6 })
          : null,
      ],
    });
    const end = points.at(-1);
    const first = end?.by_task[0][0] ?? 0;
    const metric = metricOf(front, 0, 'intact');
    const numbers = (): Row[] =>
      cells.map((d) => ({
        seed: 'mean',
        condition,
        tasks_learned: d.x,
        on_task: d.y,
        metric,
        value: d.value,
      }));
    return {
      plot,
      numbers,
      label: `${condition}: accuracy after each task on each task; at the end ${percent(first)} on the first task and ${percent(end?.by_task[0].at(-1) ?? 0)} on the last`,
    };
  };
}

/// How alike each layer's codes of different images are, before learning and now.
const correlation: Panel['draw'] = ({ front, at, spread }, width) => {
  const rows = front.run.config.conditions
    .filter((c) => c === 'baseline' || c === 'meta')
    .flatMap((condition) => {
      const points =
        front.summary?.conditions
          .find((c) => c.condition === condition)
          ?.points.filter((p) => p.correlation.length > 0) ?? [];
      const [before, now] = [points[0], points.filter((p) => p.tasks_learned <= at).at(-1)];
      if (!before || !now) return [];
      return front.run.layers.map((layer, l) => ({
        condition,
        layer,
        l,
        before: before.correlation[l].mean,
        x: now.correlation[l].mean,
        first: [before, before.correlation[l]] as const,
        last: [now, now.correlation[l]] as const,
      }));
    });
  if (rows.length === 0) return undefined;
  const numbers = (): Row[] =>
    rows.flatMap((d) =>
      [d.first, d.last].map(([point, e]) =>
        meanRow(d.condition, point.tasks_learned, `correlation of codes ${d.layer}`, e, spread),
      ),
    );
  const plot = Plot.plot({
    ...base(width),
    marginRight: 12,
    fx: { label: null },
    x: { label: 'mean correlation of codes', grid: true, zero: true, ticks: 4 },
    y: { label: null, type: 'point', domain: [...front.run.layers].reverse() },
    marks: [
      Plot.ruleY(rows, {
        fx: 'condition',
        y: 'layer',
        x1: 'before',
        x2: 'x',
        stroke: (d) => color(d.condition),
        strokeWidth: 2,
      }),
      Plot.dot(rows, {
        fx: 'condition',
        y: 'layer',
        x: 'before',
        r: 3,
        stroke: style('--secondary'),
        fill: style('--ground'),
      }),
      Plot.dot(rows, { fx: 'condition', y: 'layer', x: 'x', r: 4, fill: (d) => color(d.condition) }),
    ],
  });
  return {
    plot,
    numbers,
    label: `How alike codes of different images are, before learning and now: ${rows.map((d) => `${d.condition} ${d.layer} ${d.before.toFixed(2)} to ${d.x.toFixed(2)}`).join(', ')}`,
  };
};

/// Each layer's learning rate at the point looked at.
const speeds: Panel['draw'] = ({ front, at, spread }, width) => {
  const rows = front.run.config.conditions
    .filter((c) => c === 'baseline' || c === 'meta')
    .flatMap((condition) => {
      const point = front.summary?.conditions
        .find((c) => c.condition === condition)
        ?.points.filter((p) => p.tasks_learned <= at)
        .at(-1);
      return point
        ? front.run.layers.map((layer, l) => {
            const e = point.alpha[front.run.layer_matrix[l]];
            return {
              condition,
              layer,
              l,
              e,
              at: point.tasks_learned,
              x: e.mean,
              ...(whisker(e, spread) ?? { low: e.mean, high: e.mean }),
            };
          })
        : [];
    });
  if (rows.length === 0) return undefined;
  const numbers = (): Row[] =>
    rows.map((d) =>
      meanRow(d.condition, d.at, `alpha ${front.run.matrices[front.run.layer_matrix[d.l]]}`, d.e, spread),
    );
  const plot = Plot.plot({
    ...base(width),
    marginRight: 12,
    fx: { label: null },
    x: { label: 'learning rate alpha', grid: true, zero: true, ticks: 4 },
    y: { label: null, type: 'band', domain: [...front.run.layers].reverse(), padding: 0.35 },
    marks: [
      Plot.barX(rows, {
        fx: 'condition',
        y: 'layer',
        x: 'x',
        fill: (d) => layerColor(d.l, front.run.layers.length),
      }),
      Plot.ruleY(rows, {
        fx: 'condition',
        y: 'layer',
        x1: 'low',
        x2: 'high',
        stroke: style('--text'),
        strokeWidth: 1.5,
      }),
      Plot.ruleX([0]),
    ],
  });
  return {
    plot,
    numbers,
    label: `Learning rate by layer after ${at} tasks: ${rows.map((d) => `${d.condition} ${d.layer} ${d.x.toPrecision(2)}`).join(', ')}`,
  };
};

function panelsOf({ front }: Picture): Panel[] {
  const { run } = front;
  const two = run.heads.length > 1;
  const list: Panel[] = [
    { title: two ? 'Category accuracy, every seed' : 'Accuracy, every seed', draw: pairs(0) },
  ];
  if (two) list.push({ title: 'Item accuracy, every seed', draw: pairs(1) });
  if (run.layers.length === 2) {
    list.push(
      { title: 'Claim 1, seed by seed', draw: differences(1, 0) },
      { title: 'Claim 2, seed by seed', draw: differences(2, 0) },
    );
  } else if (run.config.pathways === null) {
    list.push(
      { title: 'Claim 3, seed by seed', draw: differences(3, 0) },
      { title: 'Claim 5, h4 less h3, seed by seed', draw: differences(5, 2) },
    );
  } else {
    list.push(
      { title: 'Claim 7, L less R, seed by seed', draw: differences(7, 1) },
      { title: 'Claim 8, seed by seed', draw: differences(8, 0) },
    );
    list.push(
      { title: 'Lesions, item task', draw: lesions(1), wide: true },
      { title: 'Lesions, category task', draw: lesions(0), wide: true },
    );
  }
  list.push({ title: 'Learning rate by layer', draw: speeds });
  list.push({ title: 'How alike codes are, before (open) and after (filled)', draw: correlation });
  for (const condition of run.config.conditions.filter((c) => c === 'baseline' || c === 'meta')) {
    list.push({
      title: `Accuracy matrix, ${condition}`,
      note: two ? 'category task' : undefined,
      draw: matrix(condition),
    });
  }
  return list;
}

let key = '';

/// What stands where nothing can be drawn.
function nothing({ front }: Picture): string {
  const { tasks } = front.run.config;
  const over = front.records.every((records) => records.at(-1)?.tasks_learned === tasks);
  return over ? 'The paper claims nothing of a network like this one.' : 'This fills in task by task.';
}

/// Draws the panels, one with each turn, so that whoever calls can let the reader in between.
export function* draw(picture: Picture | undefined, figure: string): Generator<void> {
  const root = document.getElementById('panels');
  if (!root || !picture?.front.summary) return;
  const list = panelsOf(picture);
  const now = JSON.stringify([figure, list.map((p) => p.title)]);
  if (now !== key) {
    key = now;
    root.replaceChildren(
      ...list.map((panel, i) => {
        const name = `metacls-${figure}-${panel.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
        const place = element('div', { id: `panel-${i}` });
        const letter = String.fromCharCode(97 + i);
        const caption = element(
          'figcaption',
          {},
          element('b', {}, `${letter} `),
          panel.title,
          panel.note ? ` (${panel.note})` : '',
          ' ',
          exits(place, panel.title, name),
        );
        return element('figure', { class: panel.wide ? 'wide' : '' }, caption, place);
      }),
    );
  }
  // All widths before anything is drawn: asking in between has the page laid out anew each time.
  const places = list.map((_, i) => document.getElementById(`panel-${i}`));
  const widths = list.map((panel, i) =>
    Math.max(260, Math.min(panel.wide ? 640 : 460, places[i]?.clientWidth ?? 310)),
  );
  for (const [i, panel] of list.entries()) {
    const drawn = panel.draw(picture, widths[i]);
    show(places[i], drawn ? [drawn] : [], nothing(picture));
    yield;
  }
}
