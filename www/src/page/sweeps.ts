// Sweeps on the page: planned in the Lab, trained point by point as ordinary runs, shown, kept, gone on with,
// saved.
import type { Client } from '../client';
import { save } from '../download';
import type { Exports } from '../exports';
import * as kept from '../kept/sweeps';
import type { Answered, Config, DataInfo, File, SweepForm, SweepView } from '../protocol';
import { reason } from '../reason';
import { isRunOf } from '../state/check';
import type { Choice } from '../state/choice';
import type { Store } from '../state/store';
import { type Held, type KeptSweep, type Sweeps as State, shownSweep, titleOf } from '../state/sweep';
import type { View } from '../state/view';
import { storedSweep, summaryText } from '../stored-runs';
import type { RunEvent } from '../wire';
import { debounced } from './debounce';
import type { Runs } from './runs';

/// Milliseconds between a change of the form and the question whether it can be swept.
const WAIT = 200;

const NAME = 'sweep.json';

const fileOf = (text: string, name = NAME): File => ({ name, bytes: new TextEncoder().encode(text) });

/// Whether two are the same sweep, on whatever images.
function isSame(a: SweepView, b: SweepView) {
  const what = ({ title, shared, lanes, points }: SweepView) => [
    title,
    shared,
    lanes,
    points.map((p) => p.said),
  ];
  return JSON.stringify(what(a)) === JSON.stringify(what(b));
}

/// Under which name this browser keeps it: the same sweep on the same images has the same.
const idOf = ({ name }: SweepView, data: Pick<DataInfo, 'digest'> | null | undefined) =>
  `${name}-${data?.digest.slice(0, 8) ?? ''}`;

/// A sweep under way.
type Going = {
  /// The settings of the point that is trained.
  training?: Config | undefined;
  /// Whether its run has begun: until then what comes is of an earlier one.
  isBegun: boolean;
};

type Handlers = {
  /// What the form asks for has been answered: the address may say it.
  planned(): void;
  /// A sweep is to be seen.
  seen(): void;
};

export class Sweeps {
  /// What is under way, another one each time a sweep begins or goes on: whoever had to wait looks whether it
  /// still is. None while the sweep stands.
  private going: Going | undefined;
  private began = 0;
  /// What was last planned, so that an answer about something else says nothing.
  private asked = '';

  constructor(
    private readonly client: Client,
    private readonly view: Store<View>,
    private readonly choice: Store<Choice>,
    private readonly state: Store<State>,
    private readonly runs: Runs,
    private readonly exports: Exports,
    private readonly handlers: Handlers,
  ) {}

  private change(change: Partial<State>) {
    this.state.update((now) => ({ ...now, ...change }));
  }

  /// What is asked for, as the analyst takes it.
  private get wanted() {
    const { config, experiment, vary } = this.choice.get();
    return { config: JSON.stringify(config), experiment, vary };
  }

  /// Whether the form asks for a sweep that can be made.
  get isPlanned() {
    return this.state.get().plan?.problem === null && JSON.stringify(this.wanted) === this.asked;
  }

  /// The settings or the form have changed.
  check() {
    if (!this.client.isStarted || JSON.stringify(this.wanted) === this.asked) return;
    this.asked = '';
    if (this.choice.get().vary.length > 0) this.ask();
    else if (this.state.get().plan) this.change({ plan: undefined });
  }

  private readonly ask = debounced(() => void this.plan(), WAIT);

  private async plan() {
    const { wanted } = this;
    if (wanted.vary.length === 0) return;
    const asked = JSON.stringify(wanted);
    this.asked = asked;
    const { problem, words } = await this.client.ask('sweep_planned', { type: 'plan_sweep', ...wanted });
    if (this.asked !== asked) return;
    this.change({ plan: { problem, words } });
    this.handlers.planned();
  }

  /// Begins the sweep that the form asks for; goes on with it where this page, or else this browser, has
  /// points of it on the images in use.
  async begin() {
    try {
      const { sweep, file } = await this.client.ask('sweep', { type: 'begin_sweep', ...this.wanted });
      const there = this.goesOn(sweep, this.state.get().live) ?? (await this.keptOf(sweep));
      this.take(there?.sweep ?? sweep, there ? await there.text() : file.text);
      this.change({ opened: undefined, seconds: 0, trained: 0 });
      this.handlers.seen();
      await this.goOn();
    } catch (error) {
      this.change({ problem: `${reason(error)}.` });
    }
  }

  /// One that is not whole, if it is that sweep on the images in use.
  private goesOn(sweep: SweepView, held: Held | undefined): Held | undefined {
    if (!held || held.sweep.next === null || !isSame(held.sweep, sweep)) return undefined;
    return this.otherImages(held.sweep) ? undefined : held;
  }

  /// What this browser keeps of it.
  private async keptOf(sweep: SweepView): Promise<Held | undefined> {
    const id = idOf(sweep, this.view.get().data);
    const found = this.state.get().kept.find((one) => one.id === id);
    if (!found) return undefined;
    const opened = await this.client.open(fileOf(found.text));
    if (opened.type !== 'sweep') return undefined;
    return this.goesOn(sweep, { sweep: opened.sweep, text: async () => opened.file.text });
  }

  /// Why a sweep can't go on, where its points were measured on other images than those in use.
  private otherImages({ data }: SweepView): string | undefined {
    const here = this.view.get().data;
    if (!data || !here || data.digest === here.digest) return undefined;
    return (
      `Its points were measured on ${data.name}, and here are ${here.name}: ` +
      'choose its images under “Images” and go on, or begin it anew in the Lab.'
    );
  }

