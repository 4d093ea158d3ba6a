// The four live charts. They place what they are given and compute nothing but positions.
import * as Plot from '@observablehq/plot';
import type { Condition, Estimate, Lane, RunInfo, SummaryPoint, TaskRecord } from './protocol';
import type { View } from './state';

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const color = (condition: Condition) => style(condition === 'baseline' ? '--baseline' : '--meta');

/// Conditions are told apart by dash and label as well as by colour.
const dashes: Record<Condition, string> = {
  baseline: '5,4',
  meta: '',
  rates: '8,3',
  sparsity: '2,3',
  frozen: '10,3,2,3',
};

/// A layer's place in the ordered scale, whatever the depth: the deepest is darkest (light) or lightest (dark).
function layerColor(layer: number, count: number): string {
  const place = count === 1 ? 3 : Math.round((layer / (count - 1)) * 3);
  return style(`--h${place + 1}`);
}

type Series = { lane: Lane; records: TaskRecord[] };

const lanes = (view: View): Series[] =>
  (view.run?.lanes ?? []).map((lane, i) => ({ lane, records: view.records[i] ?? [] }));

const base = () => ({
  width: 470,
  height: 232,
  marginLeft: 44,
  marginRight: 58,
  style: { background: 'none', color: style('--text'), fontSize: '11px' },
});

const band = (e: Estimate) => ({ low: e.mean - (e.sem ?? 0), high: e.mean + (e.sem ?? 0) });

type Drawn = { label: string; plot: Element };

function show(id: string, drawn: Drawn[]) {
  const place = document.getElementById(id);
  if (!place) return;
  if (drawn.length === 0) {
    place.innerHTML = '<p class="empty">Press Run: this fills in task by task.</p>';
    return;
  }
  for (const { label, plot } of drawn) {
    plot.setAttribute('role', 'img');
    plot.setAttribute('aria-label', label);
  }
  place.replaceChildren(...drawn.map((d) => d.plot));
}

/// Moves labels apart that would lie on each other: their places on the axis, at least a line's height between.
function apart<T extends { y: number }>(ends: T[], axis: { type?: 'log' | 'linear'; domain: [number, number] }): T[] {
  const { height } = base();
  const [top, bottom] = [24, height - 34];
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
  return sorted.map(({ end, at }) => ({ ...end, y: scale.invert!(at) as number }));
}

const last = <T>(list: T[]): T | undefined => list[list.length - 1];

function accuracy(view: View, run: RunInfo, head: number): Drawn {
  const name = run.heads.length > 1 ? `${run.heads[head]} task` : '';
  const single = lanes(view).flatMap(({ lane, records }) =>
    records.flatMap((r) => {
      const intact = r.evaluation?.accuracy.find((a) => a.head === head && a.lesion === 'intact');
      return intact
        ? [{ key: `${lane.seed} ${lane.condition}`, condition: lane.condition, x: r.tasks_learned, y: intact.mean }]
        : [];
    }),
  );
  const mean = (view.summary?.conditions ?? []).flatMap((c) =>
    c.points.flatMap((p) => {
      const e = p.accuracy[head];
      return e ? [{ condition: c.condition, x: p.tasks_learned, y: e.mean, ...band(e) }] : [];
    }),
  );
  const words = (view.summary?.conditions ?? [])
    .map((c) => {
      const e = last(c.points.filter((p) => p.accuracy.length))?.accuracy[head];
      return e ? `${c.condition} ${e.mean.toFixed(head === 0 ? 3 : 4)}` : '';
    })
    .filter(Boolean)
    .join(', ');
  const ends = run.config.conditions.flatMap((c) => last(mean.filter((m) => m.condition === c)) ?? []);
  // Items are many and hard: their share has a scale of its own.
  const top = head === 0 ? 1 : Math.max(5 * run.chance[head], ...mean.map((m) => m.high), ...single.map((m) => m.y)) * 1.1;
  const domain: [number, number] = [0, top];
  const plot = Plot.plot({
    ...base(),
    x: { label: 'tasks learned', domain: [0, run.config.tasks], ticks: Math.min(10, run.config.tasks), tickFormat: 'd' },
    y: { label: name || null, labelArrow: 'none', domain, grid: true, ticks: 5 },
    marks: [
      Plot.ruleY([run.chance[head]], { strokeDasharray: '1,3' }),
      Plot.areaY(mean, { x: 'x', y1: 'low', y2: 'high', z: 'condition', fill: (d) => color(d.condition), fillOpacity: 0.18 }),
      Plot.lineY(single, { x: 'x', y: 'y', z: 'key', stroke: (d) => color(d.condition), strokeWidth: 0.75, strokeOpacity: 0.3 }),
      ...run.config.conditions.map((c) =>
        Plot.lineY(mean.filter((m) => m.condition === c), {
          x: 'x', y: 'y', stroke: color(c), strokeWidth: 2.5, strokeDasharray: dashes[c],
        }),
      ),
      Plot.dot(mean, { x: 'x', y: 'y', r: 2.5, stroke: (d) => color(d.condition), fill: (d) => (d.condition === 'baseline' ? style('--ground') : color(d.condition)) }),
      Plot.text(apart(ends, { domain }), { x: 'x', y: 'y', text: 'condition', dx: 7, textAnchor: 'start', fill: (d) => color(d.condition) }),
      Plot.text([{ x: 0, y: run.chance[head] }], { x: 'x', y: 'y', text: () => 'chance', dx: 4, dy: 8, textAnchor: 'start', fill: style('--secondary') }),
    ],
  });
  return { label: `Accuracy on all tasks over the stream${name && `, ${name}`}: ${words}`, plot };
}

