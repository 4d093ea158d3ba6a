// A closer look: the probe, one unit in both networks, or a layer's sorted activity with its threshold.
import { type Course, imageLayer, pairOf } from '../course';
import { drawing, element, same } from '../dom';
import { DIGITS, type Lane, type LayerSnapshot, type Probe } from '../protocol';
import { type Receptive, receptiveKey } from '../state/view';
import { conditionColor, style, surroundings } from '../theme';
import { imageOf } from '../words';
import { paintSquare } from './cells';
import type { Selected } from './network';

type Handlers = { probe(probe: Probe): void };

/// A pre-activation of the layer from its byte.
const value = ({ low, high }: LayerSnapshot, byte: number) => low + (byte / 255) * (high - low);

/// The layer's pre-activations from the largest down, and the threshold below which units are silent.
function sorted(layer: LayerSnapshot, color: string): SVGSVGElement {
  const [width, height, margin] = [280, 96, 4];
  const { low, high, threshold, active } = layer;
  const bytes = [...layer.pre_activation].sort((a, b) => b - a);
  const share = high > low ? (threshold - low) / (high - low) : 0;
  const x = (i: number) => margin + (i / Math.max(1, bytes.length - 1)) * (width - 2 * margin);
  const y = (part: number) => height - margin - Math.min(1, Math.max(0, part)) * (height - 2 * margin);
  const { root, add } = drawing(
    width,
    height,
    [
      `Pre-activations from ${high.toFixed(3)} to ${low.toFixed(3)};`,
      `the threshold lies at ${threshold.toFixed(3)}: ${active} units are active`,
    ].join(' '),
  );
  // Two paths rather than a line for each unit, of which pathways have a thousand.
  const bars = (from: number, to: number, stroke: string) => {
    const line = (byte: number, i: number) =>
      `M${x(from + i).toFixed(2)} ${y(0)}V${y(byte / 255).toFixed(2)}`;
    const d = bytes.slice(from, to).map(line).join('');
    const wide = Math.max(0.8, width / bytes.length - 0.3);
    if (d) add('path', { d, stroke, fill: 'none', 'stroke-width': wide });
  };
  bars(0, active, color);
  bars(active, bytes.length, style('--silent'));
  const at = y(share);
  const dashed = { stroke: style('--text'), 'stroke-width': 1.5, 'stroke-dasharray': '5,3' };
  add('line', { x1: 0, x2: width, y1: at, y2: at, ...dashed });
  return root;
}

/// What a stored unit has learned: digits from 0 to 6, with 3 for none.
const ofDigits = (digits: string) =>
  [...digits].map((digit) => 128 + Math.round((Number(digit) - 3) * (127 / 3)));

/// A unit that reads the image, as images: its weights where they are at hand, and what it has learned.
function fields(course: Course, layer: number, lane: number, unit: number, seen?: Receptive[string]) {
  const name = course.run.layers[layer]?.name;
  const field = (pixels: ArrayLike<number>, what: string) => {
    const label = `${what} of unit ${unit} of ${name} as an image`;
    const canvas = element('canvas', { class: 'field', role: 'img', 'aria-label': label });
    paintSquare(canvas, pixels, true);
    return element('figure', { class: 'sample' }, canvas, element('figcaption', {}, what));
  };
  const samples = (...list: HTMLElement[]) => [element('div', { class: 'samples' }, ...list)];
  if (seen)
    return samples(field(seen.weights.pixels, 'weights'), field(seen.learned.pixels, 'learned so far'));
  const stored = course.learned[lane]?.units[unit];
  return stored ? samples(field(ofDigits(stored), `learned in ${course.run.config.tasks} tasks`)) : [];
}

export class Inspector {
  // Hidden until it shows an input, of which its label speaks.
  private readonly picture = element('canvas', { class: 'probe', role: 'img', hidden: '' });
  private readonly words = element('span');
  private readonly digit = element('select', { 'aria-label': 'Digit' });
  private readonly angle = element('input', {
    type: 'range',
    min: 0,
    max: 180,
    step: 1,
    'aria-label': 'Rotation of the digit, degrees',
  });
  private readonly detail = element('div', { class: 'detail' });
  /// What was shown last: most draws change nothing here.
  private shown: unknown[] = [];

