// A chart in its figure: what is drawn, and its ways out: SVG and PNG, its numbers as CSV or as a table
// beneath it.
import { button, element, tableOf } from '../dom';
import { save, savePng, saveSvg } from '../download';
import type { Drawn } from './chart';
import { csv, type Row } from './rows';

const shown = new WeakMap<Element, Drawn[]>();

const numbersOf = (container: Element): Row[] => (shown.get(container) ?? []).flatMap((d) => d.numbers());

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
  tableUnder(container)?.replaceChildren(table(numbersOf(container)));
}

/// Puts what was drawn into its container; words where there is nothing.
export function show(container: HTMLElement | null, list: (Drawn | string)[]) {
  if (!container) return;
  const drawn = list.filter((d) => typeof d !== 'string');
  shown.set(container, drawn);
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

/// The buttons of a chart; `container` is where it is drawn, in its figure.
export function exits(container: HTMLElement, title: string, name: string): HTMLElement {
  const exit = (words: string, label: string, click: () => void) =>
    button({ class: 'small', 'aria-label': `${title} ${label}` }, words, click);
  // A chart of two tasks is two pictures.
  const pictures = () => {
    const all = [...container.querySelectorAll<SVGSVGElement>(':scope svg')];
    const outer = all.filter((svg) => !svg.parentElement?.closest('svg'));
    return outer.map((svg, i) => ({ svg, as: outer.length > 1 ? `${name}-${i + 1}` : name }));
  };
  const numbers = exit('table', 'as a table', () => {
    const open = tableUnder(container);
    numbers.setAttribute('aria-expanded', String(!open));
    if (open) return open.remove();
    const label = `${title}, numbers`;
    const attributes = { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': label };
    container.after(element('div', attributes, table(numbersOf(container))));
  });
  numbers.setAttribute('aria-expanded', 'false');
  return element(
    'span',
    { class: 'exits' },
    exit('SVG', 'as SVG', () => {
      for (const { svg, as } of pictures()) saveSvg(svg, as);
    }),
    exit('PNG', 'as PNG', () => {
      for (const { svg, as } of pictures()) void savePng(svg, as);
    }),
    exit('CSV', 'as CSV', () => save(`${name}.csv`, csv(numbersOf(container)), 'text/csv')),
    numbers,
  );
}
