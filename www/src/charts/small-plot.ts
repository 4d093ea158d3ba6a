// Several runs side by side: over one setting as marks with their spread, over two as a map of cells.
import * as Plot from '@observablehq/plot';
import { commonDecimals, fixed } from '../format';
import type { PlotMark, PlotSeries, PlotShown, SmallPlot } from '../protocol';
import { conditionColor, conditionFill, dashes, style } from '../theme';
import { type Drawn, sizes } from './chart';

type Size = { width: number; height: number };

/// A number as it is written into words.
const short = (x: number) => {
  const rounded = Math.round(x * 1000) / 1000;
  return Math.abs(rounded) >= 100 ? rounded.toFixed(0) : String(Number(rounded.toPrecision(3)));
};

/// How deep a number is coloured beside the largest: never nothing, and never so deep that its text is lost.
const depth = (value: number, largest: number) =>
  0.06 + 0.6 * (largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0);

const ends = ({ ends }: PlotMark) => (ends ? ` (${ends.map(short).join(' to ')})` : '');

/// Room for the longest of these names.
const room = (names: string[]) => 14 + 6.2 * Math.max(1, ...names.map((name) => name.length));

type Cell = { x: string; y: string; mark: PlotMark };

function map(plot: SmallPlot, { label, rows, cells }: Extract<PlotShown, { kind: 'map' }>, size: Size) {
  const all: Cell[] = cells.flatMap((row, y) =>
    row.flatMap((mark, x) => (mark ? [{ x: plot.names[x] ?? '', y: rows[y] ?? '', mark }] : [])),
  );
  const values = all.map(({ mark }) => mark.value);
  const largest = Math.max(0, ...values.map(Math.abs));
  const digits = commonDecimals(values);
  const marginLeft = Math.min(110, room(rows) + 16);
  const wide = (size.width - marginLeft - 10) / Math.max(1, plot.names.length);
  const isTight = Math.max(...plot.names.map((name) => name.length)) * 6.2 > wide;
  return Plot.plot({
    ...sizes(size),
    marginLeft,
    marginRight: 10,
    marginBottom: isTight ? 20 + Math.min(60, room(plot.names)) : 34,
    x: { label: plot.label, domain: plot.names, tickRotate: isTight ? -60 : 0, padding: 0.02 },
    y: { label, domain: [...rows].reverse(), padding: 0.02 },
    marks: [
      Plot.cell(all, {
        x: 'x',
        y: 'y',
        fill: ({ mark }: Cell) => style(mark.value < 0 ? '--frozen' : '--meta'),
        fillOpacity: ({ mark }: Cell) => depth(mark.value, largest),
        title: ({ x, y, mark }: Cell) =>
          `${label} ${y}, ${plot.label} ${x}: ${short(mark.value)}${ends(mark)}`,
      }),
      Plot.cell(
        all.filter(({ mark }) => mark.strong),
        { x: 'x', y: 'y', fill: 'none', stroke: style('--text'), strokeWidth: 2, inset: 1.5 },
      ),
      wide > 24
        ? Plot.text(all, {
            x: 'x',
            y: 'y',
            text: ({ mark }: Cell) => fixed(mark.value, digits),
            fill: style('--text'),
          })
        : null,
    ],
  });
}

type Dot = PlotSeries & { x: string; mark: PlotMark };