function active(view: View, run: RunInfo): Drawn {
  const conditions = view.summary?.conditions ?? [];
  const rows = (pick: (points: SummaryPoint[]) => SummaryPoint | undefined, series: string) =>
    conditions.flatMap((c) => {
      const point = pick(c.points.filter((p) => p.active.length));
      return (point?.active ?? []).map((e, l) => ({
        condition: c.condition, layer: run.layers[l], series, x: e.mean, ...band(e),
      }));
    });
  const before = rows((p) => p.find((x) => x.tasks_learned === 0), 'untrained');
  const now = rows((p) => last(p), 'now');
  const single = lanes(view).flatMap(({ lane, records }) => {
    const e = last(records.filter((r) => r.evaluation))?.evaluation;
    return (e?.active ?? []).map((x, l) => ({ key: lane.seed, condition: lane.condition, layer: run.layers[l], x }));
  });
  const words = now.map((d) => `${d.condition} ${d.layer} ${(d.x * 100).toFixed(0)}%`).join(', ');
  const plot = Plot.plot({
    ...base(),
    marginRight: 14,
    fx: { label: null, domain: run.config.conditions },
    x: { label: 'share of units active', domain: [0, Math.max(0.6, ...now.map((d) => d.high), ...before.map((d) => d.x))], grid: true, ticks: 3, percent: false },
    y: { label: null, type: 'point', domain: [...run.layers].reverse() },
    marks: [
      Plot.line(before, { fx: 'condition', x: 'x', y: 'layer', stroke: style('--secondary'), strokeDasharray: '2,3' }),
      Plot.dot(before, { fx: 'condition', x: 'x', y: 'layer', r: 3, stroke: style('--secondary') }),
      Plot.line(single, { fx: 'condition', x: 'x', y: 'layer', z: 'key', stroke: (d) => color(d.condition), strokeWidth: 0.75, strokeOpacity: 0.3 }),
      Plot.ruleY(now, { fx: 'condition', x1: 'low', x2: 'high', y: 'layer', stroke: (d) => color(d.condition) }),
      Plot.line(now, { fx: 'condition', x: 'x', y: 'layer', stroke: (d) => color(d.condition), strokeWidth: 2.5 }),
      Plot.dot(now, { fx: 'condition', x: 'x', y: 'layer', r: 4, fill: (d) => color(d.condition) }),
    ],
  });
  return { label: `Share of units active by layer: ${words}`, plot };
}

// alpha lies on a log scale; what the relu freezes is drawn in a gutter below it.
const GUTTER = 0.00035;

