// Pictures with their captions that several panes show: a digit of the stream, one unit's weights, the look-
// ahead.
import { drawing, element } from '../dom';
import { small } from '../format';
import type { Picture, StepTrace, TaskDescription, TracedSample } from '../protocol';
import { style } from '../theme';
import { afterImage, imageOf } from '../words';
import { paintSquare } from './cells';

/// A picture of weights or of a digit, with words beneath.
function sample(
  kind: 'probe' | 'field',
  pixels: ArrayLike<number>,
  label: string,
  ...caption: (string | Node)[]
): HTMLElement {
  const canvas = element('canvas', { class: kind, role: 'img', 'aria-label': label });
  paintSquare(canvas, pixels, kind === 'field');
  return element('figure', { class: 'sample' }, canvas, element('figcaption', {}, ...caption));
}

/// An image that a step sees; `noun` is what it is called.
export function seenImage(
  { pixels, category, task, item }: TracedSample,
  before: string,
  noun: string,
): HTMLElement {
  const words = `${before}${category}, task ${task + 1}${item === null ? '' : ` item ${item + 1}`}`;
  return sample('probe', pixels, `${imageOf(noun, category)} of task ${task + 1}`, words);
}

/// A digit as a task of the stream shows it.
export function shown(pixels: number[], task: number, apart: TaskDescription): HTMLElement {
  const label = `task ${task + 1}, ${apart.words}`;
  return sample('probe', pixels, label, `task ${task + 1}`, element('br'), apart.caption);
}

/// One unit that reads the image: its weights, what the inner steps change of them, and what the update then
/// does.
export function unitPictures(trace: StepTrace, layer: string): HTMLElement {
  const { unit, before, fast, update } = trace.unit;
  const of = ({ pixels, scale }: Picture, words: string) => {
    const upTo = `up to ${small(scale)}`;
    return sample('field', pixels, `${layer} unit ${unit}: ${words}, ${upTo}`, words, element('br'), upTo);
  };
  return element(
    'div',
    { class: 'samples' },
    of(before, 'weights W'),
    of(fast, `F${trace.inner.length} less W`),
    of(update, 'W after less before'),
  );
}

/// The look-ahead as the paper draws it: the weights before, fast, and after, with their real numbers; `noun`
/// is what the images are called.
export function lookAhead(trace: StepTrace, noun: string): SVGSVGElement {
  // As wide as a phone's column, so that text keeps its size.
  const [width, height] = [Math.min(680, innerWidth - 24), 130];
  const losses = trace.inner.map((inner) => inner.meta_loss);
  const before = trace.loss_before.toFixed(3);
  const words = losses.map((loss) => loss.toFixed(3)).join(', ');
  const { root, add } = drawing(
    width,
    height,
    `The fast weights after each inner step and the meta-loss there: before ${before}, then ${words}`,
  );
  const all = [trace.loss_before, ...losses];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const points = all.map((loss, i) => ({
    loss,
    x: 34 + (i * (width - 68)) / Math.max(1, all.length - 1),
    y: 24 + (1 - (loss - low) / Math.max(1e-9, high - low)) * 62,
  }));
  const [text, secondary, meta] = [style('--text'), style('--secondary'), style('--meta')];
  points.forEach(({ x, y }, i) => {
    const from = points[i - 1];
    if (from) add('line', { x1: from.x, y1: from.y, x2: x, y2: y, stroke: meta, 'stroke-width': 2 });
  });
  points.forEach(({ loss, x, y }, i) => {
    const ring = i === 0 ? { fill: style('--ground'), stroke: text } : { fill: meta, stroke: meta };
    add('circle', { cx: x, cy: y, r: 5, ...ring, 'stroke-width': 2 });
    const middle = { x, 'text-anchor': 'middle' };
    add('text', { ...middle, y: y - 10, fill: text, 'font-size': 11 }, loss.toFixed(3));
    add('text', { ...middle, y: height - 22, fill: text, 'font-size': 12 }, i === 0 ? 'W' : `F${i}`);
    const sample = trace.current[i - 1];
    const learned = sample ? afterImage(noun, sample.category) : 'before';
    add('text', { ...middle, y: height - 6, fill: secondary, 'font-size': 11 }, learned);
  });
  return root;
}
