// Forks on the page: a run goes on otherwise after a task, and the branch is held beside its trunk seed by
// seed.
import type { Client } from '../client';
import type { Course } from '../course';
import { save } from '../download';
import type { Exports } from '../exports';
import type { Answered, Config, File, ForkView } from '../protocol';
import { reason } from '../reason';
import { isRunOf } from '../state/check';
import { branchOf, type Forks as State } from '../state/fork';
import type { Store } from '../state/store';
import type { View } from '../state/view';
import { storedFork, summaryText } from '../stored-runs';
import type { RunEvent } from '../wire';
import { chosenEngine, type Runs } from './runs';

/// Why it needs the images that its trunk was made on.
const MADE = 'Its trunk was made on MNIST: on other images a branch can’t be held beside it.';

type Trunk = { name: string; bytes: Uint8Array; config: Config };

type Handlers = {
  /// A fork is to be seen.
  seen(): void;
};

export class Forks {
  /// The trunk of the branch that is trained.
  private trunk: Trunk | undefined;
  /// Whether its branch has begun: until then what comes is of an earlier run.
  private isBegun = false;

  constructor(
    private readonly client: Client,
    private readonly view: Store<View>,
    private readonly state: Store<State>,
    private readonly runs: Runs,
    private readonly exports: Exports,
    private readonly handlers: Handlers,
  ) {}

  private change(change: Partial<State>) {
    this.state.update((now) => ({ ...now, ...change }));
  }

  /// A run's results; the worker gets the bytes, so a copy is kept.
  private async resultsOf(course: Course): Promise<File> {
    if (course.kind === 'stored') {
      if (!course.file) throw new Error('its results are not at hand');
      return course.file();
    }
    const { file_name: name, text } = await this.exports.ask('json');
    return { name, bytes: new TextEncoder().encode(text) };
  }

  /// Has a run go on otherwise: trains the branch of so many of its seeds.
  async begin(course: Course, after: number, change: string, seeds: number) {
    try {
      const asked = branchOf(course.run.config, after, change, seeds);
      const { problems, config } = await this.client.ask('checked', {
        type: 'check',
        config: JSON.stringify(asked),
      });
      if (!config) return this.change({ words: problems.map(({ message }) => message).join(' ') });
      const { name, bytes } = await this.resultsOf(course);
      const chosen = chosenEngine();
      const kind = course.engine?.kind;
      // Of its own accord the page takes the trunk's engine: on the CPU a branch has its bits up to the fork.
      const engine = chosen === 'auto' && kind !== undefined ? kind : chosen;
      void this.runs.withImages(course.data?.kind, MADE, () => {
        const here = this.view.get().data;
        if (here && course.data && here.digest !== course.data.digest) {
          const words =
            `The trunk was run on ${course.data.name}, and here are ${here.name}: ` +
            'choose its images under “Images”.';
          return this.change({ words });
        }
        this.trunk = { name, bytes, config };
        this.isBegun = false;
        this.change({
          isTraining: true,
          words: 'The branch is trained; it is shown below when it is through.',
        });
        this.runs.again(config, course.run.experiment, engine);
      });
    } catch (error) {
      this.change({ words: `The trunk’s results could not be had (${reason(error)}).` });
    }
  }

  /// Follows the run of this machine.
  tell(event: RunEvent) {
    const { trunk } = this;
    if (!trunk) return;
    if (event.type === 'started') {
      this.isBegun = isRunOf(trunk.config, event.run.config);
      if (!this.isBegun) this.end('Another run was begun: the branch was given up.');
    }
    if (event.type === 'failed') this.end('The branch could not be trained.');
    if (event.type === 'done' && this.isBegun) void this.compare(trunk);
  }

  private end(words: string) {
    this.trunk = undefined;
    this.change({ isTraining: false, words });
  }

  private async compare(trunk: Trunk) {
    try {
      const { file_name, text } = await this.exports.ask('json');
      const { fork, file } = await this.client.ask('fork', {
        type: 'beside',
        trunk: { name: trunk.name, bytes: trunk.bytes.slice() },
        branch: { name: file_name, bytes: new TextEncoder().encode(text) },
      });
      if (this.trunk !== trunk) return;
      this.end('');
      this.show(fork, file.text);
    } catch (error) {
      if (this.trunk === trunk) this.end(`The branch can’t be held beside its trunk: ${reason(error)}.`);
    }
  }

  /// Shows a fork that was opened or made here.
  show(fork: ForkView, text: string) {
    this.change({ shown: { fork, text: async () => text }, isOpen: false });
    this.handlers.seen();
  }

  /// Shows a stored fork.
  async showStored(story: Answered) {
    try {
      const fork = await storedFork(story.id);
      this.change({ shown: { fork, text: () => summaryText(story.id), story } });
      this.handlers.seen();
    } catch (error) {
      this.change({ words: `It could not be loaded (${reason(error)}): choose it again.` });
    }
  }

  /// Saves the fork that is shown.
  async save() {
    const { shown } = this.state.get();
    if (shown) save(`${shown.fork.name}.json`, await shown.text(), 'application/json');
  }
}
