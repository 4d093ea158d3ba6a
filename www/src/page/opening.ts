// Opening: an experiment's tab with its stored run, what a link holds, the reader's own results files.
import { experimentOf } from '../catalog';
import type { Client } from '../client';
import { type Course, reached, storedCourse, withWatched } from '../course';
import type { Time } from '../panes/time';
import type {
  Config,
  Expected,
  File,
  ForkView,
  MeasureOutcome,
  Shown,
  StoredRun,
  SweepView,
  Watched,
} from '../protocol';
import { reason } from '../reason';
import { type Choice, chosen, front, settings, storedOf, tabOf } from '../state/choice';
import type { Store } from '../state/store';
import { type About, dismiss, notify, type View } from '../state/view';
import { storedRun } from '../stored-runs';
import { LAB } from '../tabs';
import type { Runs } from './runs';
import { roughly } from './showing';

type Handlers = {
  redraw(): void;
  /// What of the run in front is to be shown.
  show(shown: Shown): void;
  /// A step of the tour is to be opened.
  tour(step: number): void;
  /// The address is to say what is shown.
  keepLink(): void;
  /// A sweep was opened, with its summary's text.
  sweep(sweep: SweepView, text: string): void;
  /// A fork was opened.
  fork(fork: ForkView, text: string): void;
  /// A link was opened, with what it claims came out, if it claims anything.
  claimed(config: Config, expected: Expected | null, numbers: MeasureOutcome[]): void;
};

/// A results file, opened.
type Results = { name: string; bytes: Uint8Array<ArrayBuffer>; held: StoredRun };

export class Opening {
  constructor(
    private readonly client: Client,
    private readonly view: Store<View>,
    private readonly choice: Store<Choice>,
    private readonly runs: Runs,
    private readonly time: Time,
    private readonly handlers: Handlers,
  ) {}

  /// Shows an experiment's tab, or the Lab with these settings, over the stored run that goes with it.
  async show(tab: string, experiment = tab === LAB ? this.choice.get().experiment : tab) {
    this.choice.update((choice) => ({ ...choice, tab, experiment }));
    if (tab === LAB) this.client.start();
    const choice = this.choice.get();
    try {
      const stored = await storedRun(storedOf(choice));
      this.view.update((view) => dismiss(view, 'stored'));
      const now = this.choice.get();
      if (now.tab !== choice.tab || now.experiment !== choice.experiment) return;
      this.choice.update((latest) => ({ ...latest, stored }));
      if (front(this.choice.get(), this.view.get().live) === stored) this.toEnd(stored);
    } catch (error) {
      const words = `The stored run could not be loaded (${reason(error)}).`;
      this.notify('stored', words, 'What was shown stays; choose the tab again to try once more.');
    }
    this.handlers.redraw();
  }

  /// The reader's choice of a tab: its settings, its stored run at its end.
  async tab(id: string) {
    this.view.update((view) => dismiss(view, 'link'));
    if (id !== LAB) return this.figure(id);
    this.choice.update((choice) => ({ ...choice, follows: true }));
    await this.show(id);
  }

  /// An experiment's settings and its stored run at its end.
  async figure(id: string) {
    this.runs.choose(id);
    this.choice.update((choice) => ({ ...choice, follows: true }));
    await this.show(id);
  }

  /// What can be shown of a link without the program that reads links: the stored run of its experiment.
  async unread(fragment: string) {
    const named = experimentOf(/(?:^|&)preset=(\w+)/.exec(fragment)?.[1] ?? null);
    await this.show(named?.stored ? named.id : this.choice.get().tab);
    this.handlers.show(roughly(fragment));
  }

  /// Opens what a link holds; what can't be read says so, and the nearest experiment stands there.
  async link(fragment: string) {
    const { link, claimed, preset, problem } = await this.client.ask('link_read', {
      type: 'read_link',
      fragment,
    });
    this.view.update((view) => dismiss(view, 'link'));
    if (!link) {
      const title = experimentOf(preset)?.title ?? preset;
      this.notify('link', `The link could not be opened: ${problem ?? ''}.`, `${title} is shown instead.`);
      this.runs.choose(preset);
      return this.show(tabOf(preset), preset);
    }
    const { config, shown, expected, vary } = link;
    this.handlers.claimed(config, expected, claimed);
    const plain = experimentOf(link.preset)?.config;
    const isOwn = plain !== undefined && settings(plain, config).length === 0;
    this.choice.update((choice) => ({ ...choice, experiment: link.preset, config, vary }));
    if (shown.tour !== null) return this.handlers.tour(shown.tour);
    const isLab = !isOwn || shown.lab || vary.length > 0;
    await this.show(isLab ? LAB : tabOf(link.preset), link.preset);
    this.handlers.show(shown);
    // The address follows once all of it is shown: what it says in between would be another link.
    this.runs.check();
  }

