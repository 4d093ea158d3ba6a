// The paper's schematics with the run's own numbers: the look-ahead (1a), the stream (1b), the network (3a), the labels (3b).

import { type Course, levels, recordAt, twins } from './course';
import { conditionColor, drawing, element, percent, rate, style } from './format';
import type { RunInfo } from './legacy';
import { image } from './network';
import type { TaskRecord } from './protocol';
import { digit, schematic, unitPictures } from './trace';

/// One network: a box for each layer, filled as far as its units are active, its arrow as wide as it learns fast.
function architecture(run: RunInfo, record: TaskRecord, color: string, words: string): SVGSVGElement {
  const stack = levels(run);
  const [width, step, box] = [300, 44, 22];
  const height = (stack.length + 2) * step;
  const { root, add } = drawing(width, height, words);
  const middle = (level: number) => height - step / 2 - level * step;
  const fastest = Math.max(1e-9, ...record.alpha);
  const arrow = (x1: number, y1: number, x2: number, y2: number, alpha: number) =>
    add('line', {
      x1,
      y1,
      x2,
      y2,
      stroke: alpha > 0 ? color : style('--secondary'),
      'stroke-width': alpha > 0 ? (0.8 + 6 * Math.sqrt(alpha / fastest)).toFixed(1) : 1,
      'stroke-dasharray': alpha > 0 ? 'none' : '3,3',
    });
  const text = (x: number, y: number, what: string) =>
    add('text', { x, y: y + 4, 'text-anchor': 'middle', fill: style('--text'), 'font-size': 11 }, what);
  const at = (level: number, i: number) => (stack[level].length > 1 ? [110, 225][i] : 150);
  stack.forEach((layers, level) => {
    layers.forEach((l, i) => {
      const below = level === 0 ? 150 : at(level - 1, 0);
      arrow(
        below,
        middle(level) - box / 2,
        at(level, i),
        middle(level + 1) + box / 2,
        record.alpha[run.layer_matrix[l]],
      );
    });
  });
  const top = stack.length - 1;
  run.heads.forEach((head, h) => {
    const x = run.heads.length > 1 ? [100, 200][h] : 150;
    stack[top].forEach((l, i) => {
      const name = `${head}${stack[top].length > 1 ? `_from_${run.layers[l].slice(-1)}` : ''}`;
      arrow(
        at(top, i),
        middle(top + 1) - box / 2,
        x,
        middle(top + 2) + 12,
        record.alpha[run.matrices.indexOf(name)] ?? 0,
      );
    });
  });
  stack.forEach((layers, level) => {
    layers.forEach((l, i) => {
      const wide = layers.length > 1 ? [150, 70][i] : 170;
      const x = at(level, i) - wide / 2;
      const share = record.evaluation?.active[l] ?? 0;
      const y = middle(level + 1) - box / 2;
      add('rect', { x, y, width: wide, height: box, fill: style('--ground'), stroke: style('--text') });
      add('rect', { x, y, width: (wide * share).toFixed(1), height: box, fill: color, 'fill-opacity': 0.35 });
      text(
        at(level, i),
        middle(level + 1),
        `${run.layers[l]} ${layers.length > 1 && i === 1 ? '' : `${run.units[l]} units `}${percent(share)}`,
      );
    });
  });
  text(150, middle(0), 'image, 28 x 28');
  for (const [h, head] of run.heads.entries()) {
    text(run.heads.length > 1 ? [100, 200][h] : 150, middle(top + 2), head);
  }
  return root;
}

function stream(course: Course): HTMLElement {
  const { angles, config } = course.run;
  const strip = course.strip ?? [];
  const every = Math.max(1, Math.floor(config.tasks / 5));
  const tasks = strip.map((_, t) => t).filter((t) => t % every === 0 || t === strip.length - 1);
  return element(
    'div',
    { class: 'samples' },
    ...tasks.map((t) => {
      const canvas = element('canvas', {
        class: 'probe',
        role: 'img',
        'aria-label': `task ${t + 1}, turned by ${angles[t].toFixed(0)} degrees`,
      });
      image(canvas, strip[t]);
      return element(
        'figure',
        { class: 'sample' },
        canvas,
        element('figcaption', {}, `task ${t + 1}`, element('br'), `${angles[t].toFixed(0)}°`),
      );
    }),
  );
}

/// Draws all four for a run at a point of its stream.
export function draw(course: Course, at: number) {
  const place = document.getElementById('schematics');
  if (!place) return;
  const { run } = course;
  const pair = twins(course);
  const traced = [...pair].reverse().find(({ index }) => course.traces[index]);
  const trace = traced && course.traces[traced.index];
  const panel = (name: string, title: string, words: string, ...inside: (Node | string)[]) =>
    element(
      'figure',
      {},
      element('figcaption', {}, element('b', {}, `${name} `), title),
      element('p', { class: 'secondary' }, words),
      ...inside,
    );
  const list: HTMLElement[] = [];
  if (traced && trace) {
    list.push(
      panel(
        '1a',
        'Look ahead, then learn',
        `${traced.lane.condition}, step ${trace.step + 1} of ${run.steps}. On a copy F of its weights W the network learns ${trace.current.length} digits one after the other; the mean loss of all ${trace.current.length + trace.replay.length} along the way is what it then improves. Below, h1’s unit ${trace.unit.unit + 1}: before, fast, and after.`,
        schematic(trace),
        unitPictures(trace),
      ),
    );
  }
  if (course.strip) {
    list.push(
      panel(
        '1b',
        'The stream',
        `${run.config.tasks} tasks, one after the other, never again: the same digits, each task turned by one angle.`,
        stream(course),
      ),
    );
  }
  const networks = pair.flatMap(({ lane, index }) => {
    const record = recordAt(course, index, at);
    if (!record) return [];
    const told = run.layers.map(
      (name, l) =>
        `${name} ${percent(record.evaluation?.active[l] ?? 0)} active, ${rate(record.alpha[run.layer_matrix[l]])}`,
    );
    const words = `${lane.condition} after ${at} tasks: ${told.join('; ')}`;
    return [
      element(
        'div',
        {},
        element('b', {}, lane.condition),
        architecture(run, record, conditionColor(lane.condition), words),
      ),
    ];
  });
  if (networks.length > 0) {
    list.push(
      panel(
        '3a',
        'The network',
        `Seed ${run.lanes[0].seed} after ${at} tasks. A box is filled as far as its units are active; an arrow is as wide as its weights learn fast, dashed where they are frozen.`,
        element('div', { class: 'pair' }, ...networks),
      ),
    );
  }
  const sample = trace?.current[0];
  if (sample) {
    const item =
      sample.item === null
        ? []
        : [
            element(
              'p',
              {},
              'item: ',
              element('b', {}, `number ${sample.item + 1}`),
              ` of ${Math.round(1 / run.chance[1])}: which single image it is`,
            ),
          ];
    list.push(
      panel(
        '3b',
        sample.item === null ? 'Its label' : 'Two labels for one image',
        sample.item === null
          ? 'An image of the stream and what is to be said of it.'
          : 'Each image is asked about twice: what it shows, and which one it is.',
        element(
          'div',
          { class: 'labels' },
          digit(sample, ''),
          element(
            'div',
            {},
            element('p', {}, 'category: ', element('b', {}, String(sample.category)), ' of ten'),
            ...item,
          ),
        ),
      ),
    );
  }
  place.replaceChildren(...list);
}
