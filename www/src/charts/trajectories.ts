// A rate by layer over the stream: alpha on a log scale with a gutter for what the relu holds at 0, beta on a
// plain one.
import * as Plot from '@observablehq/plot';
import { compared, pointsOf, type Spread } from '../course';
import { same } from '../dom';
import { surroundings } from '../theme';
import { progress } from '../words';
import { apart } from './apart';
import { atRule, type Chart, type Drawn, type Frame, facets, faint, LATER, type Shown, sizes } from './chart';
import { members, rateNames } from './rates';
import { type Row, rowsOf } from './rows';

/// Where what is 0 is drawn.
const GUTTER = 0.00035;

/// What stands along alpha's axis: the gutter is 0.
const TICKS = [GUTTER, 0.001, 0.01, 0.1];
const rateOf = (value: number) => (value === GUTTER ? '0' : String(value));

/// A chart whose numbers alone ask for the spread.
type Lines = Omit<Drawn, 'numbers'> & { rows(spread: Spread): Row[] };

/// What was made last in each frame: most of a page's lines, and a change of the spread moves none of them.
const made = new Map<string, { of: unknown[]; lines: Lines }>();

export const trajectories: Chart<'trajectories'> = ({ rate }, shown, frame) => {
  const { front, at, spread } = shown;
  if (!front.summary) return LATER;
  const of = [rate, front.run, front.summary, front.records, at, frame.width, frame.height, surroundings()];
  let held = made.get(frame.id);
  if (!held || !same(held.of, of)) {
    held = { of, lines: lines(rate, shown, frame) };
    made.set(frame.id, held);
  }
  const { rows, ...drawn } = held.lines;
  return { ...drawn, numbers: () => rows(spread) };
};

function lines(rate: 'alpha' | 'beta', { front, at }: Shown, frame: Frame): Lines {
  const { run } = front;
  const { tasks, alpha_0, beta_0, conditions } = run.config;
  const isAlpha = rate === 'alpha';
  const among = compared(conditions).slice(frame.compares ? 0 : -1);
  const all = members(run, rate);
  const raised = (v: number) => (isAlpha ? Math.max(v, GUTTER) : v);
  const means = among.flatMap((condition) =>
    pointsOf(front, condition).flatMap((point) =>
      all.flatMap((member) => {
        const e = point[rate][member.index];
        const x = point.tasks_learned;
        return e ? [{ ...member, condition, x, y: raised(e.mean), e, tasks: x }] : [];
      }),
    ),
  );
  const single = run.lanes.flatMap(({ seed, condition }, lane) =>
    (among.includes(condition) ? (front.records[lane] ?? []) : []).flatMap((record) =>
      all.flatMap((member) => {
        const value = record[rate][member.index];
        const x = record.tasks_learned;
        if (value === undefined) return [];
        const key = `${seed} ${member.index}`;
        return [{ ...member, key, seed, condition, x, y: raised(value), value, tasks: x }];
      }),
    ),
  );
  const ends = among.flatMap((c) =>
    all.flatMap(({ index }) => means.filter((d) => d.condition === c && d.index === index).at(-1) ?? []),
  );
  const drawn = [...means, ...single].map((d) => d.y);
  const domain: [number, number] = isAlpha
    ? [GUTTER * 0.8, Math.max(0.1, ...drawn) * 1.3]
    : [Math.min(0, ...drawn), Math.max(2 * beta_0, 0.05, ...drawn)];
  const last = ends.filter((d) => d.condition === among.at(-1));
  const labelled = last.filter((d, n) => last.findIndex((e) => e.label === d.label) === n);
  const size = sizes(frame);
  const along = { fx: 'condition', x: 'x', y: 'y' } as const;
  const plot = Plot.plot({
    ...size,
    fx: facets(among),
    x: { label: progress(run.config), domain: [0, tasks], ticks: [0, tasks / 2, tasks], tickFormat: 'd' },
    y: {
      label: null,
      domain,
      grid: true,
      ...(isAlpha ? { type: 'log', ticks: TICKS, axis: null } : { ticks: 5 }),
    },
    marks: [
      // A log scale's own axis leaves out labels as it finds there are many.
      isAlpha ? Plot.axisY(TICKS, { text: rateOf, label: null }) : null,
      isAlpha ? Plot.ruleY([alpha_0], { strokeDasharray: '1,3' }) : Plot.ruleY([0]),
      Plot.lineY(single, { ...along, z: 'key', stroke: (d) => d.color, ...faint(run, 0.25, 0.1) }),
      atRule(at),
      ...all.map(({ index, color, layer }) =>
        Plot.lineY(
          means.filter((d) => d.index === index),
          {
            ...along,
            stroke: color,
            // Widths grow with depth; what is no layer's is dashed.
            strokeWidth: layer === undefined ? 1.5 : 1.4 + (1.6 * layer) / Math.max(1, run.layers.length - 1),
            strokeDasharray: layer === undefined ? '4,3' : '',
          },
        ),
      ),
      Plot.text(apart(labelled, { type: isAlpha ? 'log' : 'linear', domain }, size.height), {
        ...along,
        text: 'label',
        dx: 4,
        textAnchor: 'start',
        fill: (d) => d.color,
      }),
    ],
  });
  const words = ends.map((d) => `${d.condition} ${d.label} ${d.y.toPrecision(2)}`).join(', ');
  return {
    label: `${rateNames[rate].title} ${rate} by layer: ${words}`,
    plot,
    y: `${rateNames[rate].axis}, no unit${isAlpha ? '; log scale' : ''}`,
    rows: (spread) => rowsOf(means, single, spread),
  };
}
