// The paper's schematics with the run's own numbers: the look-ahead (1a), the stream (1b), the network (3a),
// the labels (3b).
import { type Course, imageLayer, levels, pairOf, recordAt } from '../course';
import { drawing, element, get } from '../dom';
import { count, percent, rate } from '../format';
import type { RunDescription, StepTrace, TaskRecord } from '../protocol';
import { conditionColor, style } from '../theme';
import { nounOf, streamSentence, stretches } from '../words';
import { lookAhead, seenImage, shown, unitPictures } from './samples';

/// The drawing's width, its middle, the height of a level and of a box.
const [WIDTH, MIDDLE, STEP, BOX] = [300, 150, 44, 22];

/// Where two boxes side by side have their middles, and how wide they are: the left pathway is the larger.
const PAIR = [
  { x: 110, wide: 150 },
  { x: 225, wide: 70 },
] as const;

/// Where the names of two heads stand.
const HEADS = [100, 200] as const;

type Box = { x: number; y: number; wide: number };

/// One network: a box for each layer, filled as far as its units are active, its arrow as wide as it learns
/// fast.
function architecture(run: RunDescription, record: TaskRecord, color: string, words: string): SVGSVGElement {
  const stack = levels(run);
  const height = (stack.length + 2) * STEP;
  const { root, add } = drawing(WIDTH, height, words);
  const rowAt = (level: number) => height - STEP / 2 - level * STEP;
  const boxes: Box[] = [];
  stack.forEach((layers, level) => {
    layers.forEach((l, i) => {
      const { x, wide } = (layers.length > 1 ? PAIR[i] : undefined) ?? { x: MIDDLE, wide: 170 };
      boxes[l] = { x, wide, y: rowAt(level + 1) };
    });
  });
  const headX = (h: number) => (run.heads.length > 1 ? (HEADS[h] ?? MIDDLE) : MIDDLE);
  const headY = rowAt(stack.length + 1);
  const fastest = Math.max(1e-9, ...record.alpha);
  run.matrices.forEach(({ from, to }, m) => {
    const alpha = record.alpha[m] ?? 0;
    const below = from === 'image' ? { x: MIDDLE, y: rowAt(0) } : boxes[from.layer];
    const above = 'head' in to ? { x: headX(to.head), y: headY + 12 - BOX / 2 } : boxes[to.layer];
    if (!below || !above) return;
    add('line', {
      x1: below.x,
      y1: below.y - BOX / 2,
      x2: above.x,
      y2: above.y + BOX / 2,
      stroke: alpha > 0 ? color : style('--secondary'),
      'stroke-width': alpha > 0 ? (0.8 + 6 * Math.sqrt(alpha / fastest)).toFixed(1) : 1,
      'stroke-dasharray': alpha > 0 ? 'none' : '3,3',
    });
  });
  const text = (x: number, y: number, what: string) =>
    add('text', { x, y: y + 4, 'text-anchor': 'middle', fill: style('--text'), 'font-size': 11 }, what);
  run.layers.forEach(({ name, units }, l) => {
    const box = boxes[l];
    if (!box) return;
    const share = record.evaluation?.active[l] ?? 0;
    const corner = { x: box.x - box.wide / 2, y: box.y - BOX / 2, height: BOX };
    add('rect', { ...corner, width: box.wide, fill: style('--ground'), stroke: style('--text') });
    add('rect', { ...corner, width: (box.wide * share).toFixed(1), fill: color, 'fill-opacity': 0.35 });
    // A narrow box has no room for the units.
    const size = box.wide < 100 ? '' : `${units} units `;
    text(box.x, box.y, `${name} ${size}${percent(share)}`);
  });
  text(MIDDLE, rowAt(0), `image, ${run.image_side} x ${run.image_side}`);
  for (const [h, head] of run.heads.entries()) text(headX(h), headY, head.name);
  return root;
}

function panel(name: string, title: string, words: string, ...inside: (Node | string)[]): HTMLElement {
  const caption = element('figcaption', {}, element('b', {}, `${name} `), title);
  return element('figure', {}, caption, element('p', { class: 'secondary' }, words), ...inside);
}