function rates(view: View, run: RunInfo, which: 'alpha' | 'beta'): Drawn {
  const alpha = which === 'alpha';
  const names = alpha ? run.matrices : run.layers;
  const label = (i: number) => {
    if (!alpha) return run.layers[i];
    const layer = run.layer_matrix.indexOf(i);
    return layer >= 0 ? run.layers[layer] : names[i].startsWith('item') ? 'item' : 'readout';
  };
  const place = (v: number) => (alpha ? Math.max(v, GUTTER) : v);
  const data = (view.summary?.conditions ?? []).flatMap((c) =>
    c.points.flatMap((p) =>
      (alpha ? p.alpha : p.beta).map((e, i) => ({
        condition: c.condition, i, x: p.tasks_learned, y: place(e.mean),
      })),
    ),
  );
  const isLayer = (i: number) => !alpha || run.layer_matrix.includes(i);
  const layerOf = (i: number) => (alpha ? run.layer_matrix.indexOf(i) : i);
  const stroke = (i: number) => (isLayer(i) ? layerColor(layerOf(i), run.layers.length) : style('--secondary'));
  const single = lanes(view).flatMap(({ lane, records }) =>
    records.flatMap((r) =>
      r[which].map((v, i) => ({ key: `${lane.seed} ${i}`, condition: lane.condition, i, x: r.tasks_learned, y: place(v) })),
    ),
  );
  // A readout from two pathways is two lines with one name.
  const ends = run.config.conditions.flatMap((c) =>
    names.flatMap((_, i) => last(data.filter((d) => d.condition === c && d.i === i)) ?? []),
  );
  const words = ends.map((d) => `${d.condition} ${label(d.i)} ${d.y.toPrecision(2)}`).join(', ');
  const all = [...data, ...single].map((d) => d.y);
  const domain: [number, number] = alpha
    ? [GUTTER * 0.8, Math.max(0.1, ...all) * 1.3]
    : [Math.min(0, ...all), Math.max(2 * run.config.beta_0, 0.05, ...all)];
  const labelled = ends.filter((d) => d.condition === last(run.config.conditions));
  const plot = Plot.plot({
    ...base(),
    fx: { label: null, domain: run.config.conditions },
    x: { label: 'tasks learned', domain: [0, run.config.tasks], ticks: 4, tickFormat: 'd' },
    y: alpha
      ? { label: null, type: 'log', domain, grid: true, ticks: [0.001, 0.01, 0.1], tickFormat: (v: number) => String(v) }
      : { label: null, domain, grid: true, ticks: 5 },
    marks: [
      alpha ? Plot.text(run.config.conditions, { fx: (c: Condition) => c, x: () => 0, y: () => GUTTER, text: () => '0, frozen', textAnchor: 'start', dy: -5, fill: style('--secondary') }) : null,
      alpha ? Plot.ruleY([run.config.alpha_0], { strokeDasharray: '1,3' }) : Plot.ruleY([0]),
      Plot.lineY(single, { fx: 'condition', x: 'x', y: 'y', z: 'key', stroke: (d) => stroke(d.i), strokeWidth: 0.75, strokeOpacity: 0.25 }),
      ...names.map((_, i) =>
        Plot.lineY(data.filter((d) => d.i === i), {
          fx: 'condition', x: 'x', y: 'y', stroke: stroke(i),
          strokeWidth: isLayer(i) ? 1.4 + (1.6 * layerOf(i)) / Math.max(1, run.layers.length - 1) : 1.5,
          strokeDasharray: isLayer(i) ? '' : '4,3',
        }),
      ),
      Plot.text(apart(labelled, { type: alpha ? 'log' : 'linear', domain }), { fx: 'condition', x: 'x', y: 'y', text: (d) => label(d.i), dx: 4, textAnchor: 'start', fill: (d) => stroke(d.i) }),
    ],
  });
  return { label: `${alpha ? 'Learning rate alpha' : 'Competition beta'} by layer: ${words}`, plot };
}

export function draw(view: View) {
  const { run, summary } = view;
  if (!run || !summary) {
    for (const id of ['chart-accuracy', 'chart-active', 'chart-alpha', 'chart-beta']) show(id, []);
    return;
  }
  show('chart-accuracy', run.heads.map((_, head) => accuracy(view, run, head)));
  show('chart-active', [active(view, run)]);
  show('chart-alpha', [rates(view, run, 'alpha')]);
  show('chart-beta', [rates(view, run, 'beta')]);
}

const text = (e: Estimate | undefined, digits: number) =>
  e ? e.mean.toFixed(digits) + (e.sd === null ? '' : ` (${e.sd.toFixed(digits)})`) : '';

/// The same numbers as a table: mean and, in brackets, SD over seeds.
export function table(view: View) {
  const place = document.getElementById('table');
  const { run, summary } = view;
  if (!place) return;
  if (!run || !summary) {
    place.replaceChildren();
    return;
  }
  const head = ['condition', 'tasks', 'seeds', ...run.heads.map((h) => (run.heads.length > 1 ? `accuracy ${h}` : 'accuracy')), ...run.layers.map((l) => `active ${l}`),
    ...run.matrices.map((m) => `alpha ${m}`), ...run.layers.map((l) => `beta ${l}`)];
  const body = summary.conditions.flatMap((c) =>
    c.points.map((p) => [
      c.condition, String(p.tasks_learned), String(p.alpha[0]?.n ?? 0), ...run.heads.map((_, i) => text(p.accuracy[i], i === 0 ? 3 : 4)),
      ...run.layers.map((_, i) => text(p.active[i], 3)),
      ...run.matrices.map((_, i) => text(p.alpha[i], 4)),
      ...run.layers.map((_, i) => text(p.beta[i], 3)),
    ]),
  );
  const element = document.createElement('table');
  const row = (cells: string[], tag: 'th' | 'td') => {
    const tr = document.createElement('tr');
    for (const cell of cells) {
      const td = document.createElement(tag);
      td.textContent = cell;
      if (tag === 'th') td.scope = 'col';
      tr.append(td);
    }
    return tr;
  };
  const thead = document.createElement('thead');
  thead.append(row(head, 'th'));
  const tbody = document.createElement('tbody');
  tbody.append(...body.map((cells) => row(cells, 'td')));
  element.append(thead, tbody);
  place.replaceChildren(element);
}
