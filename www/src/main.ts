// Wires the page: what the reader does becomes commands, what the worker says becomes the view.

import type { Picture } from './charts';
import * as claims from './claims';
import { alike, type Course, measuredAt, reached, type Spread, storedCourse, twins } from './course';
import * as data from './data';
import { save } from './download';
import * as editor from './editor';
import { accuracy, dark, percent, rate, same } from './format';
import { Inspector } from './inspector';
import * as client from './legacy';
import { Lesions } from './lesions';
import { Network, type Selected } from './network';
import type { Config, EngineChoice, File, Format, Response } from './protocol';
import { reason } from './reason';
import * as schematics from './schematics';
import { fold, initialView, type View } from './state';
import * as status from './status';
import * as store from './store';
import { Time } from './time';
import { Trace } from './trace';

function get<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

type Tab = 'figure1' | 'figure2' | 'figure3' | 'lab';

let view: View = initialView;
let tab: Tab = 'figure2';
let presetId = 'figure2';
/// What Run runs; known once the worker has told its presets.
let config: Config | undefined;
let stored: Course | undefined;
let fragment = '';
/// What was asked for before the worker could answer.
let wanted: { run: boolean; link?: string } = { run: false };
/// The results file that was last given to be opened.
let opening: File | undefined;
/// The handle follows a run until the reader takes it.
let follow = true;

const running = () => ['loading', 'compiling', 'self_testing', 'training', 'evaluating'].includes(view.state);
const preset = () => view.experiments.find((e) => e.id === presetId);
const quiet = matchMedia('(prefers-reduced-motion: reduce)');

/// The run in front: this machine's where there is one for what is chosen, else the stored one.
function front(): Course | undefined {
  const { live } = view;
  if (live && (tab === 'lab' || presetOf(live) === tab)) return live;
  return tab === 'lab' ? (live ?? stored) : stored;
}

/// The figure a run belongs to by its shape.
function presetOf(course: Course): Tab {
  const { hidden, pathways } = course.run.config;
  return pathways ? 'figure3' : hidden.length === 2 ? 'figure1' : hidden.length === 4 ? 'figure2' : 'lab';
}

const behind = (course: Course | undefined) =>
  stored && course && course !== stored && alike(stored, course) ? stored : undefined;

const spread = () => get<HTMLSelectElement>('spread').value as Spread;

const network = new Network(get('network'), {
  select: (selected) => {
    askWeights(selected);
    showInspector();
  },
  cut: (lesion) => lesions.choose(lesion),
});
const inspector = new Inspector(get('inspector'), { probe: (probe) => client.send({ watch: { probe } }) });
const lesions = new Lesions(() => redraw());
const trace = new Trace((lane) => {
  if (front()?.kind === 'live') client.send({ trace: { lane } });
  else {
    trace.take(lane);
    redraw();
  }
});
const time = new Time({
  moved: (_, byHand) => {
    if (byHand) follow = false;
    redraw();
    if (byHand) keepLink();
  },
});

function askWeights({ layer, unit }: Selected) {
  const course = front();
  if (layer !== 0 || unit === null || course?.kind !== 'live') return;
  for (const { index } of twins(course)) {
    if (!view.receptive[`${index} ${unit}`]) client.send({ receptive: { lane: index, unit } });
  }
}

function showInspector() {
  const course = front();
  if (!course) return;
  // Pathways are tall: what is looked at closer stands beside them, so that time stays in view.
  inspector.place(get(course.run.config.pathways && innerWidth > 1180 ? 'inspect-right' : 'inspector'));
  const { selected, layers } = network.inspected();
  inspector.show(course, selected, layers, view.receptive);
}

// Charts come after the first picture.
type Charts = { charts: typeof import('./charts'); panels: typeof import('./panels') };
let charts: Charts | undefined;
async function loadCharts() {
  const [one, two] = await Promise.all([import('./charts'), import('./panels')]);
  charts = { charts: one, panels: two };
  redraw();
}

let drawing = false;
let isAnswer = false;
/// Draws with the next frame. What the reader did is answered in that frame; news of a run fill in piece by piece.
function redraw(by: 'reader' | 'run' = 'reader') {
  isAnswer ||= by === 'reader';
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw(isAnswer);
    isAnswer = false;
  });
}

/// What was drawn last below the network, so that a look alone redraws only cells.
let drawn: unknown[] = [];

