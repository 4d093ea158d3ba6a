// Elements of the page and of its drawings: found, made, filled.

type Attributes = Record<string, string | number>;

function adorn<T extends Element>(made: T, attributes: Attributes): T {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/// An element of index.html. Throws where it has none of this id.
export function get<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

/// Makes an element with text or children.
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = adorn(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

/// Puts children in the place of others. What had the keyboard's focus passes it to its successor, the child
/// with the same `data-key`.
export function replace(root: HTMLElement, ...children: Node[]) {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && root.contains(focused) ? focused.dataset['key'] : undefined;
  root.replaceChildren(...children);
  if (key === undefined) return;
  for (const child of root.querySelectorAll<HTMLElement>('[data-key]')) {
    if (child.dataset['key'] === key) child.focus();
  }
}

/// A button that does something.
export function button(attributes: Attributes, words: string, click: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, words);
  made.addEventListener('click', click);
  return made;
}

/// Makes an element of a drawing, with text.
export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  text = '',
): SVGElementTagNameMap[K] {
  const made = adorn(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes);
  if (text !== '') made.textContent = text;
  return made;
}

/// A drawing of its own size with a name, and what adds shapes and texts to it.
export function drawing(width: number, height: number, label: string) {
  const root = svgElement('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  const add = (tag: keyof SVGElementTagNameMap, attributes: Attributes, text = '') =>
    root.append(svgElement(tag, attributes, text));
  return { root, add };
}

type Cell = string | Node;

/// A table whose first row is its head.
export function tableOf(head: string[], rows: Cell[][]): HTMLTableElement {
  const line = (cells: Cell[], tag: 'th' | 'td') =>
    element('tr', {}, ...cells.map((cell) => element(tag, tag === 'th' ? { scope: 'col' } : {}, cell)));
  return element(
    'table',
    {},
    element('thead', {}, line(head, 'th')),
    element('tbody', {}, ...rows.map((r) => line(r, 'td'))),
  );
}

/// Words into an element: written only when they change, so that they are read out once.
export function put(root: Element | null, words: string) {
  if (root && root.textContent !== words) root.textContent = words;
}

/// Whether two lists hold the same things: what was drawn of them need not be drawn again.
export const same = (a: unknown[], b: unknown[]) => a.length === b.length && a.every((x, i) => x === b[i]);
