// A chart in its frame: what is drawn, and its ways out: SVG and PNG, its numbers as CSV or as a table beneath it.
import { save, savePng, saveSvg } from './download';
import { element, tableOf } from './format';
import type { Condition } from './protocol';

/// One number of a chart, in the columns of the results' long-form CSV; a mean has the ends of its spread as well.
export type Row = {
  seed: number | 'mean';
  condition: Condition;
  tasks_learned: number;
  on_task?: number;
  metric: string;
  value: number;
  low?: number;
  high?: number;
};

/// A picture, and its numbers for whoever asks for them.
export type Drawn = { label: string; plot: Element; numbers(): Row[] };

const COLUMNS = ['seed', 'condition', 'tasks_learned', 'on_task', 'metric', 'value', 'low', 'high'] as const;

const shown = new WeakMap<Element, Drawn[]>();

const numbersOf = (place: Element): Row[] => (shown.get(place) ?? []).flatMap((d) => d.numbers());

function csv(rows: Row[]): string {
  const cell = (x: string | number | undefined) =>
    x === undefined ? '' : /[",\n]/.test(String(x)) ? `"${String(x).replaceAll('"', '""')}"` : String(x);
  const lines = [COLUMNS.join(','), ...rows.map((r) => COLUMNS.map((c) => cell(r[c])).join(','))];
  return lines.map((line) => `${line}\n`).join('');
}

const digits = (x: number | undefined) =>
  x === undefined ? '' : Number.isInteger(x) ? String(x) : x.toPrecision(4);

/// The means; of a chart that has none, every seed.
function table(rows: Row[]): HTMLElement {
  const means = rows.filter((r) => r.seed === 'mean');
  const list = means.length > 0 ? means : rows;
  const has = (c: 'on_task' | 'low') => list.some((r) => r[c] !== undefined);
  const head = [
    means.length > 0 ? '' : 'seed',
    'condition',
    'tasks',
    ...(has('on_task') ? ['on task'] : []),
    'metric',
    'value',
    ...(has('low') ? ['from', 'to'] : []),
  ];
  return tableOf(
    head,
    list.map((r) => [
      String(r.seed),
      r.condition,
      String(r.tasks_learned),
      ...(has('on_task') ? [digits(r.on_task)] : []),
      r.metric,
      digits(r.value),
      ...(has('low') ? [digits(r.low), digits(r.high)] : []),
    ]),
  );
}

const tableUnder = (place: Element) => place.parentElement?.querySelector<HTMLElement>(':scope > .numbers');

/// The open table beneath a chart.
function refill(place: HTMLElement) {
  const under = tableUnder(place);
  if (under) under.replaceChildren(table(numbersOf(place)));
}

/// Puts what was drawn into its place; words where there is nothing.
export function show(place: HTMLElement | null, drawn: Drawn[], nothing = 'This fills in task by task.') {
  if (!place) return;
  shown.set(place, drawn);
  if (drawn.length === 0) {
    place.replaceChildren(element('p', { class: 'empty' }, nothing));
    tableUnder(place)?.replaceChildren();
    return;
  }
  if (drawn.length === place.children.length && drawn.every(({ plot }, i) => plot === place.children[i]))
    return refill(place);
  for (const { label, plot } of drawn) {
    // Plot names its marks, which have no role of their own; the whole has a name instead.
    for (const mark of plot.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
    plot.setAttribute('role', 'img');
    plot.setAttribute('aria-label', label);
  }
  place.replaceChildren(...drawn.map((d) => d.plot));
  refill(place);
}

/// The buttons of a chart; `place` is where it is drawn, in its figure.
export function exits(place: HTMLElement, title: string, name: string): HTMLElement {
  const button = (words: string, label: string, click: () => void) => {
    const made = element(
      'button',
      { type: 'button', class: 'small', 'aria-label': `${title} ${label}` },
      words,
    );
    made.addEventListener('click', click);
    return made;
  };
  // A chart of two tasks is two pictures.
  const pictures = () =>
    [...place.querySelectorAll<SVGSVGElement>(':scope svg')].filter(
      (svg) => !svg.parentElement?.closest('svg'),
    );
  const named = (i: number, of: number) => (of > 1 ? `${name}-${i + 1}` : name);
  const numbers = button('table', 'as a table', () => {
    const open = tableUnder(place);
    numbers.setAttribute('aria-expanded', String(!open));
    if (open) open.remove();
    else {
      place.after(
        element(
          'div',
          { class: 'scroll numbers', tabindex: '0', role: 'region', 'aria-label': `${title}, numbers` },
          table(numbersOf(place)),
        ),
      );
    }
  });
  numbers.setAttribute('aria-expanded', 'false');
  return element(
    'span',
    { class: 'exits' },
    button('SVG', 'as SVG', () => {
      for (const [i, svg] of pictures().entries()) saveSvg(svg, named(i, pictures().length));
    }),
    button('PNG', 'as PNG', () => {
      for (const [i, svg] of pictures().entries()) void savePng(svg, named(i, pictures().length));
    }),
    button('CSV', 'as CSV', () => save(`${name}.csv`, csv(numbersOf(place)), 'text/csv')),
    numbers,
  );
}