  constructor(root: HTMLElement, handlers: Handlers) {
    const ask = () => handlers.probe({ digit: Number(this.digit.value), angle: Number(this.angle.value) });
    this.digit.addEventListener('change', ask);
    this.angle.addEventListener('change', ask);
    const chooser = element(
      'div',
      { class: 'row probe-row' },
      this.picture,
      this.words,
      this.digit,
      this.angle,
    );
    root.replaceChildren(chooser, this.detail);
  }

  /// Where the closer look stands.
  moveTo(side: HTMLElement) {
    if (this.detail.parentElement !== side) side.append(this.detail);
  }

  show(course: Course, selected: Selected, layers: (LayerSnapshot | undefined)[], receptive: Receptive) {
    const { run, kind, probe, pixels } = course;
    const now = [
      run,
      kind,
      probe,
      pixels,
      selected.layer,
      selected.unit,
      receptive,
      surroundings(),
      ...layers,
    ];
    if (same(now, this.shown)) return;
    this.shown = now;
    this.showProbe(course);
    const units = run.layers[selected.layer]?.units ?? 0;
    const isOutside = selected.unit !== null && selected.unit >= units;
    const cards = pairOf(course).map(({ lane, index }, side) =>
      card(course, lane, index, selected, layers[side], receptive),
    );
    this.detail.replaceChildren(...(isOutside || !layers.some(Boolean) ? [] : cards));
  }

  private showProbe({ kind, probe, pixels }: Course) {
    const isLive = kind === 'live';
    this.digit.hidden = !isLive;
    this.angle.hidden = !isLive;
    this.picture.hidden = !(probe && pixels);
    if (this.digit.options.length === 0) {
      const names = Array.from({ length: DIGITS }, (_, c) => String(c));
      this.digit.replaceChildren(...names.map((c) => element('option', { value: c }, c)));
    }
    if (probe && pixels) {
      paintSquare(this.picture, pixels);
      const label = `The digit ${probe.digit}, turned by ${probe.angle.toFixed(0)} degrees`;
      this.picture.setAttribute('aria-label', label);
      if (document.activeElement !== this.digit) this.digit.value = String(probe.digit);
      if (document.activeElement !== this.angle) this.angle.value = String(probe.angle);
    }
    const hint = isLive
      ? ''
      : ' Point at a unit to see it in both, press a layer’s name to see its competition.';
    this.words.textContent = probe
      ? `Input: ${imageOf('digit', probe.digit)} at ${probe.angle.toFixed(0)}°.${hint}`
      : 'Train it on this machine to see its units.';
  }
}

/// What one lane's layer, or one of its units, does with the probe.
function card(
  course: Course,
  lane: Lane,
  index: number,
  selected: Selected,
  layer: LayerSnapshot | undefined,
  receptive: Receptive,
): HTMLElement {
  const made = element('div', { class: 'card' });
  if (!layer) return made;
  const { unit } = selected;
  const name = `${lane.condition}, ${course.run.layers[selected.layer]?.name}`;
  if (unit === null) {
    made.append(
      element('b', {}, `${name}: `),
      `${layer.active} of ${layer.pre_activation.length} units lie above the threshold`,
      sorted(layer, conditionColor(lane.condition)),
    );
    return made;
  }
  const output = layer.output[unit] ?? 0;
  const before = value(layer, layer.pre_activation[unit] ?? 0);
  made.append(
    element('b', {}, `${name} unit ${unit}: `),
    output > 0 ? `active, ${Math.round((100 * output) / 255)}% of the layer’s largest` : 'silent',
    `; pre-activation ${before.toFixed(3)}, threshold ${layer.threshold.toFixed(3)}`,
  );
  if (selected.layer === imageLayer(course.run)) {
    made.append(...fields(course, selected.layer, index, unit, receptive[receptiveKey(index, unit)]));
  }
  return made;
}
