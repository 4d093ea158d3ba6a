// Wires the page: what the reader does becomes commands, what the worker tells becomes the view.
import { opening as openingExperiment } from './catalog';
import { Client } from './client';
import { imageLayer } from './course';
import { get } from './dom';
import { Exports } from './exports';
import { Images } from './images';
import { Address } from './page/address';
import { Checks } from './page/check';
import * as contents from './page/contents';
import * as controls from './page/controls';
import { Drawing } from './page/drawing';
import * as editor from './page/editor';
import * as embed from './page/embed';
import { Forks } from './page/forks';
import { KeptRuns } from './page/kept';
import * as keyboard from './page/keyboard';
import { Offer } from './page/offer';
import { Offline } from './page/offline';
import { Opening } from './page/opening';
import { Printing } from './page/printing';
import * as projector from './page/projector';
import { Runs } from './page/runs';
import { Scheduler } from './page/scheduler';
import { Share } from './page/share';
import { Showing } from './page/showing';
import * as status from './page/status';
import { Sweeps } from './page/sweeps';
import { SweepsAndForks } from './page/sweeps-and-forks';
import * as terms from './page/terms';
import * as title from './page/title';
import { Tour } from './page/tour';
import * as benchPane from './panes/bench';
import { Inspector } from './panes/inspector';
import * as lastPane from './panes/last';
import { Lesions } from './panes/lesions';
import { Network } from './panes/network';
import * as sweepForm from './panes/sweep-form';
import { Time } from './panes/time';
import { Trace } from './panes/trace';
import * as whatIfPane from './panes/what-if';
import type { Command, Probe } from './protocol';
import { reason } from './reason';
import { claimOf, unchecked } from './state/check';
import { initialChoice } from './state/choice';
import { noForks } from './state/fork';
import { Store } from './state/store';
import { noSweeps } from './state/sweep';
import { type About, dismiss, fold, initialView, ready, receptiveKey, starting, stop } from './state/view';
import { LAB } from './tabs';
import { dark, onScale } from './theme';
import type { RunEvent } from './wire';

