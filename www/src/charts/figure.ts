// A chart in its figure: what is drawn, and its ways out: SVG and PNG, its numbers as CSV or as a table
// beneath it.
import { button, element, tableOf } from '../dom';
import { save, savePng, saveSvg } from '../download';
import { onPaper, style } from '../theme';
import type { Drawn } from './chart';
import { type Picture, picture } from './picture';
import { csv, csvOfCells, type Row } from './rows';

/// Draws a chart: what is drawn, or words where there is nothing.
export type Draw = () => (Drawn | string)[];

/// Charts and what is said of their run under each in a file.
const shown = new WeakMap<Element, { drawn: Drawn[]; draw: Draw; caption: string }>();

const numbersOf = (container: Element): Row[] =>
  (shown.get(container)?.drawn ?? []).flatMap((d) => d.numbers());

/// The tables of a chart whose numbers are not of one run, under one head.
function cellsOf(container: Element): string[][] | undefined {
  const all = (shown.get(container)?.drawn ?? []).flatMap((d) => (d.cells ? [d.cells()] : []));
  return all.length > 0 ? all.flatMap((cells, i) => (i > 0 ? cells.slice(1) : cells)) : undefined;
}

const csvOf = (container: Element) => {
  const cells = cellsOf(container);
  return cells ? csvOfCells(cells) : csv(numbersOf(container));
};

const tableOfChart = (container: Element) => {
  const [head, ...rows] = cellsOf(container) ?? [];
  return head ? tableOf(head, rows) : table(numbersOf(container));
};

const isDrawn = (one: Drawn | string): one is Drawn => typeof one !== 'string';

/// What was drawn as one document, in the colours of what it was drawn on; none where nothing was.
function documentOf(drawn: Drawn[], title: string, caption: string): Picture | undefined {
  const drawings = drawn.flatMap(({ plot, y }) => {
    const all = plot instanceof SVGSVGElement ? [plot] : [...plot.querySelectorAll('svg')];
    const outer = all.filter((svg) => !svg.parentElement?.closest('svg'));
    return outer.map((svg, i) => ({ svg, y: i === 0 ? y : '' }));
  });
  if (drawings.length === 0) return undefined;
  const band = drawn.flatMap((one) => one.numbers()).find((row) => row.band)?.band;
  const bands = band ? [`Bands and bars: ${band}.`] : [];
  const words = [...drawn.map(({ label }) => `${label}.`), ...bands].join(' ');
  const said = [caption, ...bands].join(' ');
  return picture(
    drawings,
    { title, words, caption: said },
    { ground: style('--ground'), text: style('--text') },
  );
}

/// A chart on paper: light, whatever the screen is.
export const paperOf = (draw: Draw, title: string, caption: string): Picture | undefined =>
  onPaper(() => documentOf(draw().filter(isDrawn), title, caption));

/// What pictures are saved for: paper, or as they stand on the screen. The same for all charts, for as long
/// as the page is open.
let wanted = 'paper';

/// Chooses between the two.
function chooser(title: string): HTMLSelectElement {
  const options = [
    ['paper', 'for paper'],
    ['screen', 'as on screen'],
  ].map(([value = '', words = '']) => element('option', { value }, words));
  const label = `${title}, colours of SVG and PNG`;
  const made = element('select', { class: 'small ground', 'aria-label': label }, ...options);
  made.value = wanted;
  made.addEventListener('change', () => {
    wanted = made.value;
    for (const other of document.querySelectorAll<HTMLSelectElement>('select.ground')) other.value = wanted;
  });
  return made;
}

const digits = (x: number | undefined) =>
  x === undefined ? '' : Number.isInteger(x) ? String(x) : x.toPrecision(4);

/// The means; of a chart that has none, every seed.
function table(rows: Row[]): HTMLElement {
  const means = rows.filter((r) => r.seed === 'mean');
  const list = means.length > 0 ? means : rows;
  const hasTask = list.some((r) => r.on_task !== undefined);
  const hasEnds = list.some((r) => r.low !== undefined);
  const head = [
    means.length > 0 ? '' : 'seed',
    'condition',
    'tasks',
    ...(hasTask ? ['on task'] : []),
    'metric',
    'value',
    ...(hasEnds ? ['from', 'to'] : []),
  ];
  return tableOf(
    head,
    list.map((r) => [
      String(r.seed),
      r.condition,
      String(r.tasks_learned),
      ...(hasTask ? [digits(r.on_task)] : []),
      r.metric,
      digits(r.value),
      ...(hasEnds ? [digits(r.low), digits(r.high)] : []),
    ]),
  );
}

const tableUnder = (container: Element) =>
  container.parentElement?.querySelector<HTMLElement>(':scope > .numbers');

/// The open table beneath a chart.
function refill(container: Element) {
  tableUnder(container)?.replaceChildren(tableOfChart(container));
}

/// Draws into a container; words where there is nothing. `caption` says in files which run it is.
export function show(container: HTMLElement | null, caption: string, draw: Draw) {
  if (!container) return;
  const list = draw();
  const drawn = list.filter(isDrawn);
  shown.set(container, { drawn, draw, caption });
  const words = list.find((d) => typeof d === 'string');
  if (drawn.length === 0) {
    container.replaceChildren(element('p', { class: 'empty' }, words ?? ''));
    tableUnder(container)?.replaceChildren();
    return;
  }
  const stands = drawn.length === container.children.length;
  if (!stands || drawn.some(({ plot }, i) => plot !== container.children[i])) {
    for (const { label, plot } of drawn) {
      // Plot names its marks, which have no role of their own; the whole has a name instead.
      for (const mark of plot.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
      plot.setAttribute('role', 'img');
      plot.setAttribute('aria-label', label);
    }
    container.replaceChildren(...drawn.map((d) => d.plot));
  }
  refill(container);
}

/// What a file is called after: words of a title, and nothing that a file's name can't have.
export const slug = (words: string) => words.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/// A figure for a chart that is drawn into `container`: its caption with its ways out, which `title` names
/// aloud and whose files are called `name`.
export function framed(
  container: HTMLElement,
  title: string,
  name: string,
  ...caption: (Node | string)[]
): HTMLElement {
  const head = element('figcaption', {}, ...caption, ' ', exits(container, title, name));
  return element('figure', {}, head, container);
}

/// The buttons of a chart; `container` is where it is drawn, in its figure.
export function exits(container: HTMLElement, title: string, name: string): HTMLElement {
  const exit = (words: string, label: string, click: () => void) =>
    button({ class: 'small', 'aria-label': `${title} ${label}` }, words, click);
  const saved = (take: (chart: Picture) => void) => {
    const now = shown.get(container);
    if (!now) return;
    const { draw, drawn, caption } = now;
    const chart = wanted === 'paper' ? paperOf(draw, title, caption) : documentOf(drawn, title, caption);
    if (chart) take(chart);
  };
  const numbers = exit('table', 'as a table', () => {
    const open = tableUnder(container);
    numbers.setAttribute('aria-expanded', String(!open));
    if (open) return open.remove();
    const label = `${title}, numbers`;
    const attributes = { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': label };
    container.after(element('div', attributes, tableOfChart(container)));
  });
  numbers.setAttribute('aria-expanded', 'false');
  return element(
    'span',
    { class: 'exits' },
    exit('SVG', 'as SVG', () => saved((chart) => saveSvg(chart, name))),
    exit('PNG', 'as PNG', () => saved((chart) => void savePng(chart, name))),
    exit('CSV', 'as CSV', () => save(`${name}.csv`, csvOf(container), 'text/csv')),
    numbers,
    chooser(title),
  );
}
