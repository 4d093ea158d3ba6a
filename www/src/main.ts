// Wires the page: what the reader does becomes commands, what the worker says becomes the view.
import type { Command, Condition, Config, EngineChoice, Event } from './protocol';
import * as charts from './charts';
import * as data from './data';
import * as editor from './editor';
import { fold, initialView, type View } from './state';

function get<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const send = (command: Command) => worker.postMessage(command);

let view: View = initialView;
let preset: Config | undefined;
let presetId = 'quick';
let config: Config | undefined;
let drawing = false;

const running = () => ['loading', 'compiling', 'self_testing', 'training', 'evaluating'].includes(view.state);
const engine = () => get<HTMLSelectElement>('engine').value as EngineChoice;

function choose(id: string) {
  const experiment = view.experiments.find((e) => e.id === id);
  if (!experiment) return;
  presetId = id;
  preset = experiment.config;
  // Forty seeds are for the terminal; one is enough to begin with here.
  config = { ...structuredClone(preset), seeds: 1 };
  check();
}

function check() {
  if (config) send({ type: 'check', config: JSON.stringify(config) });
  refresh();
}

function edit(name: string, value: unknown) {
  if (!config) return;
  config = { ...config, [name]: value } as Config;
  check();
}

function run(paused: boolean) {
  if (!config || view.problems.length > 0) return;
  send({ type: 'run', config: JSON.stringify(config), engine: engine(), paused });
}

const primary = () => {
  if (view.state === 'paused') send({ type: 'resume' });
  else if (running()) send({ type: 'pause' });
  else run(false);
};

function step(unit: 'observe' | 'task') {
  if (view.state === 'paused') send({ type: 'step', unit });
}

const origins = { served: 'served beside this page', kept: 'kept in this browser', dropped: 'your files', mirror: 'from the mirror' };

function refresh() {
  const c = config;
  for (const button of get('presets').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.value === presetId));
  }
  get('summary-of-preset').textContent = view.experiments.find((e) => e.id === presetId)?.summary ?? '';
  if (c && preset) {
    const put = (id: string, value: number) => {
      const input = get<HTMLInputElement>(id);
      if (document.activeElement !== input) input.value = String(value);
    };
    put('seeds', c.seeds);
    put('first-seed', c.first_seed);
    for (const box of get('conditions').querySelectorAll<HTMLInputElement>('input')) {
      box.checked = c.conditions.includes(box.value as Condition);
    }
    editor.refresh(get<HTMLFormElement>('fields'), c, preset, view.problems);
  }
  const invalid = view.problems.length > 0;
  const can = (id: string, yes: boolean) => {
    get<HTMLButtonElement>(id).disabled = !yes;
  };
  const busy = running();
  can('run', Boolean(c) && !invalid && !busy && view.state !== 'starting');
  can('pause', ['training', 'evaluating', 'paused'].includes(view.state));
  get('pause').textContent = view.state === 'paused' ? 'resume' : 'pause';
  can('step', view.state === 'paused');
  can('step-task', view.state === 'paused');
  can('reset', Boolean(view.run) && !['compiling', 'self_testing', 'loading'].includes(view.state));
  can('export', Boolean(view.run));
  get('status').textContent = view.words;
  const p = view.progress;
  get<HTMLProgressElement>('progress').value = p ? p.lane_steps / p.lane_steps_total : 0;
  const left = p?.seconds_left != null && view.state !== 'done' ? `, about ${Math.ceil(p.seconds_left)} s left` : '';
  get('speed').textContent = p?.lane_steps_per_second ? `${p.lane_steps_per_second.toFixed(0)} lane-steps/s${left}` : '';
  const e = view.engine;
  get('engine-badge').textContent = e
    ? `Engine: ${e.kind === 'gpu' ? `GPU, ${e.adapter} (WebGPU)` : e.kind === 'reference' ? `reference, ${e.adapter}` : e.adapter}; self-test ${
        e.self_test === null ? 'not run' : `passed (deviation ${e.self_test.toExponential(0)})`
      }.`
    : 'Engine: not chosen yet.';
  const d = view.data;
  get('data-badge').textContent = d
    ? `Images: ${d.name}${view.origin ? `, ${origins[view.origin]}` : ''}; ${d.train} to train, ${d.test} to test; digest ${d.digest.slice(0, 12)}.`
    : 'Images: none yet.';
  const lines: string[] = [];
  if (view.failure) lines.push(view.failure.what, view.failure.meaning, view.failure.advice);
  if (view.refused) lines.push(`These files were refused: ${view.refused}.`, 'The images in use stay as they were.');
  if (view.notice) lines.push(...view.notice.split('\n'));
  lines.push(...view.lost);
  // Written only when it changes, so that it is read out once.
  if (get('alert').innerText !== lines.join('\n')) {
    get('alert').replaceChildren(
      ...lines.map((line) => {
        const p = document.createElement('p');
        p.textContent = line;
        return p;
      }),
    );
  }
}

