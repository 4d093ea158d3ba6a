// The controls of index.html: what each does, and when it may be pressed.
import type { Client } from '../client';
import { button, get, put } from '../dom';
import { save } from '../download';
import * as images from '../images';
import type { Format } from '../protocol';
import { reason } from '../reason';
import { type Choice, LAB, tabs } from '../state/choice';
import { isRunning, type View } from '../state/view';
import type { Drawing } from './drawing';
import type { Opening } from './opening';
import type { Runs } from './runs';
import * as status from './status';

export type Parts = { client: Client; runs: Runs; opening: Opening; drawing: Drawing };

const press = (id: string, act: () => void) => get(id).addEventListener('click', act);

/// The tabs, one for each experiment with a stored run, and the Lab.
function makeTabs(open: (id: string) => void) {
  const buttons = tabs.map(({ id, title }) =>
    button({ class: 'tab', 'data-tab': id }, title, () => open(id)),
  );
  get('tabs').replaceChildren(...buttons);
}

/// Tells what the reader does with the controls.
export function listen(parts: Parts, redraw: () => void) {
  const { client, runs, opening, drawing } = parts;
  makeTabs((id) => opening.tab(id));
  for (const id of ['train', 'run']) press(id, () => void runs.run());
  press('pause', () => runs.pause());
  press('step', () => runs.step('observe'));
  press('step-task', () => runs.step('task'));
  press('new-seed', () => runs.edit('first_seed', Math.floor(Math.random() * 1_000_000)));
  press('export', () => void takeAlong(parts, 'json'));
  press('export-csv', () => void takeAlong(parts, 'csv'));
  press('copy-command', () => void navigator.clipboard?.writeText(get('command').textContent ?? ''));
  press('share', () => {
    client.start();
    void Promise.resolve(navigator.clipboard?.writeText(location.href)).then(
      () => status.say('The link is copied: whoever opens it can make the same run.'),
      () => status.say('The link is in the address bar.'),
    );
  });
  get('spread').addEventListener('change', redraw);
  get('numbers').addEventListener('toggle', () => drawing.table());
  for (const [id, field] of [
    ['seeds', 'seeds'],
    ['first-seed', 'first_seed'],
  ] as const) {
    const input = get<HTMLInputElement>(id);
    input.addEventListener('input', () => runs.edit(field, Number(input.value)));
    input.addEventListener('focus', () => client.start());
  }
  listenForFiles(parts);
}

/// The results of the run in front as a file.
async function takeAlong({ client, opening, drawing }: Parts, format: Format) {
  const course = drawing.front;
  if (course?.kind === 'live') return client.command({ type: 'export', format });
  try {
    const file = await course?.file?.();
    if (file) saveResults(await client.ask('results', { type: 'convert', file, format }));
  } catch (error) {
    opening.refuse(`the stored results could not be loaded (${reason(error)})`);
  }
}

/// Saves a results file as the analyst has made it.
export const saveResults = (made: { file_name: string; text: string; media_type: string }) =>
  save(made.file_name, made.text, made.media_type);

/// Takes images by file input, by drop, from the mirror, or back to the page's own digits; and results files.
function listenForFiles({ client, opening }: Parts) {
  const use: Parameters<typeof images.offer>[1] = (command) => client.command(command);
  const offer = (files: FileList | null | undefined) => {
    if (files?.length) {
      images.offer([...files], use).catch((error: unknown) => opening.refuse(reason(error)));
    }
  };
  const files = get<HTMLInputElement>('files');
  files.addEventListener('change', () => offer(files.files));
  press('digits', () => use({ type: 'use_digits' }));
  const results = get<HTMLInputElement>('open-results');
  results.addEventListener('change', () => {
    const file = results.files?.[0];
    if (!file) return;
    images.plain({ name: file.name, blob: file }).then(
      (plain) => opening.file(plain),
      (error: unknown) => opening.refuse(reason(error)),
    );
  });
  const mirror = get<HTMLButtonElement>('mirror');
  put(mirror, `fetch MNIST (11 MB) from ${images.mirrorHost}`);
  mirror.addEventListener('click', () => {
    mirror.disabled = true;
    images
      .fromMirror(use)
      .catch((error: unknown) => opening.refuse(`the mirror could not be read (${reason(error)})`))
      .finally(() => {
        mirror.disabled = false;
      });
  });
  const { classList } = document.body;
  document.addEventListener('dragover', (e) => {
    e.preventDefault();
    classList.add('dropping');
  });
  document.addEventListener('dragleave', () => classList.remove('dropping'));
  document.addEventListener('drop', (e) => {
    e.preventDefault();
    classList.remove('dropping');
    offer(e.dataTransfer?.files);
  });
}

/// Says which controls may be pressed, and which tab is open.
export function refresh(view: View, { tab, stored }: Choice) {
  for (const one of get('tabs').querySelectorAll<HTMLElement>('.tab')) {
    if (one.dataset['tab'] === tab) one.setAttribute('aria-current', 'page');
    else one.removeAttribute('aria-current');
  }
  get('lab').hidden = tab !== LAB;
  const { state, live, problems } = view;
  const can = (yes: boolean, ...ids: string[]) => {
    for (const id of ids) get<HTMLButtonElement>(id).disabled = !yes;
  };
  const isPaused = state === 'paused';
  can(problems.length === 0 && !isRunning(view) && state !== 'starting', 'run', 'train');
  can(isPaused || state === 'training' || state === 'evaluating', 'pause');
  put(get('pause'), isPaused ? 'resume' : 'pause');
  can(isPaused, 'step', 'step-task');
  can(live !== undefined && !['compiling', 'self_testing', 'loading'].includes(state), 'reset');
  can(live !== undefined || stored?.file !== undefined, 'export', 'export-csv');
}