function draw(atOnce: boolean) {
  const course = front();
  get('source-badge').textContent = course?.kind === 'live' ? 'this machine' : 'stored run';
  if (!course) return;
  const seeds = course.run.config.seeds;
  get('network-words').textContent =
    `seed ${course.run.lanes[0].seed}${seeds > 1 ? ` of ${seeds}` : ''}, ${course.data?.name ?? ''}`;
  const live = course.kind === 'live';
  const limit = reached(course);
  if (live && follow && !time.isPlaying && time.at !== limit) time.at = limit;
  time.set(course.run.config.tasks, limit, course.strip ?? stored?.strip);
  const { at } = time;
  lesions.show(course, at);
  trace.show(course);
  network.show(course, at, live && at === limit, lesions.chosen);
  showInspector();
  callout(course, at);
  const back = behind(course);
  const now = [
    course.summary,
    course.records,
    course.claims,
    course.traces,
    back,
    at,
    spread(),
    tab,
    lesions.chosen,
    charts,
    innerWidth,
    dark.matches,
  ];
  if (same(now, drawn)) return;
  drawn = now;
  get<HTMLInputElement>('at').value = String(at);
  time.paint();
  if (!time.isPlaying) claims.draw(course, back);
  get('panels-source').textContent = live
    ? back
      ? 'This run in front; the stored forty seeds behind it, pale.'
      : 'This run. The stored one has other images or settings, so it is not shown behind it.'
    : `The stored run of ${seeds} seeds, on ${course.data?.name ?? ''}.`;
  if (!charts) return;
  const picture = { front: course, behind: back, at, spread: spread() };
  const pieces = charts.charts.draw(picture);
  if (atOnce || time.isPlaying) while (!pieces.next().done);
  // While the pass plays only what is beside the network follows.
  if (!time.isPlaying) fillIn(picture, charts, pieces);
}

/// What is left of the charts, and what stands below them, comes after the frame, piece by piece: the reader is let in
/// between.
let rest: Generator<void> | undefined;
function fillIn(picture: Picture, { charts, panels }: Charts, pieces: Generator<void>) {
  const waits = rest !== undefined;
  rest = (function* () {
    yield* pieces;
    yield* panels.draw(picture, tab);
    schematics.draw(picture.front, picture.at);
    yield;
    if (get<HTMLDetailsElement>('numbers').open) charts.table(picture.front);
  })();
  if (waits) return;
  const piece = () => {
    const turn = rest;
    // A piece that fails must not keep later ones from being drawn.
    rest = undefined;
    if (!turn || turn.next().done) return;
    rest = turn;
    setTimeout(piece, 0);
  };
  // A frame's own task, so that what was drawn for it is seen first.
  requestAnimationFrame(() => setTimeout(piece, 0));
}

/// One sentence on what is to be seen, with the numbers shown.
function callout(course: Course, at: number) {
  const place = get('callout');
  const say = (words: string) => {
    if (place.textContent !== words) place.textContent = words;
  };
  if (time.isPlaying) return;
  const [base, meta] = (['baseline', 'meta'] as const).map((c) => measuredAt(course, c, at));
  const { run } = course;
  if (!base || !meta || base.tasks_learned !== at) return say('');
  if (at === 0) return say('Untrained, the twins are identical, cell for cell.');
  const top = run.layers.length - (run.config.pathways ? 2 : 1);
  const name = run.layers[top];
  const cut = lesions.words(course, at);
  if (cut) return say(cut);
  const learns = (l: number) => {
    const alpha = meta.alpha[run.layer_matrix[l]].mean;
    return alpha <= 0 ? `${run.layers[l]} is frozen` : `${run.layers[l]} learns at ${rate(alpha)}`;
  };
  const back = course.kind === 'stored' && at === run.config.tasks ? ' Drag the handle back to task 0.' : '';
  const heads = run.heads.map(
    (h, i) =>
      `${run.heads.length > 1 ? `${h} ` : ''}accuracy ${accuracy(meta.accuracy[i].mean, i)} against ${accuracy(base.accuracy[i].mean, i)}`,
  );
  say(
    `After ${at} tasks meta keeps ${percent(meta.active[top].mean)} of ${name} active, baseline ${percent(base.active[top].mean)}; in meta ${learns(top)}, ${learns(0)}. Its ${heads.join(', ')}. Nothing rewarded silence.${back}`,
  );
}

