// How fast this machine trains: what was measured, beside the least that it could take.
import { element, get, tableOf } from '../dom';
import type { Found, StageTime } from '../protocol';
import type { View } from '../state/view';

const whole = (x: number) => Math.round(x).toLocaleString('en');
const rounded = (x: number) => Number(x.toPrecision(3)).toLocaleString('en');
const giga = (x: number) => `${rounded(x / 1e9)} G/s`;
const milli = (seconds: number) => `${(seconds * 1e3).toPrecision(3)} ms`;
const percent = (share: number) => `${(share * 100).toPrecision(2)}%`;

/// A row for steps and one for images: speed, arithmetic, and its share of the device's best.
function speeds(found: Found): string[][] {
  const best = found.plain_product ?? found.gpu?.operations;
  const row = (what: string, speed: number, operations: number) => {
    const reached = speed * operations;
    return [what, whole(speed), giga(reached), best ? percent(reached / best) : ''];
  };
  return [
    row('observe steps', found.lane_steps, found.step_operations),
    row('images evaluated', found.lane_images, found.image_operations),
  ];
}

/// What was measured, in a sentence or two.
export function words(found: Found): string {
  const { lanes, hidden, adapter, plain_product, gpu, second_order } = found;
  const network = `${hidden.join(', ')} hidden units${second_order ? ', second order' : ''}`;
  const what = `${lanes} lane${lanes === 1 ? '' : 's'} side by side (${network}) on ${adapter}.`;
  if (plain_product !== null) {
    return `${what} At its best, in a plain matrix product, it does ${giga(plain_product)} operations.`;
  }
  if (!gpu) return what;
  const [bytes, operations, dispatches] = gpu.floors;
  const copied = `${rounded(gpu.copied_bytes / 1e9)} GB/s`;
  const share = percent(gpu.share);
  return [
    what,
    `At its best it does ${giga(gpu.operations)} operations, copies ${copied},`,
    `and takes ${(gpu.dispatch_seconds * 1e6).toPrecision(2)} us for a dispatch.`,
    `A step of all lanes takes ${milli(lanes / found.lane_steps)};`,
    `it can take no less than ${milli(bytes)} for its bytes, ${milli(operations)} for its arithmetic,`,
    `${milli(dispatches)} for its ${gpu.dispatches} dispatches: it reaches ${share} of the nearest.`,
    `An evaluation of ${gpu.evaluation_images} images reaches ${percent(gpu.evaluation_share)}`,
    `of the best plain product as large as its largest (${giga(gpu.plain_product)});`,
    `its products alone ${percent(gpu.products_share)}.`,
  ].join(' ');
}

const stages = (title: string, times: StageTime[]) => {
  const rows = times.map((t) => [t.stage, String(t.dispatches), milli(t.seconds)]);
  return element(
    'details',
    {},
    element('summary', {}, title),
    tableOf(['stage', 'dispatches', 'time'], rows),
  );
};

function of(found: Found): Node[] {
  const { gpu } = found;
  return [
    element('p', {}, words(found)),
    tableOf(['', 'a second, all lanes', 'operations', 'of the best'], speeds(found)),
    ...(gpu
      ? [
          stages('Stages of a step, each by itself', gpu.stages),
          stages(
            `Stages of an evaluation of ${gpu.evaluation_images} images, each by itself`,
            gpu.evaluation_stages,
          ),
        ]
      : []),
  ];
}

let drawn: View['bench'];

export function draw({ bench }: View) {
  if (bench === drawn) return;
  drawn = bench;
  if (bench === undefined) return get('bench').replaceChildren();
  if (bench === 'measuring') return get('bench').replaceChildren(element('p', {}, 'Measuring.'));
  if ('failure' in bench) {
    const { what, meaning, advice } = bench.failure;
    return get('bench').replaceChildren(element('p', { class: 'problem' }, `${what} ${meaning} ${advice}`));
  }
  get('bench').replaceChildren(...of(bench));
}
