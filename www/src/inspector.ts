// A closer look: the probe, one unit and its twin, or a layer's sorted activity with the line competition draws.
import { type Course, twins } from './course';
import { conditionColor, dark, drawing, element, same, style } from './format';
import { image, type Selected } from './network';
import type { LayerSnapshot, Picture, Probe } from './protocol';

/// For each lane and unit of h1, as `lane unit`, its weights and what they have learned.
export type Receptive = Record<string, { weights: Picture; learned: Picture }>;

type Asked = { probe(probe: Probe): void };

const value = (layer: LayerSnapshot, byte: number) => layer.low + (byte / 255) * (layer.high - layer.low);

/// The layer's drives from the largest down, and the line below which units are silent.
function sorted(layer: LayerSnapshot, color: string): SVGSVGElement {
  const [width, height, margin] = [280, 96, 4];
  const bytes = [...layer.pre_activation].sort((a, b) => b - a);
  const line = layer.high > layer.low ? (layer.threshold - layer.low) / (layer.high - layer.low) : 0;
  const x = (i: number) => margin + (i / Math.max(1, bytes.length - 1)) * (width - 2 * margin);
  const y = (share: number) => height - margin - Math.min(1, Math.max(0, share)) * (height - 2 * margin);
  const words = `Drives from ${layer.high.toFixed(3)} to ${layer.low.toFixed(3)}; the line lies at ${layer.threshold.toFixed(3)}: ${layer.active} units are active`;
  const { root, add } = drawing(width, height, words);
  // Two paths rather than a line for each unit, of which pathways have a thousand.
  const bars = (from: number, to: number, stroke: string) => {
    const path = bytes
      .slice(from, to)
      .map((byte, i) => `M${x(from + i).toFixed(2)} ${y(0)}V${y(byte / 255).toFixed(2)}`)
      .join('');
    if (path)
      add('path', {
        d: path,
        stroke,
        fill: 'none',
        'stroke-width': Math.max(0.8, width / bytes.length - 0.3),
      });
  };
  bars(0, layer.active, color);
  bars(layer.active, bytes.length, style('--silent'));
  add('line', {
    x1: 0,
    x2: width,
    y1: y(line),
    y2: y(line),
    stroke: style('--text'),
    'stroke-width': 1.5,
    'stroke-dasharray': '5,3',
  });
  return root;
}

/// A unit of h1 as images: its weights where they are at hand, and what it has learned.
function fields(course: Course, lane: number, unit: number, seen?: Receptive[string]): HTMLElement[] {
  const field = (pixels: ArrayLike<number>, what: string) => {
    const canvas = element('canvas', {
      class: 'field',
      role: 'img',
      'aria-label': `${what} of unit ${unit + 1} of h1 as an image`,
    });
    image(canvas, pixels, true);
    return element('figure', { class: 'sample' }, canvas, element('figcaption', {}, what));
  };
  if (seen)
    return [
      element(
        'div',
        { class: 'samples' },
        field(seen.weights.pixels, 'weights'),
        field(seen.learned.pixels, 'learned so far'),
      ),
    ];
  const told = course.learned[lane]?.units[unit];
  if (!told) return [];
  // Digits from 0 to 6, with 3 for none.
  const pixels = [...told].map((digit) => 128 + Math.round((Number(digit) - 3) * (127 / 3)));
  return [element('div', { class: 'samples' }, field(pixels, `learned in ${course.run.config.tasks} tasks`))];
}

export class Inspector {
  private readonly picture = element('canvas', { class: 'probe', role: 'img' });
  private readonly words = element('span', {});
  private readonly digit = element('select', { 'aria-label': 'Digit' });
  private readonly angle = element('input', {
    type: 'range',
    min: '0',
    max: '180',
    step: '1',
    'aria-label': 'Rotation of the digit, degrees',
  });
  private readonly detail = element('div', { class: 'detail' });
  /// What was shown last: most draws change nothing here.
  private shown: unknown[] = [];

  constructor(root: HTMLElement, asked: Asked) {
    for (let d = 0; d < 10; d++) this.digit.append(element('option', { value: String(d) }, String(d)));
    const ask = () => asked.probe({ digit: Number(this.digit.value), angle: Number(this.angle.value) });
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
  place(side: HTMLElement) {
    if (this.detail.parentElement !== side) side.append(this.detail);
  }

  show(course: Course, selected: Selected, layers: (LayerSnapshot | undefined)[], receptive: Receptive) {
    const { probe, pixels } = course;
    const now = [
      course.run,
      course.kind,
      probe,
      pixels,
      selected.layer,
      selected.unit,
      receptive,
      dark.matches,
      ...layers,
    ];
    if (same(now, this.shown)) return;
    this.shown = now;
    const live = course.kind === 'live';
    this.digit.hidden = !live;
    this.angle.hidden = !live;
    this.picture.hidden = !pixels;
    if (probe && pixels) {
      image(this.picture, pixels);
      this.picture.setAttribute(
        'aria-label',
        `The digit ${probe.digit}, turned by ${probe.angle.toFixed(0)} degrees`,
      );
      if (document.activeElement !== this.digit) this.digit.value = String(probe.digit);
      if (document.activeElement !== this.angle) this.angle.value = String(probe.angle);
    }
    this.words.textContent = probe
      ? `Input: a ${probe.digit} at ${probe.angle.toFixed(0)}°.${live ? '' : ' Point at a unit to find its twin, press a layer’s name to see its competition.'}`
      : 'Train it on this machine to see its units.';
    const pair = twins(course);
    const name = course.run.layers[selected.layer];
    if (
      !layers.some(Boolean) ||
      (selected.unit !== null && selected.unit >= course.run.units[selected.layer])
    ) {
      this.detail.replaceChildren();
      return;
    }
    const cards = pair.map(({ lane, index }, t) => {
      const layer = layers[t];
      const card = element('div', { class: 'card' });
      if (!layer) return card;
      if (selected.unit === null) {
        card.append(
          element('b', {}, `${lane.condition}, ${name}: `),
          `${layer.active} of ${layer.pre_activation.length} units lie above the line`,
          sorted(layer, conditionColor(lane.condition)),
        );
        return card;
      }
      const out = layer.output[selected.unit];
      const drive = value(layer, layer.pre_activation[selected.unit]);
      card.append(
        element('b', {}, `${lane.condition}, ${name} unit ${selected.unit + 1}: `),
        out > 0 ? `active, ${Math.round((100 * out) / 255)}% of the layer’s largest` : 'silent',
        `; drive ${drive.toFixed(3)}, line ${layer.threshold.toFixed(3)}`,
      );
      if (selected.layer === 0)
        card.append(...fields(course, index, selected.unit, receptive[`${index} ${selected.unit}`]));
      return card;
    });
    this.detail.replaceChildren(...cards);
  }
}
