// The state in words, always one of a few, with progress, speed, time left, what failed and what was refused.
import { type Course, measuredAt, reached } from '../course';
import { button, element, get, put } from '../dom';
import type { DataInfo, EngineInfo, Origin } from '../protocol';
import { type About, isRunning, type Notice, type View } from '../state/view';
import * as first from './first';

const origins: Record<Origin, string> = {
  served: 'served beside this page',
  kept: 'kept in this browser',
  dropped: 'your files',
  mirror: 'from the mirror',
};

/// After each task, for those who listen.
export function announce(course: Course) {
  const at = reached(course);
  const accuracies = course.run.config.conditions.flatMap((condition) => {
    const mean = measuredAt(course, condition, at)?.accuracy[0]?.mean;
    return mean === undefined ? [] : [`${condition}: accuracy ${mean.toFixed(2)}`];
  });
  put(get('announce'), `After ${at} of ${course.run.config.tasks} tasks. ${accuracies.join('; ')}.`);
}

/// The engine at work, on how many workers, and which lanes changed to another on the way.
export function engineWords(engine: EngineInfo | undefined, changes: string[] = [], workers = 0): string {
  if (!engine) return 'Engine: not started.';
  const { kind, adapter, self_test } = engine;
  const name =
    kind === 'gpu' ? `GPU, ${adapter} (WebGPU)` : kind === 'reference' ? `reference, ${adapter}` : adapter;
  const tested = self_test === null ? 'not run' : `passed (deviation ${self_test.toExponential(0)})`;
  const on = workers > 0 ? [`${workers} workers`] : [];
  return `Engine: ${[name, ...on, `self-test ${tested}`, ...changes].join('; ')}.`;
}

export function dataWords(data: DataInfo | undefined, origin: Origin | null): string {
  if (!data) return '';
  const from = origin ? `, ${origins[origin]}` : '';
  const digest = data.digest.slice(0, 12);
  const counts = `${data.train} to train, ${data.test} to test`;
  return `Images to train on: ${data.name}${from}; ${counts}; digest ${digest}.`;
}

/// What failed, is missing or was set aside: a line each. It goes with the run that it is of.
export function alertLines({ failure, notice, diverged }: View): string[] {
  return [
    ...(failure ? [failure.what, failure.meaning, failure.advice] : []),
    ...(notice ? notice.split('\n') : []),
    ...diverged,
  ];
}

type Handlers = {
  /// The reader wants a notice gone.
  dismiss(about: About): void;
  /// The reader wants the newer version.
  reload(): void;
};

let handlers: Handlers = { dismiss: () => undefined, reload: () => undefined };

export function listen(to: Handlers) {
  handlers = to;
}

function noticeOf({ about, lines }: Notice, busy: boolean): HTMLElement {
  const label = `dismiss: ${lines[0] ?? ''}`;
  const reload = button({ class: 'dismiss' }, 'reload', () => handlers.reload());
  reload.disabled = busy;
  return element(
    'div',
    { class: 'notice', 'data-about': about },
    ...lines.map((line) => element('p', {}, line)),
    ...(about === 'version' ? [reload, ' '] : []),
    button({ class: 'dismiss', 'aria-label': label }, 'dismiss', () => handlers.dismiss(about)),
  );
}

let alerted = '';

/// The failure that stands there.
let failed: View['failure'];

export function refresh(view: View) {
  const { progress, state, notices } = view;
  put(get('status'), view.words);
  get<HTMLProgressElement>('progress').value = progress ? progress.lane_steps / progress.lane_steps_total : 0;
  const seconds = progress?.seconds_left ?? null;
  const left = seconds !== null && state !== 'done' ? `, about ${Math.ceil(seconds)} s left` : '';
  const speed = progress?.lane_steps_per_second;
  put(get('speed'), speed ? `${speed.toFixed(0)} lane-steps/s${left}` : '');
  put(get('engine-badge'), engineWords(view.engine, view.engineChanges, view.workers));
  put(get('data-badge'), dataWords(view.data, view.origin));
  const lines = alertLines(view);
  // A run is not interrupted for a newer version; before a paused one is left, the browser asks.
  const busy = isRunning(view) && notices.some(({ about }) => about === 'version');
  const now = JSON.stringify([notices, lines, busy]);
  if (now === alerted) return;
  alerted = now;
  if (notices.length + lines.length > 0) first.seen();
  const alert = get('alert');
  // Of the link that the page was opened with it is said where the page is read first.
  const place = get(notices.some(({ about }) => about === 'link') ? 'alert-first' : 'alert-place');
  if (alert.parentElement !== place) place.append(alert);
  const isNew = view.failure !== undefined && view.failure !== failed;
  failed = view.failure;
  alert.replaceChildren(
    ...notices.map((one) => noticeOf(one, busy)),
    ...lines.map((line) => element('p', {}, line)),
  );
  // Who pressed a button elsewhere sees why nothing runs.
  if (isNew && navigator.userActivation?.hasBeenActive) alert.scrollIntoView({ block: 'nearest' });
}