  /// Has a sweep as this machine's.
  private take(sweep: SweepView, text: string) {
    this.change({ live: { sweep, text: async () => text }, problem: undefined });
  }

  /// Goes on with the sweep that is shown: its first point that is not measured.
  async goOn() {
    const held = shownSweep(this.state.get());
    if (!held || this.going) return;
    const going: Going = { isBegun: false };
    this.going = going;
    try {
      const text = await held.text();
      if (this.going !== going) return;
      this.take(held.sweep, text);
      this.change({ opened: undefined });
    } catch (error) {
      return this.end(`${reason(error)}.`);
    }
    await this.next(going);
  }

  private async next(going: Going) {
    const { live } = this.state.get();
    const at = live?.sweep.next ?? null;
    const point = at === null ? undefined : live?.sweep.points[at];
    if (!live || at === null || !point) return this.end();
    this.change({ at, problem: undefined });
    try {
      const { link, problem } = await this.client.ask('link_read', {
        type: 'read_link',
        fragment: point.link,
      });
      if (this.going !== going) return;
      if (!link) return this.end(`Point ${at + 1} can't be run: ${problem ?? ''}.`);
      const mine = link.config;
      going.training = mine;
      going.isBegun = false;
      this.began = performance.now();
      const isWanted = () => {
        if (this.going !== going) return false;
        const problem = this.otherImages(live.sweep);
        if (problem) this.end(problem);
        return !problem;
      };
      const givenUp = () => this.end('No images were chosen.');
      await this.runs.oneOf(mine, live.sweep.experiment, isWanted, givenUp);
    } catch (error) {
      if (this.going === going) this.end(`${reason(error)}.`);
    }
  }

  /// Trains no further point; what is done stays.
  private end(problem?: string) {
    this.going = undefined;
    this.change({ at: undefined, problem });
  }

  /// The reader stops it: the point in progress stands still and counts for nothing.
  stop() {
    const { going } = this;
    if (!going) return;
    this.end();
    // A run that was just asked for has not said yet that it runs.
    if (going.training && this.view.get().state !== 'paused') this.runs.pause();
  }

  /// Follows the run of this machine.
  tell(event: RunEvent) {
    const { going } = this;
    if (!going?.training) return;
    if (event.type === 'started') {
      going.isBegun = isRunOf(going.training, event.run.config);
      if (!going.isBegun) this.end('Another run was begun. Go on with the sweep when it is through.');
    }
    if (event.type === 'failed') {
      this.end('The point in progress could not be trained: the status line says why.');
    }
    if (event.type === 'done' && going.isBegun) void this.measured(going);
  }

  private async measured(going: Going) {
    const { live, at } = this.state.get();
    if (!live || at === undefined) return;
    try {
      const { text } = await this.exports.ask('json');
      const { sweep, file } = await this.client.ask('sweep', {
        type: 'take_point',
        sweep: fileOf(await live.text()),
        point: at,
        results: fileOf(text, 'point.json'),
      });
      if (this.going !== going) return;
      const { seconds, trained } = this.state.get();
      this.take(sweep, file.text);
      this.change({ seconds: seconds + (performance.now() - this.began) / 1000, trained: trained + 1 });
      void this.keep(sweep, file.text);
      going.training = undefined;
      await this.next(going);
    } catch (error) {
      if (this.going === going) this.end(`Point ${at + 1} could not be taken in: ${reason(error)}.`);
    }
  }

  private async keep(sweep: SweepView, text: string) {
    const { measured, points } = sweep;
    const [id, words] = [idOf(sweep, sweep.data), titleOf(sweep)];
    try {
      await kept.keep({ version: 1, id, words, measured, count: points.length, changed: Date.now(), text });
      await this.refresh();
    } catch (error) {
      const why = `This sweep can't be kept in this browser (${reason(error)}).`;
      const problem = `${why} It goes on; save its summary.`;
      this.change({ problem });
    }
  }

  /// Reads anew what this browser keeps.
  async refresh() {
    this.change({ kept: await kept.list() });
  }

  /// Shows one that this browser keeps.
  async showKept({ text }: KeptSweep) {
    try {
      const opened = await this.client.open(fileOf(text));
      if (opened.type === 'sweep') return this.show(opened.sweep, opened.file.text);
      this.change({ problem: opened.type === 'refused' ? `${opened.reason}.` : 'It is no sweep.' });
    } catch (error) {
      this.change({ problem: `${reason(error)}.` });
    }
  }

  /// Deletes one that this browser keeps.
  async remove({ id }: KeptSweep) {
    await kept.remove(id);
    await this.refresh();
  }

  /// Shows a sweep that was opened.
  show(sweep: SweepView, text: string) {
    this.see({ sweep, text: async () => text });
  }

  /// Shows a stored sweep.
  async showStored(story: Answered) {
    try {
      this.see({ sweep: await storedSweep(story.id), text: () => summaryText(story.id), story });
    } catch (error) {
      this.change({ problem: `It could not be loaded (${reason(error)}): choose it again.` });
    }
  }

  private see(opened: Held) {
    this.change({ opened, problem: undefined });
    this.handlers.seen();
  }

  /// Shows the sweep of this machine.
  showLive() {
    this.change({ opened: undefined });
    this.handlers.seen();
  }

  /// Saves the sweep that is shown.
  async save(form: SweepForm) {
    const held = shownSweep(this.state.get());
    if (!held) return;
    try {
      const { file, media_type } = await this.client.ask('sweep_written', {
        type: 'convert_sweep',
        file: fileOf(await held.text()),
        form,
      });
      save(file.name, file.text, media_type);
    } catch (error) {
      this.change({ problem: `It could not be saved (${reason(error)}).` });
    }
  }
}
