// The state in words, always one of a few, with progress, speed, time left; and what may be pressed.
import { type Course, measuredAt, reached } from './course';
import * as editor from './editor';
import type { Condition, Config } from './protocol';
import type { View } from './state';

type Shown = {
  view: View;
  config: Config | undefined;
  preset: Config | undefined;
  presetId: string;
  running: boolean;
  exportable: boolean;
};

const get = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

const origins = {
  served: 'served beside this page',
  kept: 'kept in this browser',
  dropped: 'your files',
  mirror: 'from the mirror',
};

function put(id: string, words: string) {
  // Written only when it changes, so that it is read out once.
  if (get(id).textContent !== words) get(id).textContent = words;
}

/// A word to those who listen, and to those who look.
export function say(words: string) {
  put('announce', words);
  const status = get('status');
  const before = status.textContent;
  status.textContent = words;
  setTimeout(() => {
    if (status.textContent === words) status.textContent = before;
  }, 3_000);
}

/// After each task, for those who listen.
export function announce(course: Course | undefined) {
  if (!course) return;
  const at = reached(course);
  const words = course.run.config.conditions
    .map((c) => {
      const point = measuredAt(course, c, at);
      return point ? `${c}: accuracy ${point.accuracy[0].mean.toFixed(2)}` : '';
    })
    .filter(Boolean);
  put('announce', `After ${at} of ${course.run.config.tasks} tasks. ${words.join('; ')}.`);
}

export function refresh({ view, config, preset, presetId, running, exportable }: Shown) {
  for (const button of get('presets').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.value === presetId));
  }
  put('summary-of-preset', view.experiments.find((e) => e.id === presetId)?.sentence ?? '');
  if (config && preset) {
    const set = (id: string, value: number) => {
      const input = get<HTMLInputElement>(id);
      if (document.activeElement !== input) input.value = String(value);
    };
    set('seeds', config.seeds);
    set('first-seed', config.first_seed);
    for (const box of get('conditions').querySelectorAll<HTMLInputElement>('input')) {
      box.checked = config.conditions.includes(box.value as Condition);
    }
    editor.refresh(get<HTMLFormElement>('fields'), config, preset, view.problems);
  }
  const can = (id: string, yes: boolean) => {
    get<HTMLButtonElement>(id).disabled = !yes;
  };
  const invalid = view.problems.length > 0;
  const ready = !invalid && !running && view.state !== 'starting';
  can('run', ready);
  can('train', ready);
  can('pause', ['training', 'evaluating', 'paused'].includes(view.state));
  put('pause', view.state === 'paused' ? 'resume' : 'pause');
  can('step', view.state === 'paused');
  can('step-task', view.state === 'paused');
  can('reset', Boolean(view.live) && !['compiling', 'self_testing', 'loading'].includes(view.state));
  can('export', exportable);
  can('export-csv', exportable);
  put('status', view.words);
  const p = view.progress;
  get<HTMLProgressElement>('progress').value = p ? p.lane_steps / p.lane_steps_total : 0;
  const left =
    p?.seconds_left != null && view.state !== 'done' ? `, about ${Math.ceil(p.seconds_left)} s left` : '';
  put('speed', p?.lane_steps_per_second ? `${p.lane_steps_per_second.toFixed(0)} lane-steps/s${left}` : '');
  const e = view.engine;
  const kind =
    e &&
    (e.kind === 'gpu'
      ? `GPU, ${e.adapter} (WebGPU)`
      : e.kind === 'reference'
        ? `reference, ${e.adapter}`
        : e.adapter);
  put(
    'engine-badge',
    e
      ? `Engine: ${kind}; self-test ${e.self_test === null ? 'not run' : `passed (deviation ${e.self_test.toExponential(0)})`}.`
      : 'Engine: not started.',
  );
  const d = view.data;
  put(
    'data-badge',
    d
      ? `Images: ${d.name}${view.origin ? `, ${origins[view.origin]}` : ''}; ${d.train} to train, ${d.test} to test; digest ${d.digest.slice(0, 12)}.`
      : '',
  );
  const lines: string[] = [];
  if (view.failure) lines.push(view.failure.what, view.failure.meaning, view.failure.advice);
  if (view.refused) lines.push(`Refused: ${view.refused}.`, 'What was in use stays as it was.');
  if (view.notice) lines.push(...view.notice.split('\n'));
  lines.push(...view.diverged);
  if (get('alert').textContent !== lines.join('')) {
    get('alert').replaceChildren(
      ...lines.map((line) => {
        const words = document.createElement('p');
        words.textContent = line;
        return words;
      }),
    );
  }
}