/// Shows a figure, or the Lab.
async function open(next: Tab, id: string = next === 'lab' ? presetId : next) {
  tab = next;
  presetId = id;
  for (const button of document.querySelectorAll<HTMLButtonElement>('.tab')) {
    if (button.dataset['tab'] === tab) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
  }
  get('lab').hidden = tab !== 'lab';
  if (tab === 'lab') client.start();
  refresh();
  const figure = tab === 'lab' ? (id === 'figure1' || id === 'figure3' ? id : 'figure2') : tab;
  try {
    const course = await store.figure(figure);
    if (tab !== next || presetId !== id) return;
    stored = course;
    refresh();
    if (front() === stored) time.move(course.run.config.tasks);
  } catch (error) {
    view = { ...view, refused: `The stored run could not be loaded (${reason(error)}).` };
    refresh();
  }
  redraw();
}

function choose(id: string) {
  presetId = id;
  const found = preset();
  if (!found) return;
  // Forty seeds are for the terminal; one is enough to begin with here.
  config = { ...structuredClone(found.config), seeds: 1 };
  check();
}

function check() {
  if (config) client.send({ check: { config: JSON.stringify(config) } });
  keepLink();
  refresh();
}

/// Keeps the address in step with what is chosen.
function keepLink() {
  if (!config || !client.isStarted()) return;
  client.send({ write_link: { config: JSON.stringify(config), at: follow ? null : time.at } });
}

function edit(name: string, value: unknown) {
  if (!config) return;
  config = { ...config, [name]: value } as Config;
  check();
}

function run() {
  if (!config || view.data === undefined) {
    wanted = { ...wanted, run: true };
    // Where the program could not be loaded, its images are asked for again, and it with them.
    if (view.state === 'failed') void data.begin(client.send);
    else client.start();
    return;
  }
  if (view.problems.length > 0) return;
  follow = true;
  time.stop();
  client.send({
    run: {
      config: JSON.stringify(config),
      engine: get<HTMLSelectElement>('engine').value as EngineChoice,
      paused: false,
    },
  });
}

function primary() {
  if (view.state === 'paused') client.send('resume');
  else if (running()) client.send('pause');
  else run();
}

function step(unit: 'observe' | 'task') {
  if (view.state === 'paused') client.send({ step: { unit } });
}

function refresh() {
  status.refresh({
    view,
    config,
    preset: preset()?.config,
    presetId,
    running: running(),
    exportable: view.live !== undefined || stored?.file !== undefined,
  });
}

function catalog() {
  editor.presets(get('presets'), view.experiments, (id) => {
    choose(id);
    void open('lab', id);
  });
  editor.conditions(get('conditions'), view.fields, (list) => edit('conditions', list));
  editor.build(get<HTMLFormElement>('fields'), view.fields, edit);
  if (wanted.link !== undefined) {
    client.send({ read_link: { fragment: wanted.link } });
    wanted = { run: wanted.run };
  } else choose(presetId);
}

/// Opens what a link holds; what can't be read says so, and the nearest preset stands there.
function linked(event: Extract<Response, { type: 'link_read' }>) {
  const found = event.link;
  if (!found) {
    view = {
      ...view,
      refused: `The link could not be opened: ${event.problem ?? ''}. The nearest preset is shown instead`,
    };
    choose(event.preset);
    void open(isFigure(event.preset) ? event.preset : 'lab', event.preset);
    return;
  }
  presetId = found.preset;
  config = found.config;
  const plain = preset()?.config;
  const own = plain && editor.settings(plain, config).length === 0;
  get<HTMLInputElement>('seeds').value = String(config.seeds);
  check();
  void open(own && isFigure(found.preset) ? found.preset : 'lab', found.preset).then(() => {
    if (found.at !== null) {
      follow = false;
      time.move(found.at);
      keepLink();
    }
  });
}

function refuse(reason: string) {
  view = { ...view, refused: reason };
  refresh();
}

/// The results of the run in front as a file.
async function takeAlong(format: Format) {
  const course = front();
  if (course?.kind === 'live') return client.send({ export: { format } });
  try {
    const file = await course?.file?.();
    if (file) client.send({ convert: { file, format } });
  } catch (error) {
    refuse(`the stored results could not be loaded (${reason(error)})`);
  }
}

const isFigure = (id: string): id is Tab => ['figure1', 'figure2', 'figure3'].includes(id);