const view = new Store(initialView);
const choice = new Store(initialChoice);
const client = new Client(() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
const command = (what: Command) => client.command(what);
const away = (...about: About[]) => view.update((now) => dismiss(now, ...about));
const images = new Images({ use: command, say: (lines) => opening.notify('images', ...lines) });
const scheduler = new Scheduler((atOnce) => {
  drawing.draw(atOnce);
  title.refresh(choice.get(), drawing.front, time.at);
  sweepsAndForks.refreshFork();
});
const redraw = () => scheduler.redraw();

const time = new Time({
  moved: (_, byHand) => {
    // A pass that plays leaves the reader room between its pieces.
    if (!byHand) return scheduler.redraw('run');
    choice.update((now) => ({ ...now, follows: false }));
    redraw();
    address.keep();
  },
});
const network = new Network(get('network'), {
  select: ({ layer, unit }) => {
    const course = drawing.front;
    if (course && unit !== null && layer === imageLayer(course.run)) askWeights(unit);
    drawing.inspect();
  },
  cut: (lesion) => lesions.choose(lesion),
});
const inspector = new Inspector(get('inspector'), { probe: (probe) => showing.probed(probe) });
const lesions = new Lesions(redraw);
const trace = new Trace((lane) => {
  if (drawing.front?.kind === 'live') return command({ type: 'trace', lane });
  trace.take(lane);
  redraw();
});
const drawing = new Drawing(view, choice, { network, inspector, lesions, trace, time }, (pieces) =>
  scheduler.fill(pieces),
);
const watch = (probe: Probe) => command({ type: 'watch', probe });
const showing = new Showing({ choice, network, lesions, time, watch, front: () => drawing.front });
const check = new Store(unchecked);
const sweepState = new Store(noSweeps);
const forkState = new Store(noForks);
const address = new Address(
  client,
  choice,
  () => showing.shown,
  (config) => claimOf(check.get(), config),
  () => (drawing.front?.kind === 'live' && drawing.front.data?.kind === 'digits' ? 'digits' : null),
  () => (sweeps.isPlanned ? choice.get().vary : []),
);
const runs = new Runs(client, view, choice, images, new Offer(images, view), {
  changed: () => address.keep(),
  begins: () => {
    tour.give();
    choice.update((now) => ({ ...now, follows: true, seesStored: false }));
    time.stop();
  },
});
const exports = new Exports(client);
const sweeps = new Sweeps(client, view, choice, sweepState, runs, exports, {
  planned: () => address.keep(),
  seen: () => {
    get<HTMLDetailsElement>('sweep-points').open = false;
    get('sweep-shown').scrollIntoView({ block: 'start' });
  },
});
const forks = new Forks(client, view, forkState, runs, exports, {
  seen: () => get('fork-shown').scrollIntoView({ block: 'start' }),
});
const sweepsAndForks = new SweepsAndForks({
  view,
  choice,
  sweepState,
  forkState,
  sweeps,
  forks,
  drawing,
  time,
});
const checks = new Checks(client, view, choice, check, runs, exports, () => drawing.front);
const opening = new Opening(client, view, choice, runs, time, {
  redraw,
  show: (shown) => {
    showing.show(shown);
    redraw();
  },
  tour: (step) => void tour.open(step),
  keepLink: () => address.keep(),
  sweep: (sweep, text) => sweeps.show(sweep, text),
  fork: (fork, text) => forks.show(fork, text),
  claimed: (config, expected, numbers) => checks.claim(config, expected, numbers),
});

const tour = new Tour(choice, opening, showing, time, () => {
  // The address follows.
  runs.check();
  redraw();
});

const printing = new Printing({
  front: () => drawing.front,
  draw: () => drawing.whole(),
  redraw,
  linkOf: (run) => address.of(run),
  page: address.page,
});
const kept = new KeptRuns(client, view, runs, opening);
const offline = new Offline((...lines) => opening.notify('version', ...lines));

/// Asks for a unit's weights in both networks, where they are of this machine and not at hand yet.
function askWeights(unit: number) {
  for (const lane of drawing.liveLanes) {
    if (!view.get().receptive[receptiveKey(lane, unit)]) command({ type: 'receptive', lane, unit });
  }
}

function refresh() {
  status.refresh(view.get());
  controls.refresh(view.get(), choice.get());
  editor.refresh(choice.get(), view.get());
  lastPane.draw(drawing.front, view.get().last, view.get().fields);
  benchPane.draw(view.get());
  checks.draw();
  sweepsAndForks.refresh();
}

function tell(event: RunEvent) {
  view.update((now) => fold(now, event));
  if (event.type === 'results') exports.take(event);
  if (event.type === 'not_exported') exports.refuse(event.number);
  if (event.type === 'started') void printing.learn(event.run);
  checks.tell(event);
  sweeps.tell(event);
  forks.tell(event);
  if (event.type === 'traced') trace.take(event.lane);
  if (event.type === 'data') images.taken(event);
  if (event.type === 'data_refused' && !images.refused(event)) {
    opening.notify('files', `Refused: ${event.reason}.`, 'What was in use stays as it was.');
  }
  if (event.type === 'state') kept.draw();
  const { live } = view.get();
  if (event.type === 'summary' && live) status.announce(live);
  runs.runWanted();
  scheduler.redraw('run');
}

/// Whether what the page was opened with is read.
let isRead = false;

/// The analyst has come: its fields make the editor, and what the page was opened with is read.
async function meet() {
  const { fields } = await client.ask('catalog', { type: 'hello' });
  view.update((now) => ready(now, fields));
  const choose = (id: string) => {
    away('link');
    runs.choose(id);
    void opening.show(LAB, id);
  };
  const change = (name: string, value: unknown) => {
    away('link');
    runs.edit(name, value);
  };
  editor.build(fields, change, choose);
  sweepForm.build(fields, () => choice.get().config, {
    change: (vary) => {
      choice.update((now) => ({ ...now, vary }));
      address.keep();
    },
    seeds: (count) => change('seeds', count),
    begin: () => void sweeps.begin(),
  });
  const { fragment } = address;
  if (fragment !== '') await address.opens(opening.link(fragment));
  else runs.check();
  isRead = true;
  runs.runWanted();
  refresh();
}

client.listen({
  started: () => {
    view.update(starting);
    void images.begin();
    void meet();
  },
  event: tell,
  keeper: (news) => kept.told(news),
  failed: (words) => {
    images.stopped(words.what);
    view.update((now) => stop(now, words));
    if (!isRead && !drawing.front) void opening.unread(address.fragment);
  },
});
view.listen(refresh);
choice.listen(refresh);
choice.listen(() => sweeps.check());
check.listen(refresh);
controls.listen({ client, exports, runs, opening, drawing, images, address, dismiss: away }, redraw);
new Share(address, {
  isThrough: () => checks.finished !== undefined,
  isOwn: () => drawing.front?.kind === 'live',
  outcome: () => checks.outcome(),
  view: () => title.viewOf(choice.get(), drawing.front, time.at),
});
get('other-run').addEventListener('click', () => {
  time.stop();
  choice.update((now) => ({ ...now, seesStored: !now.seesStored }));
  redraw();
});
get('check-run').addEventListener('click', () => checks.again());
get('check-claim').addEventListener('click', () => void runs.run());
status.listen({ dismiss: away, reload: () => void offline.reload() });
get('reset').addEventListener('click', () => {
  choice.update((now) => ({ ...now, follows: true, seesStored: false }));
  runs.reset();
});
keyboard.listen({ space: () => runs.primary(), arrowRight: () => runs.step('observe') });
printing.listen();
dark.addEventListener('change', redraw);
addEventListener('resize', redraw);
onScale(redraw);
address.listen((fragment) => {
  tour.end();
  // Back before the first link the page is as it was opened.
  if (fragment === '') return void address.opens(opening.tab(openingExperiment.id));
  if (client.isStarted) void address.opens(opening.link(fragment));
  else client.start();
});

const loadCharts = () =>
  drawing.load().then(
    () => {
      scheduler.redraw('run');
      sweepsAndForks.draw();
    },
    (error: unknown) =>
      opening.notify('stored', `The charts could not be loaded (${reason(error)}).`, 'Reload the page.'),
  );

/// Shows what the page opens on, at once and as a pass over its tasks, and then its charts.
async function begin() {
  await opening.show(openingExperiment.id);
  performance.mark('first-picture');
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) {
    time.move(0);
    time.play();
  }
  await loadCharts();
}

embed.begin();
terms.listen();
contents.begin();
projector.listen(redraw);
sweepsAndForks.listen();
whatIfPane.build(
  ({ experiment, config }) => void opening.settings(experiment, config).then(() => runs.run()),
);
// From here on what fails is said by the page itself: see index.html's script.
Object.assign(window, { started: true });
offline.hold();
refresh();
void kept.refresh();
void sweeps.refresh();
addEventListener('focus', () => void kept.refresh());
if (address.fragment !== '') client.start();
// What makes the page open without a network waits until there is something to see.
void (address.fragment === '' ? begin() : loadCharts()).then(() => offline.begin());
