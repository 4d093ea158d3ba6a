// One step traced: the digits, five inner steps and what they change, the meta-loss after each, the gradients, the update.

import { type Course, twins } from './course';
import { drawing, effect, element, rate, style, tableOf } from './format';
import type { RunInfo } from './legacy';
import { image } from './network';
import type { Lane, Picture, StepTrace, TracedSample } from './protocol';

type Ask = (lane: number) => void;

const stages = ['What the step sees', 'The look-ahead', 'The gradients', 'The update'] as const;

export function digit(sample: TracedSample, words: string): HTMLElement {
  const canvas = element('canvas', {
    class: 'probe',
    role: 'img',
    'aria-label': `a ${sample.category} of task ${sample.task + 1}`,
  });
  image(canvas, sample.pixels);
  const item = sample.item === null ? '' : ` item ${sample.item + 1}`;
  return element(
    'figure',
    { class: 'sample' },
    canvas,
    element('figcaption', {}, `${words}${sample.category}, task ${sample.task + 1}${item}`),
  );
}

/// The look-ahead as the paper draws it: the weights before, fast, and after, with their real numbers.
export function schematic(trace: StepTrace): SVGSVGElement {
  // As wide as a phone's column, so that text keeps its size.
  const [width, height] = [Math.min(680, innerWidth - 24), 130];
  const losses = trace.inner.map((i) => i.meta_loss);
  const words = `The fast weights after each inner step and the meta-loss there: before ${trace.loss_before.toFixed(3)}, then ${losses.map((l) => l.toFixed(3)).join(', ')}`;
  const { root, add } = drawing(width, height, words);
  const all = [trace.loss_before, ...losses];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (i: number) => 34 + (i * (width - 68)) / Math.max(1, all.length - 1);
  const y = (loss: number) => 24 + (1 - (loss - low) / Math.max(1e-9, high - low)) * 62;
  const [text, secondary, meta] = [style('--text'), style('--secondary'), style('--meta')];
  all.forEach((loss, i) => {
    if (i > 0)
      add('line', {
        x1: x(i - 1),
        y1: y(all[i - 1]),
        x2: x(i),
        y2: y(loss),
        stroke: meta,
        'stroke-width': 2,
      });
  });
  all.forEach((loss, i) => {
    add('circle', {
      cx: x(i),
      cy: y(loss),
      r: 5,
      fill: i === 0 ? style('--ground') : meta,
      stroke: i === 0 ? text : meta,
      'stroke-width': 2,
    });
    add(
      'text',
      { x: x(i), y: y(loss) - 10, 'text-anchor': 'middle', fill: text, 'font-size': 11 },
      loss.toFixed(3),
    );
    add(
      'text',
      { x: x(i), y: height - 22, 'text-anchor': 'middle', fill: text, 'font-size': 12 },
      i === 0 ? 'W' : `F${i}`,
    );
    const place = i === 0 ? 'before' : `after a ${trace.current[i - 1].category}`;
    add('text', { x: x(i), y: height - 6, 'text-anchor': 'middle', fill: secondary, 'font-size': 11 }, place);
  });
  return root;
}

const small = (v: number) => (v === 0 ? '0' : Math.abs(v) < 1e-3 ? v.toExponential(1) : effect(v));

function body(stage: number, trace: StepTrace, run: RunInfo): (Node | string)[] {
  const names = run.matrices.map((m, i) => {
    const layer = run.layer_matrix.indexOf(i);
    return layer >= 0 ? run.layers[layer] : m.replaceAll('_', ' ');
  });
  switch (stage) {
    case 0:
      return [
        element(
          'p',
          {},
          `Step ${trace.step + 1} of ${run.steps}, in task ${trace.task + 1}. Five new digits come one after the other; ${trace.replay.length === 0 ? 'the memory is still empty, so none is replayed.' : 'as many are replayed from memory, of this task or earlier ones.'}`,
        ),
        element('div', { class: 'samples' }, ...trace.current.map((s, i) => digit(s, `${i + 1}: `))),
        element('div', { class: 'samples' }, ...trace.replay.map((s) => digit(s, 'replayed: '))),
      ];
    case 1:
      return [
        element(
          'p',
          {},
          'On a copy of its weights the network learns the new digits one by one. After each it is asked how well all of them, new and replayed, are read now: the mean of these five numbers is the meta-loss, ',
          element('b', {}, trace.meta_loss.toFixed(4)),
          '.',
        ),
        schematic(trace),
        tableOf(
          ['', 'digit', 'its own loss before', 'meta-loss after', ...names.map((n) => `${n} moved`)],
          trace.inner.map((inner, i) => [
            `F${i + 1}`,
            String(trace.current[i].category),
            inner.loss.toFixed(4),
            inner.meta_loss.toFixed(4),
            ...inner.moved.map(small),
          ]),
        ),
      ];
    case 2:
      return [
        element(
          'p',
          {},
          'The meta-loss’s gradient at W, alpha and beta. Each of the three groups is scaled down to a length of 2 if it is longer; what is left of it: ',
          `W ${trace.clip[0].toFixed(2)}, alpha ${trace.clip[1].toFixed(2)}, beta ${trace.clip[2].toFixed(2)}.`,
        ),
        tableOf(
          ['', 'length of W’s gradient', 'alpha’s gradient', 'beta’s gradient'],
          names.map((n, m) => {
            const layer = run.layer_matrix.indexOf(m);
            return [
              n,
              small(trace.weights_gradient[m]),
              small(trace.alpha_gradient[m]),
              layer >= 0 ? small(trace.beta_gradient[layer]) : '',
            ];
          }),
        ),
        element(
          'p',
          { class: 'secondary' },
          'A negative gradient of alpha asks for a faster layer, a negative one of beta for harder competition.',
        ),
      ];
    default:
      return [
        element(
          'p',
          {},
          'First alpha and beta move (where the condition lets them), then W, with the alpha just updated.',
        ),
        unitPictures(trace),
        element(
          'p',
          { class: 'secondary' },
          `h1 unit ${trace.unit.unit + 1}, the one that the look-ahead moved farthest: what it sees, and how the step changes it.`,
        ),
        tableOf(
          ['', 'alpha before', 'after', 'beta before', 'after', 'length of W', 'W moved by'],
          names.map((n, m) => {
            const layer = run.layer_matrix.indexOf(m);
            const beta = (i: number) => (layer >= 0 ? trace.beta[i][layer].toFixed(5) : '');
            return [
              n,
              trace.alpha[0][m] <= 0 ? rate(trace.alpha[0][m]) : trace.alpha[0][m].toFixed(6),
              trace.alpha[1][m].toFixed(6),
              beta(0),
              beta(1),
              trace.weights[m].toFixed(2),
              small(trace.weights_moved[m]),
            ];
          }),
        ),
      ];
  }
}

