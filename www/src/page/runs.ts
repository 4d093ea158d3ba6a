// Runs: settings are checked as they change, and what was checked is run.
import type { Client } from '../client';
import { get } from '../dom';
import type { Images } from '../images';
import type { Command, Config, DataSet, EngineChoice, StepUnit } from '../protocol';
import { type Choice, chosen, edited } from '../state/choice';
import type { Store } from '../state/store';
import { isRunning, measuring, type View } from '../state/view';
import type { Offer } from './offer';

type Handlers = {
  /// Other settings are chosen.
  changed(): void;
  /// A run is asked for.
  begins(): void;
};

/// The engine that the reader has chosen.
export const chosenEngine = () => get<HTMLSelectElement>('engine').value as EngineChoice;

/// The most seeds whose lanes are measured side by side.
const MOST_MEASURED = 40;

/// Why a kept run needs the images that it was begun on.
const BEGUN = 'It was begun on MNIST, and goes on with the same images alone.';

export class Runs {
  /// What was asked for before there was anything to run on.
  private wanted: (() => void) | undefined;
  /// The answer about the present settings: themselves, where they are usable.
  private checked: Promise<Config | null> | undefined;

  constructor(
    private readonly client: Client,
    private readonly view: Store<View>,
    private readonly choice: Store<Choice>,
    private readonly images: Images,
    private readonly offer: Offer,
    private readonly handlers: Handlers,
  ) {}

  /// Starts from an experiment's settings.
  choose(id: string) {
    this.choice.update((choice) => chosen(choice, id));
    this.check();
  }

  /// Changes one field.
  edit(field: string, value: unknown) {
    this.choice.update((choice) => edited(choice, field, value));
    this.client.start();
    this.check();
  }

  /// Has the present settings checked; an answer about settings that have changed since says nothing.
  check() {
    this.handlers.changed();
    if (!this.client.isStarted) return;
    const config = JSON.stringify(this.choice.get().config);
    const answer = this.client.ask('checked', { type: 'check', config });
    const checked = answer.then(({ problems, config }) => {
      if (this.checked === checked) this.view.update((view) => ({ ...view, problems }));
      return config;
    });
    this.checked = checked;
  }

  /// Runs what is chosen, now or as soon as there are images, and the reader has said which where that is
  /// open.
  async run() {
    const view = this.view.get();
    if (view.data === undefined || !this.checked) return this.wait(() => void this.run());
    this.wanted = undefined;
    const { experiment } = this.choice.get();
    const config = await this.checked;
    if (!config || !(await this.offer.settled(config.data))) return;
    this.handlers.begins();
    const engine = chosenEngine();
    this.client.command({ type: 'run', config, experiment, engine, paused: false, unkept: false });
  }

  /// Runs other settings than those chosen. There must be images.
  again(config: Config, experiment: string | null, engine: EngineChoice, unkept = false) {
    this.handlers.begins();
    this.client.command({ type: 'run', config, experiment, engine, paused: false, unkept });
  }

  /// Runs one of several runs that are kept as a whole, now or as soon as there are images, if it is still
  /// wanted then; `givenUp` where the reader wants no images.
  async oneOf(config: Config, experiment: string | null, isWanted: () => boolean, givenUp: () => void) {
    if (!isWanted()) return;
    if (this.view.get().data === undefined) {
      return this.wait(() => void this.oneOf(config, experiment, isWanted, givenUp));
    }
    this.wanted = undefined;
    const isSettled = await this.offer.settled(config.data);
    if (!isWanted()) return;
    if (!isSettled) return givenUp();
    this.again(config, experiment, chosenEngine(), true);
  }

  /// Measures how fast this machine is with what is chosen, now or as soon as there are images. So many seeds
  /// as there are lanes side by side in the figures, at most: more say nothing new.
  async bench() {
    if (this.view.get().data === undefined || !this.checked) return this.wait(() => void this.bench());
    this.wanted = undefined;
    const config = await this.checked;
    if (!config) return;
    this.view.update(measuring);
    const engine = chosenEngine();
    const seeds = Math.min(config.seeds, MOST_MEASURED);
    this.client.command({ type: 'bench', config: { ...config, seeds }, engine });
  }

  /// Does something with such images as a run was made on, now or as soon as there are any. `act` meets
  /// others where the reader does not want these.
  async withImages(like: DataSet | undefined, why: string, act: () => void) {
    if (this.view.get().data === undefined) {
      return this.wait(() => void this.withImages(like, why, act));
    }
    this.wanted = undefined;
    if (like) await this.offer.same(like, why);
    act();
  }

  /// Goes on with a kept run that was begun on such images, now or as soon as there are any; `givenUp` where
  /// the reader does not want these.
  async goOn(command: Extract<Command, { type: 'go_on' }>, like: DataSet, givenUp: () => void) {
    if (this.view.get().data === undefined) return this.wait(() => void this.goOn(command, like, givenUp));
    this.wanted = undefined;
    if (!(await this.offer.same(like, BEGUN))) return givenUp();
    this.handlers.begins();
    this.client.command(command);
  }

  private wait(wanted: () => void) {
    this.wanted = wanted;
    // Where the trainer could not be loaded, its images are asked for again, and it with them.
    if (this.view.get().state === 'failed') void this.images.begin();
    else this.client.start();
  }

  /// Runs what was asked for before there were images.
  runWanted() {
    if (this.view.get().data && this.checked) this.wanted?.();
  }

  /// Runs, pauses or goes on.
  primary() {
    const view = this.view.get();
    if (view.state === 'paused' || isRunning(view)) this.pause();
    else void this.run();
  }

  /// Pauses, or goes on.
  pause() {
    this.client.command({ type: this.view.get().state === 'paused' ? 'resume' : 'pause' });
  }

  /// Goes on by one unit, while paused.
  step(unit: StepUnit) {
    if (this.view.get().state === 'paused') this.client.command({ type: 'step', unit });
  }

  /// Back to before the first step.
  reset() {
    this.client.command({ type: 'reset' });
  }
}
