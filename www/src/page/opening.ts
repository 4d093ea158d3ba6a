// Opening: an experiment's tab with its stored run, what a link holds, the reader's own results files.
import { experimentOf } from '../catalog';
import type { Client } from '../client';
import { type Course, reached, storedCourse } from '../course';
import type { Time } from '../panes/time';
import type { File } from '../protocol';
import { reason } from '../reason';
import { type Choice, chosen, front, LAB, settings, storedOf, tabOf } from '../state/choice';
import type { Store } from '../state/store';
import { refuse, type View } from '../state/view';
import { storedRun } from '../stored-runs';
import type { Runs } from './runs';

type Handlers = {
  redraw(): void;
  /// The address is to say what is shown.
  keepLink(): void;
};

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
      const now = this.choice.get();
      if (now.tab !== choice.tab || now.experiment !== choice.experiment) return;
      this.choice.update((latest) => ({ ...latest, stored }));
      if (front(this.choice.get(), this.view.get().live) === stored) this.toEnd(stored);
    } catch (error) {
      this.refuse(`The stored run could not be loaded (${reason(error)})`);
    }
    this.handlers.redraw();
  }

  /// The reader's choice of a tab: its settings, its stored run at its end.
  tab(id: string) {
    if (id !== LAB) this.runs.choose(id);
    this.choice.update((choice) => ({ ...choice, follows: true }));
    void this.show(id);
  }

  /// Opens what a link holds; what can't be read says so, and the nearest experiment stands there.
  async link(fragment: string) {
    const { link, preset, problem } = await this.client.ask('link_read', { type: 'read_link', fragment });
    if (!link) {
      const words = `The link could not be opened: ${problem ?? ''}. The nearest preset is shown instead`;
      this.refuse(words);
      this.runs.choose(preset);
      return this.show(tabOf(preset), preset);
    }
    const { config, at, lab } = link;
    const plain = experimentOf(link.preset)?.config;
    const isOwn = plain !== undefined && settings(plain, config).length === 0;
    this.choice.update((choice) => ({ ...choice, experiment: link.preset, config }));
    this.runs.check();
    await this.show(isOwn && !lab ? tabOf(link.preset) : LAB, link.preset);
    if (at === null) return;
    this.choice.update((choice) => ({ ...choice, follows: false }));
    this.time.move(at);
    this.handlers.keepLink();
  }

  /// Shows a results file as a stored run.
  async file(file: File) {
    try {
      // The worker gets the bytes; a copy stays, to be taken along again.
      const kept = file.bytes.slice();
      const { type: _, ...held } = await this.client.ask('opened', { type: 'open', file });
      const { experiment } = held.run;
      const stored = {
        ...storedCourse(held),
        file: async () => ({ name: file.name, bytes: kept.slice() }),
      };
      this.choice.update((choice) => ({
        ...(experiment === null ? choice : chosen(choice, experiment)),
        stored,
        tab: tabOf(experiment),
      }));
      this.view.update((view) => ({ ...view, live: undefined, refused: undefined }));
      this.toEnd(stored);
    } catch (error) {
      this.refuse(reason(error));
    }
    this.handlers.redraw();
  }

  /// Looks at the end of a stored run.
  private toEnd(stored: Course) {
    const end = reached(stored);
    this.time.set(stored.run.config.tasks, end, stored.strip);
    this.time.move(end);
  }

  /// Says what could not be opened.
  refuse(words: string) {
    this.view.update((view) => refuse(view, words));
  }
}