/// One unit of h1 as images: its weights, what five inner steps change of them, and what the update then does.
export function unitPictures(trace: StepTrace): HTMLElement {
  const { unit, before, fast, update } = trace.unit;
  const of = (picture: Picture, words: string) => {
    const canvas = element('canvas', {
      class: 'field',
      role: 'img',
      'aria-label': `h1 unit ${unit + 1}: ${words}, up to ${small(picture.scale)}`,
    });
    image(canvas, picture.pixels, true);
    return element(
      'figure',
      { class: 'sample' },
      canvas,
      element('figcaption', {}, words, element('br'), `up to ${small(picture.scale)}`),
    );
  };
  return element(
    'div',
    { class: 'samples' },
    of(before, 'weights W'),
    of(fast, `F${trace.inner.length} less W`),
    of(update, 'W after less before'),
  );
}

export class Trace {
  private stage = 0;
  private lane = -1;
  private asked = '';
  private drawn: StepTrace | undefined;
  private readonly asks = document.getElementById('trace-ask');
  private readonly place = document.getElementById('trace');

  constructor(private readonly ask: Ask) {}

  /// A trace was asked for and came.
  take(lane: number) {
    this.lane = lane;
    this.stage = 0;
  }

  /// Shows what was walked through of the run in front, and what may be asked of it.
  show(course: Course | undefined) {
    const pair = course ? twins(course) : [];
    const live = course?.kind === 'live';
    const lanes = pair.filter(({ index }) => (live ? course.summary : course?.traces[index]));
    if (!pair.some(({ index }) => index === this.lane)) this.lane = lanes.at(-1)?.index ?? -1;
    const asked = JSON.stringify([course?.kind, lanes, live ? 0 : this.lane]);
    if (asked !== this.asked) {
      this.asked = asked;
      this.choices(lanes, live);
    }
    const trace = course?.traces[this.lane];
    if (trace === this.drawn) return;
    this.drawn = trace;
    if (course && trace) this.draw(trace, course.run);
    else this.place?.replaceChildren();
  }

  private choices(lanes: { lane: Lane; index: number }[], live: boolean) {
    const buttons = lanes.map(({ lane, index }) => {
      const button = element(
        'button',
        { type: 'button' },
        live ? `Trace ${lane.condition}’s next step` : `${lane.condition}’s step`,
      );
      if (!live) button.setAttribute('aria-pressed', String(index === this.lane));
      button.addEventListener('click', () => this.ask(index));
      return button;
    });
    const words =
      lanes.length === 0
        ? 'Train it on this machine, pause where you like, and walk through the next step with its real numbers.'
        : live
          ? 'Pause where you like: the next step is walked through, not taken.'
          : 'Of the stored run’s first seed. Train it on this machine to walk through any other step.';
    this.asks?.replaceChildren(...buttons, element('span', { class: 'secondary' }, words));
  }

  private draw(trace: StepTrace, run: RunInfo) {
    const tabs = stages.map((name, i) => {
      const button = element(
        'button',
        { type: 'button', 'aria-pressed': String(i === this.stage) },
        `${i + 1} ${name}`,
      );
      button.addEventListener('click', () => {
        this.stage = i;
        this.draw(trace, run);
      });
      return button;
    });
    const { condition, seed } = run.lanes[this.lane];
    this.place?.replaceChildren(
      element(
        'div',
        { class: 'row', role: 'group', 'aria-label': `The step of ${condition}, seed ${seed}` },
        ...tabs,
      ),
      element(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': stages[this.stage] },
        ...body(this.stage, trace, run),
      ),
    );
  }
}
