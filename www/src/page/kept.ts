// Kept runs: listed, gone on with, opened, exported, deleted; and a question before one that is not kept is
// left.
import { experimentOf } from '../catalog';
import type { Client } from '../client';
import { storedCourse, withWatched } from '../course';
import { get, replace } from '../dom';
import type { KeeperNews } from '../kept/keeper';
import { CHECKPOINT, held, type Kept, LOG, list, lockOf, read, remove } from '../kept/run';
import { goOnWords, keptList } from '../panes/kept';
import { reason } from '../reason';
import type { Store } from '../state/store';
import { isRunning, type View } from '../state/view';
import { saveResults } from './controls';
import type { Opening } from './opening';
import type { Runs } from './runs';

type Bytes = Uint8Array<ArrayBuffer>;

export class KeptRuns {
  private runs: Kept[] = [];
  /// Runs that another tab is at.
  private locks = new Set<string>();
  /// Those that are waited for, to be let go of.
  private readonly awaited = new Set<string>();
  /// The run that this page is at.
  private mine: string | undefined;
  private isOffered = true;
  private trouble: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly view: Store<View>,
    private readonly runsOf: Runs,
    private readonly opening: Opening,
  ) {
    addEventListener('beforeunload', (event) => {
      if (this.isUnsaved) event.preventDefault();
    });
  }

  /// Whether leaving the page would cost something: a run under way at least what came after its last task,
  /// one that could not be kept all of it.
  private get isUnsaved(): boolean {
    const view = this.view.get();
    const isBegun = (view.progress?.lane_steps ?? 0) > 0;
    return this.isHeld && (isBegun || view.state === 'done');
  }

  /// Whether this page has more of its run than was kept, or will have. Right after a lost GPU came back a
  /// run is under way before anything is told of its progress.
  private get isHeld(): boolean {
    const view = this.view.get();
    if (isRunning(view) || view.state === 'paused') return true;
    return view.state === 'done' && this.trouble !== undefined;
  }

  /// Reads the list anew.
  async refresh() {
    try {
      [this.runs, this.locks] = await Promise.all([list(), held()]);
    } catch (error) {
      this.told({ trouble: reason(error) });
    }
    for (const { id, done } of this.runs) if (!done && id !== this.mine) this.waitFor(lockOf(id));
    this.draw();
  }

  /// Reads the list anew when another tab lets go of a run: it was closed, or has crashed, which the browser
  /// may take its time to notice.
  private waitFor(lock: string) {
    if (!this.locks.has(lock) || this.awaited.has(lock)) return;
    this.awaited.add(lock);
    const free = () => {
      this.awaited.delete(lock);
      return this.refresh();
    };
    // One that can't be waited for is not asked for again: the list is read anew at the next focus.
    navigator.locks.request(lock, { mode: 'shared' }, () => undefined).then(free, () => undefined);
  }

  /// What the worker tells of keeping.
  told(news: KeeperNews) {
    if ('begun' in news) {
      if (this.mine !== undefined) this.locks.delete(lockOf(this.mine));
      this.mine = news.begun ?? undefined;
      this.draw();
      return;
    }
    if ('kept' in news) {
      this.mine = news.kept.id;
      this.runs = [news.kept, ...this.runs.filter(({ id }) => id !== this.mine)];
      if (this.trouble !== undefined) this.opening.dismiss('kept');
      this.trouble = undefined;
      this.draw();
      return;
    }
    this.trouble = news.trouble;
    this.opening.notify(
      'kept',
      `This run can't be kept in this browser (${news.trouble}).`,
      'It goes on. Export its results before you leave the page.',
    );
    this.draw();
  }

  /// Whether a run is written by this page or another one.
  private readonly isAtWork = (run: Kept) =>
    run.id === this.mine ? this.isHeld : this.locks.has(lockOf(run.id));

  /// Draws the list, when it or what may be done with it has changed.
  draw() {
    get('kept').hidden = this.runs.length === 0;
    replace(
      get('kept-list'),
      ...keptList(this.runs, this.isAtWork, {
        goOn: (run) => void this.guarded(run, () => this.goOn(run)),
        open: (run) => void this.guarded(run, () => this.open(run)),
        save: (run) => void this.guarded(run, () => this.save(run)),
        remove: (run) => void this.guarded(run, () => this.remove(run)),
      }),
    );
    const stopped = this.runs.find((run) => !run.done && !this.isAtWork(run));
    const isFree = !isRunning(this.view.get()) && this.view.get().state !== 'paused';
    const offer = stopped && this.isOffered && isFree;
    get('go-on').hidden = !offer;
    if (!offer) return;
    get('go-on').replaceChildren(
      ...goOnWords(stopped, {
        goOn: () => void this.guarded(stopped, () => this.goOn(stopped)),
        later: () => {
          this.isOffered = false;
          this.draw();
        },
      }),
    );
  }

  private async guarded(run: Kept, work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      const title = experimentOf(run.experiment)?.title ?? 'the kept run';
      this.opening.notify('kept', `${title}: ${reason(error)}.`);
    }
  }

  private async log(run: Kept): Promise<{ name: string; bytes: Bytes }> {
    const bytes = await read(run.id, LOG);
    if (!bytes) throw new Error('what was kept of it is gone: this browser has made room');
    return { name: LOG, bytes };
  }

  /// Goes on with a run that was stopped.
  private async goOn(run: Kept) {
    this.locks = await held();
    if (this.isAtWork(run)) throw new Error('it is under way, here or in another tab');
    const log = await this.log(run);
    const bytes = await read(run.id, CHECKPOINT);
    const checkpoint = bytes ? { name: CHECKPOINT, bytes } : null;
    const wasOffered = this.isOffered;
    this.isOffered = false;
    await this.opening.settings(run.experiment, run.config);
    const command = { type: 'go_on' as const, id: run.id, log, checkpoint };
    void this.runsOf.goOn(command, run.config.data, () => {
      this.isOffered = wasOffered;
      this.draw();
    });
    this.draw();
  }

  /// Shows a run as a stored one.
  private async open(run: Kept) {
    const log = await this.log(run);
    const file = async () => this.log(run);
    const { run: held, watched } = await this.client.ask('kept_opened', { type: 'open_kept', file: log });
    const course = { ...storedCourse(held), file };
    this.opening.course(watched.lanes.length > 0 ? withWatched(course, held, watched) : course);
  }

  /// A run's results as a file.
  private async save(run: Kept) {
    saveResults(
      await this.client.ask('results', { type: 'convert', file: await this.log(run), format: 'json' }),
    );
  }

  private async remove(run: Kept) {
    this.locks = await held();
    if (this.isAtWork(run)) throw new Error('it is under way, here or in another tab');
    await remove(run.id);
    if (this.trouble !== undefined) this.client.retryKeeping();
    await this.refresh();
  }
}