function redraw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    charts.draw(view);
    charts.table(view);
  });
}

function download(name: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function catalog() {
  get('presets').replaceChildren(
    ...view.experiments.map((e) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.value = e.id;
      button.textContent = e.title;
      button.title = e.summary;
      button.addEventListener('click', () => choose(e.id));
      return button;
    }),
  );
  const names = view.fields.find((f) => f.name === 'conditions')?.kind;
  if (names?.kind === 'set') {
    for (const name of names.options) {
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.value = name;
      box.addEventListener('change', () => {
        const boxes = get('conditions').querySelectorAll<HTMLInputElement>('input:checked');
        edit('conditions', [...boxes].map((b) => b.value));
      });
      label.append(box, ` ${name}`);
      get('conditions').append(label);
    }
  }
  editor.build(get<HTMLFormElement>('fields'), view.fields, edit);
  choose('quick');
}

worker.onmessage = (message: MessageEvent<Event>) => {
  const event = message.data;
  // An answer about a configuration that has been changed since says nothing.
  if (event.type === 'checked' && event.config !== JSON.stringify(config)) return;
  view = fold(view, event);
  if (event.type === 'catalog') catalog();
  if (event.type === 'results') download(event.file_name, event.json);
  if (event.type === 'data' && event.info.kind === 'mnist') void data.keep().catch(() => undefined);
  refresh();
  if (['started', 'summary', 'done', 'catalog'].includes(event.type)) redraw();
};
worker.onerror = (event) => {
  view = {
    ...view,
    state: 'failed',
    words: 'The training program could not be loaded.',
    failure: {
      what: `The training program could not be loaded: ${event.message}`,
      meaning: 'Nothing can be trained in this page.',
      advice: 'Reload it in a current browser.',
    },
  };
  refresh();
};

get('run').addEventListener('click', () => run(false));
get('pause').addEventListener('click', () => send({ type: view.state === 'paused' ? 'resume' : 'pause' }));
get('step').addEventListener('click', () => step('observe'));
get('step-task').addEventListener('click', () => step('task'));
get('reset').addEventListener('click', () => send({ type: 'reset' }));
get('export').addEventListener('click', () => send({ type: 'export' }));
get('new-seed').addEventListener('click', () => edit('first_seed', Math.floor(Math.random() * 1_000_000)));
for (const [id, name] of [['seeds', 'seeds'], ['first-seed', 'first_seed']] as const) {
  get<HTMLInputElement>(id).addEventListener('input', (e) => edit(name, Number((e.target as HTMLInputElement).value)));
}
const use = (command: Command) => send(command);
get<HTMLInputElement>('files').addEventListener('change', (e) => {
  const input = e.target as HTMLInputElement;
  if (input.files?.length) void data.offer([...input.files], use);
});
const mirror = get<HTMLButtonElement>('mirror');
mirror.textContent = `fetch MNIST (11 MB) from ${data.MIRROR.host}`;
mirror.addEventListener('click', () => {
  mirror.disabled = true;
  data
    .fromMirror(use)
    .catch((error: unknown) => {
      view = { ...view, refused: `the mirror could not be read (${error instanceof Error ? error.message : String(error)})` };
      refresh();
    })
    .finally(() => (mirror.disabled = false));
});
document.addEventListener('dragover', (e) => {
  e.preventDefault();
  document.body.classList.add('dropping');
});
document.addEventListener('dragleave', () => document.body.classList.remove('dropping'));
document.addEventListener('drop', (e) => {
  e.preventDefault();
  document.body.classList.remove('dropping');
  if (e.dataTransfer?.files.length) void data.offer([...e.dataTransfer.files], use);
});
document.addEventListener('keydown', (e) => {
  const typing = e.target instanceof HTMLElement && e.target.closest('input, select, button, summary, textarea');
  if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === ' ') {
    e.preventDefault();
    primary();
  } else if (e.key === 'ArrowRight') step('observe');
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

send({ type: 'hello' });
refresh();
charts.draw(view);
void data.begin(use);
