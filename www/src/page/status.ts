// The state in words, always one of a few, with progress, speed, time left, what failed and what was refused.
import { type Course, measuredAt, reached } from '../course';
import { element, get, put } from '../dom';
import type { DataInfo, EngineInfo, Origin } from '../protocol';
import type { View } from '../state/view';

const origins: Record<Origin, string> = {
  served: 'served beside this page',
  kept: 'kept in this browser',
  dropped: 'your files',
  mirror: 'from the mirror',
};

/// How long a word in passing stands, in milliseconds.
const PASSING = 3_000;

/// A word to those who listen, and to those who look.
export function say(words: string) {
  put(get('announce'), words);
  const status = get('status');
  const before = status.textContent;
  status.textContent = words;
  setTimeout(() => {
    if (status.textContent === words) status.textContent = before;
  }, PASSING);
}

/// After each task, for those who listen.
export function announce(course: Course) {
  const at = reached(course);
  const accuracies = course.run.config.conditions.flatMap((condition) => {
    const mean = measuredAt(course, condition, at)?.accuracy[0]?.mean;
    return mean === undefined ? [] : [`${condition}: accuracy ${mean.toFixed(2)}`];
  });
  put(get('announce'), `After ${at} of ${course.run.config.tasks} tasks. ${accuracies.join('; ')}.`);
}

export function engineWords(engine: EngineInfo | undefined): string {
  if (!engine) return 'Engine: not started.';
  const { kind, adapter, self_test } = engine;
  const name =
    kind === 'gpu' ? `GPU, ${adapter} (WebGPU)` : kind === 'reference' ? `reference, ${adapter}` : adapter;
  const tested = self_test === null ? 'not run' : `passed (deviation ${self_test.toExponential(0)})`;
  return `Engine: ${name}; self-test ${tested}.`;
}

export function dataWords(data: DataInfo | undefined, origin: Origin | null): string {
  if (!data) return '';
  const from = origin ? `, ${origins[origin]}` : '';
  const digest = data.digest.slice(0, 12);
  return `Images: ${data.name}${from}; ${data.train} to train, ${data.test} to test; digest ${digest}.`;
}

/// What failed, was refused, is missing or was set aside: a line each.
export function alertLines({ failure, refused, notice, diverged }: View): string[] {
  return [
    ...(failure ? [failure.what, failure.meaning, failure.advice] : []),
    ...(refused ? [`Refused: ${refused}.`, 'What was in use stays as it was.'] : []),
    ...(notice ? notice.split('\n') : []),
    ...diverged,
  ];
}

let alerted = '';

export function refresh(view: View) {
  const { progress, state } = view;
  put(get('status'), view.words);
  get<HTMLProgressElement>('progress').value = progress ? progress.lane_steps / progress.lane_steps_total : 0;
  const seconds = progress?.seconds_left ?? null;
  const left = seconds !== null && state !== 'done' ? `, about ${Math.ceil(seconds)} s left` : '';
  const speed = progress?.lane_steps_per_second;
  put(get('speed'), speed ? `${speed.toFixed(0)} lane-steps/s${left}` : '');
  put(get('engine-badge'), engineWords(view.engine));
  put(get('data-badge'), dataWords(view.data, view.origin));
  const lines = alertLines(view);
  if (lines.join('\n') === alerted) return;
  alerted = lines.join('\n');
  get('alert').replaceChildren(...lines.map((line) => element('p', {}, line)));
}