  /// Opens records of the reader's: results as a stored run, with their units where these are among them; a
  /// configuration in the Lab. Gives what is to be said of them.
  async records(files: File[]): Promise<string[]> {
    const said: string[] = [];
    const runs: Results[] = [];
    const units: { name: string; watched: Watched }[] = [];
    const configurations: { name: string; config: Config; experiment: string }[] = [];
    for (const file of files) {
      const { name } = file;
      // The worker gets the bytes; a copy stays, to be taken along again.
      const bytes = file.bytes.slice();
      const opened = await this.client.open(file);
      switch (opened.type) {
        case 'opened':
          runs.push({ name, bytes, held: opened });
          break;
        case 'watched':
          units.push({ name, watched: opened });
          break;
        case 'configured':
          configurations.push({ name, ...opened });
          break;
        case 'sweep':
          this.handlers.sweep(opened.sweep, opened.file.text);
          break;
        case 'fork':
          this.handlers.fork(opened.fork, opened.file.text);
          break;
        case 'refused':
          said.push(`${opened.reason}.`);
      }
    }
    const run = runs.pop();
    if (run) said.push(...this.run(run, units));
    else
      said.push(...units.map(({ name }) => `${name}: watched units; give them together with their results.`));
    const configuration = configurations.pop();
    if (configuration) await this.configuration(configuration.config, configuration.experiment);
    const others = [...runs, ...configurations].map(({ name }) => name);
    if (others.length > 0) said.push(`One is shown at a time; not shown: ${others.join(', ')}.`);
    this.handlers.redraw();
    return said;
  }

  /// Shows results as a stored run. Gives what is to be said of the units that came with them.
  private run({ name, bytes, held }: Results, units: { name: string; watched: Watched }[]): string[] {
    const file = async () => ({ name, bytes: bytes.slice() });
    let stored: Course = { ...storedCourse(held), file };
    const said: string[] = [];
    for (const { name: of, watched } of units) {
      const seen = withWatched(stored, held, watched);
      if (seen === stored) said.push(`${of}: the units of another run than ${name}.`);
      stored = seen;
    }
    this.course(stored);
    return said;
  }

  /// Shows a run that is over.
  course(stored: Course) {
    const { experiment } = stored.run;
    this.choice.update((choice) => ({
      ...(experiment === null ? choice : chosen(choice, experiment)),
      stored,
      tab: tabOf(experiment),
    }));
    this.view.update((view) => dismiss({ ...view, live: undefined }, 'link'));
    this.toEnd(stored);
    this.handlers.redraw();
  }

  /// Chooses an experiment with these settings, in its own tab where they are its own.
  async settings(experiment: string | null, config: Config) {
    const plain = experimentOf(experiment)?.config;
    const isOwn = plain !== undefined && settings(plain, config).length === 0;
    this.choice.update((choice) => ({ ...choice, experiment: experiment ?? choice.experiment, config }));
    this.runs.check();
    const id = this.choice.get().experiment;
    await this.show(isOwn ? tabOf(id) : LAB, id);
  }

  /// Shows a configuration in the Lab.
  private async configuration(config: Config, experiment: string) {
    this.choice.update((choice) => ({ ...choice, experiment, config }));
    this.runs.check();
    await this.show(LAB, experiment);
  }

  /// Looks at the end of a stored run.
  private toEnd(stored: Course) {
    // A pass that plays would go on over it, and what waits for its end with it.
    this.time.stop();
    const end = reached(stored);
    this.time.set(stored.run.config, end, stored.strip);
    this.time.move(end);
  }

  /// Takes notices away.
  dismiss(...about: About[]) {
    this.view.update((view) => dismiss(view, ...about));
  }

  /// Says what could not be opened, until the reader acts.
  notify(about: About, ...lines: string[]) {
    this.view.update((view) => notify(view, about, ...lines));
  }
}