client.listen({
  started: () => {
    view = { ...view, state: 'starting', words: 'Loading the training program.' };
    void data.begin(client.send);
    refresh();
  },
  news: (event) => {
    // An answer about a configuration that has been changed since says nothing.
    if (event.type === 'checked' && event.config !== JSON.stringify(config)) return;
    view = fold(view, event);
    switch (event.type) {
      case 'catalog':
        catalog();
        break;
      case 'results':
        save(event.file_name, event.text, event.media_type);
        break;
      case 'link':
        fragment = event.fragment ?? '';
        history.replaceState(null, '', `#${fragment}`);
        get('command').textContent = `metacls run '#${fragment.replace(/&at=\d+$/, '')}'`;
        break;
      case 'link_read':
        linked(event);
        break;
      case 'opened': {
        const { type: _, ...held } = event;
        const file = opening;
        stored = { ...storedCourse(held), ...(file && { file: () => Promise.resolve(file) }) };
        tab = presetOf(stored);
        view = { ...view, live: undefined };
        time.move(reached(stored));
        break;
      }
      case 'data':
        if (event.info.kind === 'mnist') void data.keep().catch(() => undefined);
        break;
      case 'traced':
        trace.take(event.lane);
        break;
      case 'summary':
        status.announce(view.live);
        break;
    }
    if (wanted.run && config && view.data) {
      wanted = { run: false };
      run();
    }
    refresh();
    redraw('run');
  },
  failed: (message) => {
    view = {
      ...view,
      state: 'failed',
      words: 'The training program could not be loaded.',
      failure: {
        what: `The training program could not be loaded: ${message}`,
        meaning: 'Nothing can be trained in this page; the stored runs stay.',
        advice: 'Reload it in a current browser.',
      },
    };
    refresh();
  },
});

for (const button of document.querySelectorAll<HTMLButtonElement>('.tab')) {
  button.addEventListener('click', () => {
    const next = button.dataset['tab'] as Tab;
    if (next !== 'lab' && view.experiments.length > 0) choose(next);
    follow = true;
    void open(next);
  });
}
get('train').addEventListener('click', run);
get('run').addEventListener('click', run);
get('pause').addEventListener('click', () => client.send(view.state === 'paused' ? 'resume' : 'pause'));
get('step').addEventListener('click', () => step('observe'));
get('step-task').addEventListener('click', () => step('task'));
get('reset').addEventListener('click', () => {
  follow = true;
  client.send('reset');
});
get('export').addEventListener('click', () => void takeAlong('json'));
get('export-csv').addEventListener('click', () => void takeAlong('csv'));
get('new-seed').addEventListener('click', () => edit('first_seed', Math.floor(Math.random() * 1_000_000)));
get('spread').addEventListener('change', () => redraw());
get('numbers').addEventListener('toggle', () => {
  const course = front();
  if (course) charts?.charts.table(course);
});
get('copy-command').addEventListener(
  'click',
  () => void navigator.clipboard?.writeText(get('command').textContent ?? ''),
);
get('share').addEventListener('click', () => {
  client.start();
  const copy = () => navigator.clipboard?.writeText(location.href);
  void Promise.resolve(copy()).then(
    () => status.say('The link is copied: whoever opens it can make the same run.'),
    () => status.say('The link is in the address bar.'),
  );
});
for (const [id, name] of [
  ['seeds', 'seeds'],
  ['first-seed', 'first_seed'],
] as const) {
  get<HTMLInputElement>(id).addEventListener('input', (e) =>
    edit(name, Number((e.target as HTMLInputElement).value)),
  );
  get<HTMLInputElement>(id).addEventListener('focus', () => void client.start());
}
data.listen(
  client.send,
  (file) => {
    opening = file;
    client.send({ open: { file } });
  },
  refuse,
);
document.addEventListener('keydown', (e) => {
  const typing =
    e.target instanceof HTMLElement && e.target.closest('input, select, button, summary, textarea, canvas');
  if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === ' ') {
    e.preventDefault();
    primary();
  } else if (e.key === 'ArrowRight') step('observe');
});
dark.addEventListener('change', () => redraw());
addEventListener('resize', () => redraw());
addEventListener('hashchange', () => {
  const next = location.hash.slice(1);
  if (next !== fragment && next !== '') {
    if (client.isStarted()) client.send({ read_link: { fragment: next } });
    else begin();
  }
});

function begin() {
  const hash = location.hash.slice(1);
  if (hash !== '') {
    wanted = { run: false, link: hash };
    client.start();
    return;
  }
  void open('figure2').then(() => {
    performance.mark('first-picture');
    if (!quiet.matches) {
      time.move(0);
      time.play();
    }
    void loadCharts();
  });
}

refresh();
begin();
if (location.hash !== '') void loadCharts();