function lines(plot: SmallPlot, { series, is_joined }: Extract<PlotShown, { kind: 'lines' }>, size: Size) {
  const all: Dot[] = series.flatMap((one) =>
    one.marks.flatMap((mark, i) => (mark ? [{ ...one, x: plot.names[i] ?? '', mark }] : [])),
  );
  const isTight = Math.max(...plot.names.map((n) => n.length)) * plot.names.length * 6.2 > size.width - 60;
  const named = series.filter(({ name }) => name !== '');
  // A name stands at its line's end.
  const last = named.flatMap((one) => all.filter(({ name }) => name === one.name).at(-1) ?? []);
  const stroke = ({ condition }: Dot) => conditionColor(condition);
  // Turned by 60 degrees a name goes so far down, and its axis's label stands below it.
  const below = isTight ? 30 + 0.87 * room(plot.names) : 34;
  const height = size.height + Math.max(0, below - 80);
  const values = all.flatMap(({ mark }) => [mark.value, ...(mark.ends ?? [])]);
  const reach = Math.max(...values) - Math.min(...values);
  const [one, other] = last.map(({ mark }) => mark.value);
  const apart = one === undefined || other === undefined ? Infinity : Math.abs(one - other);
  // Names of two lines that end at one height stand above and below each other.
  const isClose = (apart / reach) * (height - below) < 12;
  const rank = ({ mark }: Dot) => (mark.value >= Math.max(one ?? 0, other ?? 0) ? -6 : 6);
  const nameOf = (d: Dot) =>
    Plot.text([d], {
      x: 'x',
      y: (d: Dot) => d.mark.value,
      text: 'name',
      textAnchor: 'start',
      dx: 8,
      dy: isClose ? rank(d) : 0,
      fill: stroke,
    });
  return Plot.plot({
    ...sizes({ ...size, height }),
    marginLeft: 48,
    marginRight: named.length > 0 ? 62 : 12,
    marginBottom: below,
    x: {
      type: 'point',
      label: plot.label,
      labelOffset: below - 4,
      domain: plot.names,
      tickRotate: isTight ? -60 : 0,
    },
    y: { label: plot.measure, grid: true, nice: true, ticks: 5 },
    marks: [
      all.some(({ mark }) => (mark.ends?.[0] ?? mark.value) < 0)
        ? Plot.ruleY([0], { strokeDasharray: '2,3', stroke: style('--secondary') })
        : null,
      ...(is_joined ? series : []).map((one) =>
        Plot.line(
          all.filter(({ name }) => name === one.name),
          {
            x: 'x',
            y: (d: Dot) => d.mark.value,
            stroke,
            strokeDasharray: one.is_behind ? '5,4' : one.name === '' ? '' : dashes[one.condition],
            strokeOpacity: one.is_behind ? 0.6 : 1,
          },
        ),
      ),
      Plot.ruleX(
        all.filter(({ mark }) => mark.ends),
        { x: 'x', y1: (d: Dot) => d.mark.ends?.[0], y2: (d: Dot) => d.mark.ends?.[1], stroke },
      ),
      Plot.dot(all, {
        x: 'x',
        y: (d: Dot) => d.mark.value,
        r: 4,
        stroke,
        fill: (d: Dot) =>
          d.name === '' && !d.mark.strong
            ? style('--ground')
            : d.name === ''
              ? conditionColor(d.condition)
              : conditionFill(d.condition),
        title: (d: Dot) =>
          `${plot.label} ${d.x}${d.name && `, ${d.name}`}: ${short(d.mark.value)}${ends(d.mark)}`,
      }),
      ...last.map(nameOf),
    ],
  });
}

/// All marks of a plot with what they stand for.
function marksOf({ names, label, shown }: SmallPlot): { said: string; series: string; mark: PlotMark }[] {
  if (shown.kind === 'lines') {
    return shown.series.flatMap(({ name, marks }) =>
      marks.flatMap((mark, i) => (mark ? [{ said: `${label} ${names[i]}`, series: name, mark }] : [])),
    );
  }
  return shown.cells.flatMap((row, y) =>
    row.flatMap((mark, x) =>
      mark ? [{ said: `${shown.label} ${shown.rows[y]}, ${label} ${names[x]}`, series: '', mark }] : [],
    ),
  );
}

/// Draws a plot; words where nothing of it is measured yet.
export function draw(plot: SmallPlot, size: Size): Drawn | string {
  const marks = marksOf(plot);
  if (marks.length === 0) return 'This fills in point by point.';
  const strong = marks.filter(({ mark }) => mark.strong).length;
  const isClaim = plot.claim !== null;
  const holds = isClaim ? `; the claim holds at ${strong} of ${marks.length}` : '';
  const values = marks.map(({ mark }) => mark.value);
  const range = `${short(Math.min(...values))} to ${short(Math.max(...values))}`;
  const { shown } = plot;
  return {
    plot: shown.kind === 'map' ? map(plot, shown, size) : lines(plot, shown, size),
    label: `${plot.title}, at ${marks.length} points: ${range}${holds}`,
    // Its axes are named within.
    y: '',
    numbers: () => [],
    cells: () => [
      ['point', 'settings', 'measure', 'series', 'value', 'low', 'high', 'claim_holds'],
      ...marks.map(({ said, series, mark }) => [
        String(mark.point + 1),
        said,
        plot.title,
        series,
        String(mark.value),
        String(mark.ends?.[0] ?? ''),
        String(mark.ends?.[1] ?? ''),
        isClaim ? (mark.strong ? 'yes' : 'no') : '',
      ]),
    ],
  };
}
