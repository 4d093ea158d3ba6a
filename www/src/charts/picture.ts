// A chart by itself: one SVG document that looks the same in every program. Its ground is drawn, every colour
// is written out, fonts are named with fall-backs, and what only browsers know (style sheets, variables,
// currentColor) is left out.
import { svgElement as make } from '../dom';
import { wrapped } from './caption';

/// Where text comes from: what Macs, Windows, Linux and TeX have for Helvetica, then any without serifs.
const FONTS = "Helvetica, Arial, 'Nimbus Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif";

/// Pixels between pictures, and around them.
const GAP = 8;

/// The title's height above its pictures, and its text's.
const [HEAD, TITLE] = [22, 13];

/// What is written small: its text's height, its line's, and about how wide a letter is, of the widest of the
/// fonts.
const SMALL = { size: 9, line: 12, letter: 5.4 };

export type Colours = { ground: string; text: string };

/// A document and its size in pixels.
export type Picture = { text: string; width: number; height: number };

/// What a drawing says of all its marks.
const INHERITED = ['fill', 'font-size', 'text-anchor'];

/// A colour without what only browsers know.
const plain = (value: string, { ground, text }: Colours) =>
  value.replaceAll('currentColor', text).replaceAll(/var\(--plot-background\)/g, ground);

/// A copy of an element and all that is in it, as any program reads it.
function cleaned(of: Element, colours: Colours): Element[] {
  if (of.tagName === 'style') return [];
  const copy = of.cloneNode(false) as Element;
  for (const { name, value } of [...copy.attributes]) {
    if (name === 'class' || name === 'role' || name.startsWith('aria-')) copy.removeAttribute(name);
    else copy.setAttribute(name, plain(value, colours));
  }
  for (const child of of.childNodes) {
    copy.append(...(child instanceof Element ? cleaned(child, colours) : [child.cloneNode()]));
  }
  return [copy];
}

function sizeOf(svg: SVGSVGElement): { width: number; height: number } {
  const { width, height } = svg.viewBox.baseVal;
  return { width: width || svg.clientWidth, height: height || svg.clientHeight };
}

/// One drawing as a group, so many pixels down.
function group(svg: SVGSVGElement, y: number, colours: Colours): SVGElement {
  const made = make('g', { transform: `translate(${GAP},${y})` });
  for (const name of INHERITED) {
    const value = svg.style.getPropertyValue(name) || svg.getAttribute(name);
    if (value) made.setAttribute(name, plain(value, colours));
  }
  for (const child of svg.children) made.append(...cleaned(child, colours));
  return made;
}

/// A drawing, and what its upright axis is; nothing where that is said of the one before.
type Drawing = { svg: SVGSVGElement; y: string };

/// What is said of a picture: over it, to whoever can't see it, and under it.
type Words = { title: string; words: string; caption: string };

/// Drawings below each other as one document, between their title and their caption, each under what its
/// upright axis is.
export function picture(drawings: Drawing[], { title, words, caption }: Words, colours: Colours): Picture {
  const sizes = drawings.map(({ svg }) => sizeOf(svg));
  const width = Math.max(0, ...sizes.map((size) => size.width)) + 2 * GAP;
  const small = (line: string, at: number) =>
    make('text', { x: GAP, y: at, fill: colours.text, 'font-size': SMALL.size }, line);
  let y = HEAD + GAP;
  const groups = drawings.flatMap(({ svg, y: axis }, i) => {
    const named = axis === '' ? [] : [small(`y: ${axis}`, y + SMALL.size)];
    if (axis !== '') y += SMALL.line + 2;
    const made = group(svg, y, colours);
    y += (sizes[i]?.height ?? 0) + GAP;
    return [...named, made];
  });
  const lines = wrapped(caption, Math.floor((width - 2 * GAP) / SMALL.letter));
  const under = lines.map((line, i) => small(line, y + SMALL.size + i * SMALL.line));
  y += lines.length * SMALL.line + GAP;
  const size = { width, height: y };
  const root = make('svg', { ...size, viewBox: `0 0 ${width} ${y}`, 'font-family': FONTS });
  root.append(
    make('title', {}, title),
    make('desc', {}, words),
    make('rect', { ...size, fill: colours.ground }),
    make('text', { x: GAP, y: HEAD, fill: colours.text, 'font-size': TITLE, 'font-weight': 'bold' }, title),
    ...groups,
    ...under,
  );
  const text = new XMLSerializer().serializeToString(root);
  return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`, ...size };
}
