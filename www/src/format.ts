// How numbers are written, everywhere on the page.
import type { Condition, Verdict } from './protocol';

export const percent = (x: number) => `${(100 * x).toFixed(0)}%`;

/// A learning rate: three digits that count; what the relu freezes is said.
export const rate = (x: number) => (x <= 0 ? 'frozen' : x < 0.001 ? x.toExponential(1) : x.toPrecision(2));

/// A fixed number of decimals, without a sign where all of them are zero.
export const fixed = (x: number, digits: number) =>
  (Math.abs(x) * 10 ** digits < 0.5 ? 0 : x).toFixed(digits);

export const effect = (x: number) =>
  Math.abs(x) >= 10 ? x.toFixed(1) : Math.abs(x) >= 1 ? x.toFixed(2) : x.toPrecision(2);

export const probability = (p: number) => (p < 1e-4 ? '< 0.0001' : p.toFixed(4));

export const accuracy = (x: number, head: number) => x.toFixed(head === 0 ? 3 : 4);

export const verdicts: Record<Verdict, string> = {
  holds: 'holds',
  does_not_hold: 'does not hold',
  provisionally_holds: 'provisional: holds so far',
  provisionally_not: 'provisional: does not hold so far',
  not_the_papers_setting: 'not the paper’s setting',
  not_measured: 'not measured yet',
  shown: 'ours: shown, not judged',
};

/// Values of the sheet's variables. Charts ask for one with every mark, and asking the page each time would have it
/// work out its styles anew after every change; only the system's scheme changes them.
const known = new Map<string, string>();

/// Whether the system asks for dark, and when that changes.
export const dark = matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => known.clear());

/// Whether two lists hold the same things: what was drawn of them need not be drawn again.
export const same = (a: unknown[], b: unknown[]) => a.length === b.length && a.every((x, i) => x === b[i]);

export function style(name: string): string {
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(name, value);
  }
  return value;
}

export const conditionColor = (condition: Condition) =>
  style(
    { baseline: '--baseline', meta: '--meta', rates: '--rates', sparsity: '--sparsity', frozen: '--frozen' }[
      condition
    ],
  );

/// Makes an element with text or children.
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

type Attributes = Record<string, string | number>;

/// A drawing of its own size with a name, and what adds shapes and texts to it.
export function drawing(width: number, height: number, label: string) {
  const make = (tag: string, attributes: Attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    return made;
  };
  const root = make('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': label,
  }) as SVGSVGElement;
  const add = (tag: string, attributes: Attributes, text = '') => {
    const made = make(tag, attributes);
    made.textContent = text;
    root.append(made);
  };
  return { root, add };
}

/// A table whose first row is its head.
export function tableOf(head: string[], rows: (string | Node)[][]): HTMLTableElement {
  const line = (cells: (string | Node)[], tag: 'th' | 'td') =>
    element('tr', {}, ...cells.map((cell) => element(tag, tag === 'th' ? { scope: 'col' } : {}, cell)));
  return element(
    'table',
    {},
    element('thead', {}, line(head, 'th')),
    element('tbody', {}, ...rows.map((r) => line(r, 'td'))),
  );
}
