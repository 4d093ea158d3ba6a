// The controls of index.html: what each does, and when it may be pressed.

import type { Client } from '../client';
import { get, put } from '../dom';
import { save } from '../download';
import type { Exports } from '../exports';
import type { Images } from '../images';
import type { Format } from '../protocol';
import { reason } from '../reason';
import type { Choice } from '../state/choice';
import { type About, isRunning, type View } from '../state/view';
import { LAB } from '../tabs';
import type { Address } from './address';
import { copied, select } from './copying';
import type { Drawing } from './drawing';
import { saveEverything } from './everything';
import * as given from './given';
import { listen as listenForImages } from './offer';
import type { Opening } from './opening';
import type { Runs } from './runs';

export type Parts = {
  client: Client;
  exports: Exports;
  runs: Runs;
  opening: Opening;
  drawing: Drawing;
  images: Images;
  address: Address;
  /// Takes notices away.
  dismiss(...about: About[]): void;
};

const press = (id: string, act: () => void) => get(id).addEventListener('click', act);

/// Tells what the reader does with the controls.
export function listen(parts: Parts, redraw: () => void) {
  const { client, runs, opening, drawing } = parts;
  for (const one of get('tabs').querySelectorAll<HTMLElement>('.tab')) {
    one.addEventListener('click', () => void opening.tab(one.dataset['tab'] ?? LAB));
  }
  for (const id of ['train', 'run']) press(id, () => void runs.run());
  press('pause', () => runs.pause());
  press('step', () => runs.step('observe'));
  press('step-task', () => runs.step('task'));
  press('new-seed', () => runs.edit('first_seed', Math.floor(Math.random() * 1_000_000)));
  press('export', () => void takeAlong(parts, 'json'));
  press('export-csv', () => void takeAlong(parts, 'csv'));
  press('export-all', () => void takeEverything(parts));
  press('measure', () => void runs.bench());
  for (const [id, code, said] of [
    ['copy-command', 'command', 'copied'],
    ['copy-sweep', 'sweep-command', 'sweep-copied'],
  ] as const) {
    press(id, () => {
      const command = get(code);
      void copied(command.textContent ?? '').then((is) => {
        if (!is) select(command);
        put(get(said), is ? 'copied' : 'could not be copied; it is selected: use your keys');
      });
    });
  }
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
async function takeAlong({ client, exports, opening, drawing }: Parts, format: Format) {
  const course = drawing.front;
  if (course?.kind === 'live') return takeLive(exports, opening, format);
  try {
    const file = await course?.file?.();
    if (file) saveResults(await client.ask('results', { type: 'convert', file, format }));
  } catch (error) {
    opening.notify('stored', `The stored results could not be loaded (${reason(error)}).`);
  }
}

async function takeLive(exports: Exports, opening: Opening, format: Format) {
  try {
    saveResults(await exports.ask(format));
  } catch (error) {
    const words = `The results could not be saved: ${reason(error)}.`;
    opening.notify('stored', words, 'Ask again, for the run that is there now.');
  }
}

/// Everything of the run in front as one file.
async function takeEverything(parts: Parts) {
  const course = parts.drawing.front;
  try {
    if (course) await saveEverything(course, parts);
  } catch (error) {
    const words = `The ZIP file could not be made (${reason(error)}).`;
    parts.opening.notify('stored', words, 'Nothing is lost: press it again, or take the results alone.');
  }
}

/// Saves a results file as the analyst has made it.
export const saveResults = (made: { file_name: string; text: string; media_type: string }) =>
  save(made.file_name, made.text, made.media_type);

/// Takes files by input or by drop, whatever they are, and the reader's choice of images.
function listenForFiles(parts: Parts) {
  const { opening, images, dismiss } = parts;
  const take = async (files: Promise<given.Given[]>) => {
    dismiss('files', 'images');
    const said = await given.used(files, parts);
    if (said.length > 0) opening.notify('files', ...said);
  };
  for (const id of ['files', 'folder', 'open-results']) {
    const input = get<HTMLInputElement>(id);
    input.addEventListener('change', () => {
      const files = given.chosen(input.files ?? []);
      // So that the same file, mended, can be chosen again.
      input.value = '';
      if (files.length > 0) void take(Promise.resolve(files));
    });
  }
  listenForImages(images, { dismiss, notify: (...what) => opening.notify(...what) });
  const { classList } = document.body;
  document.addEventListener('dragover', (e) => {
    e.preventDefault();
    classList.add('dropping');
  });
  document.addEventListener('dragleave', () => classList.remove('dropping'));
  document.addEventListener('drop', (e) => {
    e.preventDefault();
    classList.remove('dropping');
    if (e.dataTransfer) void take(given.dropped(e.dataTransfer));
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
  const isFree = !isRunning(view) && state !== 'starting' && view.bench !== 'measuring';
  can(problems.length === 0 && isFree, 'run', 'train', 'measure');
  can(isPaused || state === 'training' || state === 'evaluating', 'pause');
  put(get('pause'), isPaused ? 'resume' : 'pause');
  can(isPaused, 'step', 'step-task');
  can(live !== undefined && !['compiling', 'self_testing', 'loading'].includes(state), 'reset');
  can(live !== undefined || stored?.file !== undefined, 'export', 'export-csv', 'export-all');
}
