// One step traced: the digits, the inner steps and what they change, the meta-loss after each, the gradients,
// the update.
import { type Course, imageLayer, layerOf, pairOf } from '../course';
import { button, element, get, same, tableOf } from '../dom';
import { rate, small } from '../format';
import type { Lane, RunDescription, StepTrace } from '../protocol';
import { surroundings } from '../theme';
import { clipping, metaLoss, nounOf, seen } from '../words';
import { lookAhead, seenImage, unitPictures } from './samples';

type Words = (Node | string)[];

const at = (list: number[], i: number | undefined): number | undefined =>
  i === undefined ? undefined : list[i];

const smallOf = (x: number | undefined) => (x === undefined ? '' : small(x));

const fixedOf = (x: number | undefined, digits: number) => x?.toFixed(digits) ?? '';

function sees(trace: StepTrace, run: RunDescription): Words {
  const { step, task, current, replay } = trace;
  const noun = nounOf(run.config);
  const { order } = run.config;
  const part = order === 'mixed' ? 'stretch' : 'task';
  const which = `Step ${step + 1} of ${run.steps}, in ${part} ${task + 1}. `;
  return [
    element('p', {}, which + seen(current.length, replay.length, noun, order)),
    element('div', { class: 'samples' }, ...current.map((s, i) => seenImage(s, `${i + 1}: `, noun))),
    element('div', { class: 'samples' }, ...replay.map((s) => seenImage(s, 'replayed: ', noun))),
  ];
}

function looksAhead(trace: StepTrace, run: RunDescription): Words {
  const loss = element('b', {}, trace.meta_loss.toFixed(4));
  const noun = nounOf(run.config);
  return [
    element('p', {}, metaLoss(trace.inner.length, noun), loss, '.'),
    lookAhead(trace, noun),
    tableOf(
      ['', noun, 'its own loss before', 'meta-loss after', ...run.matrices.map((m) => `${m.label} moved`)],
      trace.inner.map((inner, i) => [
        `F${i + 1}`,
        String(trace.current[i]?.category ?? ''),
        inner.loss.toFixed(4),
        inner.meta_loss.toFixed(4),
        ...inner.moved.map(small),
      ]),
    ),
  ];
}

function gradients(trace: StepTrace, run: RunDescription): Words {
  const [weights, alpha, beta] = trace.clip.map((left) => left.toFixed(2));
  const left = `W ${weights}, alpha ${alpha}, beta ${beta}.`;
  const asks =
    'A negative gradient of alpha asks for a faster layer, a negative one of beta for harder competition.';
  return [
    element('p', {}, 'The meta-loss’s gradient at W, alpha and beta. ', clipping(run.config), left),
    tableOf(
      ['', 'norm of W’s gradient', 'alpha’s gradient', 'beta’s gradient'],
      run.matrices.map(({ label }, m) => [
        label,
        smallOf(trace.weights_gradient[m]),
        smallOf(trace.alpha_gradient[m]),
        smallOf(at(trace.beta_gradient, layerOf(run, m))),
      ]),
    ),
    element('p', { class: 'secondary' }, asks),
  ];
}

function update(trace: StepTrace, run: RunDescription): Words {
  const layer = run.layers[imageLayer(run)]?.name ?? '';
  const unit = [
    `${layer} unit ${trace.unit.unit}, the one that the look-ahead moved farthest:`,
    'what it sees, and how the step changes it.',
  ].join(' ');
  const [alpha, after] = trace.alpha;
  const [beta, betaAfter] = trace.beta;
  return [
    element(
      'p',
      {},
      'First alpha and beta move (where the condition lets them), then W, with the alpha just updated.',
    ),
    unitPictures(trace, layer),
    element('p', { class: 'secondary' }, unit),
    tableOf(
      ['', 'alpha before', 'after', 'beta before', 'after', 'norm of W', 'W moved by'],
      run.matrices.map(({ label }, m) => {
        const speed = alpha[m] ?? 0;
        const layer = layerOf(run, m);
        return [
          label,
          speed <= 0 ? rate(speed) : speed.toFixed(6),
          fixedOf(after[m], 6),
          fixedOf(at(beta, layer), 5),
          fixedOf(at(betaAfter, layer), 5),
          fixedOf(trace.weights[m], 2),
          smallOf(trace.weights_moved[m]),
        ];
      }),
    ),
  ];
}

const stages: { name: string; words(trace: StepTrace, run: RunDescription): Words }[] = [
  { name: 'What the step sees', words: sees },
  { name: 'The look-ahead', words: looksAhead },
  { name: 'The gradients', words: gradients },
  { name: 'The update', words: update },
];

/// What is to be done before there is a step to walk through.
const TRAIN =
  'Train it on this machine, pause where you like, and walk through the next step with its real numbers.';

export class Trace {
  private stage = 0;
  private lane = -1;
  private asked = '';
  /// What was drawn last, and on what.
  private drawn: unknown[] = [undefined];

  /// `ask` is told which lane's step is to be walked through.
  constructor(private readonly ask: (lane: number) => void) {}

  /// A trace was asked for and came.
  take(lane: number) {
    this.lane = lane;
    this.stage = 0;
  }

  /// Shows what was walked through of the run in front, and what may be asked of it.
  show(course: Course) {
    const pair = pairOf(course);
    const isLive = course.kind === 'live';
    const lanes = pair.filter(({ index }) => (isLive ? course.summary : course.traces[index]));
    if (!pair.some(({ index }) => index === this.lane)) this.lane = lanes.at(-1)?.index ?? -1;
    const asked = JSON.stringify([course.kind, lanes, isLive ? 0 : this.lane]);
    if (asked !== this.asked) {
      this.asked = asked;
      this.choices(lanes, isLive);
    }
    const trace = course.traces[this.lane];
    const now = [trace, surroundings()];
    if (same(now, this.drawn)) return;
    this.drawn = now;
    if (trace) this.draw(trace, course.run);
    else get('trace').replaceChildren();
  }

  private choices(lanes: { lane: Lane; index: number }[], isLive: boolean) {
    const buttons = lanes.map(({ lane, index }) => {
      const words = isLive ? `Trace ${lane.condition}’s next step` : `${lane.condition}’s step`;
      const pressed = isLive ? {} : { 'aria-pressed': String(index === this.lane) };
      return button(pressed, words, () => this.ask(index));
    });
    const words =
      lanes.length === 0
        ? TRAIN
        : isLive
          ? 'Pause where you like: the next step is walked through, not taken.'
          : 'Of the stored run’s first seed. Train it on this machine to walk through any other step.';
    get('trace-ask').replaceChildren(...buttons, element('span', { class: 'secondary' }, words));
  }

  private draw(trace: StepTrace, run: RunDescription) {
    const tabs = stages.map(({ name }, i) =>
      button({ 'aria-pressed': String(i === this.stage) }, `${i + 1} ${name}`, () => {
        this.stage = i;
        this.draw(trace, run);
      }),
    );
    const stage = stages[this.stage];
    const lane = run.lanes[this.lane];
    if (!stage || !lane) return;
    const label = `The step of ${lane.condition}, seed ${lane.seed}`;
    const inside = { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': stage.name };
    get('trace').replaceChildren(
      element('div', { class: 'row', role: 'group', 'aria-label': label }, ...tabs),
      element('div', inside, ...stage.words(trace, run)),
    );
  }
}