function lookAheadPanel(course: Course, condition: string, trace: StepTrace): HTMLElement {
  const { run } = course;
  const layer = run.layers[imageLayer(run)]?.name ?? '';
  const noun = nounOf(run.config);
  const [current, all] = [trace.current.length, trace.current.length + trace.replay.length];
  return panel(
    '1a',
    'Look ahead, then learn',
    [
      `${condition}, step ${trace.step + 1} of ${run.steps}. On a copy F of its weights W the network learns`,
      `${current} ${noun}${current === 1 ? '' : 's one after the other'};`,
      `the mean loss of all ${all} along the way is what it then improves.`,
      `Below, ${layer}’s unit ${trace.unit.unit}: before, fast, and after.`,
    ].join(' '),
    lookAhead(trace, noun),
    unitPictures(trace, layer),
  );
}

function streamPanel({ run, strip = [] }: Course): HTMLElement {
  const every = Math.max(1, Math.floor(run.config.tasks / 5));
  const some = strip.flatMap((pixels, task) => {
    const apart = run.tasks[task];
    return apart && (task % every === 0 || task === strip.length - 1) ? [shown(pixels, task, apart)] : [];
  });
  const words = streamSentence(run.config);
  return panel('1b', 'The stream', words, element('div', { class: 'samples' }, ...some));
}

function networkPanel(course: Course, at: number): HTMLElement | undefined {
  const { run } = course;
  const networks = pairOf(course).flatMap(({ lane, index }) => {
    const record = recordAt(course, index, at);
    if (!record) return [];
    const layers = run.layers.map(({ name, matrix }, l) => {
      const active = percent(record.evaluation?.active[l] ?? 0);
      return `${name} ${active} active, ${rate(record.alpha[matrix] ?? 0)}`;
    });
    const words = `${lane.condition} after ${at} ${stretches(run.config)}: ${layers.join('; ')}`;
    const picture = architecture(run, record, conditionColor(lane.condition), words);
    return [element('div', {}, element('b', {}, lane.condition), picture)];
  });
  if (networks.length === 0) return undefined;
  const seed = run.lanes[0]?.seed;
  const words = [
    `Seed ${seed} after ${at} ${stretches(run.config, at)}. A box is filled as far as its units are active;`,
    'an arrow is as wide as its weights learn fast, dashed where they do not learn.',
  ].join(' ');
  return panel('3a', 'The network', words, element('div', { class: 'pair' }, ...networks));
}

function labelsPanel(run: RunDescription, trace: StepTrace): HTMLElement | undefined {
  const sample = trace.current[0];
  if (!sample) return undefined;
  const [category, item] = run.heads;
  const line = (name: string, label: string, rest: string) =>
    element('p', {}, `${name}: `, element('b', {}, label), rest);
  const labels = [line('category', String(sample.category), ` of ${count(category?.classes ?? 0)}`)];
  if (sample.item !== null && item) {
    const rest = ` of ${item.classes}: which single image it is`;
    labels.push(line('item', `number ${sample.item + 1}`, rest));
  }
  const [title, words] =
    labels.length > 1
      ? ['Two labels for one image', 'Each image is asked about twice: what it shows, and which one it is.']
      : ['Its label', 'An image of the stream and what is to be said of it.'];
  const inside = element(
    'div',
    { class: 'labels' },
    seenImage(sample, '', nounOf(run.config)),
    element('div', {}, ...labels),
  );
  return panel('3b', title, words, inside);
}

/// Draws all four for a run at a point of its stream.
export function draw(course: Course, at: number) {
  const traced = [...pairOf(course)].reverse().find(({ index }) => course.traces[index]);
  const trace = traced && course.traces[traced.index];
  const panels = [
    traced && trace && lookAheadPanel(course, traced.lane.condition, trace),
    course.strip && streamPanel(course),
    networkPanel(course, at),
    trace && labelsPanel(course.run, trace),
  ];
  get('schematics').replaceChildren(...panels.filter((p) => p !== undefined));
}
