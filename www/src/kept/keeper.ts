// Keeps what the trainer measures, in the worker: in order, one file at a time, never in training's way.
import { fieldOf, hasFields } from '../guards';
import type { Keep } from '../protocol';
import { reason } from '../reason';
import { disk } from './disk';
import { about, CHECKPOINT, isSettings, type Kept, LOG, lockOf, makeRoom, note, remove } from './run';

/// What the page is told of keeping.
export type KeeperNews =
  /// The run that is kept from now on, null for none; the one before is let go of.
  | { begun: string | null }
  /// Something was kept of a run.
  | { kept: Kept }
  /// Something could not be kept, in words; it is tried again.
  | { trouble: string };

type Current = {
  about: Kept;
  /// What is not in the log yet.
  pending: Uint8Array<ArrayBuffer>[];
  /// Whether the log is to be written from its beginning.
  isNew: boolean;
  /// The newest checkpoint that is not written yet.
  checkpoint: { file: Uint8Array<ArrayBuffer>; tasks: number } | undefined;
  isThrough: boolean;
  /// Lets others at the run.
  release: () => void;
};

/// The first line of a log: a results file without lanes.
type Head = Pick<Kept, 'experiment' | 'config'> & { data: { name: string }; engine: { adapter: string } };

const isHead = (value: unknown): value is Head =>
  hasFields(value, { experiment: 'string or null' }) &&
  isSettings(fieldOf(value, 'config')) &&
  hasFields(fieldOf(value, 'data'), { name: 'string' }) &&
  hasFields(fieldOf(value, 'engine'), { adapter: 'string' });

/// The first line of a log; none of one that can't be read.
function headOf(log: Uint8Array): Head | undefined {
  try {
    const head: unknown = JSON.parse(new TextDecoder().decode(log.subarray(0, log.indexOf(10) + 1)));
    return isHead(head) ? head : undefined;
  } catch {
    return undefined;
  }
}

/// Takes hold of a run, so that no other tab writes it; undefined where one does. A page that may store
/// nothing may hold nothing either, and there is nothing to be written by two.
function hold(id: string): Promise<(() => void) | undefined> {
  const nothing = () => undefined;
  if (!navigator.locks) return Promise.resolve(nothing);
  return new Promise((resolve) => {
    const asked = navigator.locks.request(lockOf(id), { ifAvailable: true }, (lock) => {
      if (lock) return new Promise<void>((release) => resolve(release));
      resolve(undefined);
      return undefined;
    });
    asked.catch(() => resolve(nothing));
  });
}

/// After how many milliseconds what could not be kept is tried again, if nothing new comes before: a run that
/// is through or paused brings nothing any more.
const RETRY = 5_000;

const freshId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

export class Keeper {
  private current: Current | undefined;
  private work: Promise<void> = Promise.resolve();
  private isQueued = false;
  private hasComplained = false;
  /// Set while something could not be kept.
  private retrying: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (news: KeeperNews) => void) {}

  /// Tries again to keep what could not be kept, if anything: there may be room now.
  retry() {
    this.next(() => (this.retrying === undefined ? undefined : this.write()));
  }

  private retryLater() {
    clearTimeout(this.retrying);
    this.retrying = setTimeout(() => this.retry(), RETRY);
  }

  private stopRetrying() {
    clearTimeout(this.retrying);
    this.retrying = undefined;
  }

  /// Takes what is to be kept; it is written when what came before is.
  take(keep: Keep) {
    switch (keep.part) {
      case 'begin':
        this.next(() => this.begin(keep));
        break;
      case 'lanes':
        this.next(() => {
          this.current?.pending.push(keep.lines as Uint8Array<ArrayBuffer>);
          if (this.current) this.current.about.ended = keep.ended;
        });
        break;
      case 'checkpoint':
        this.next(() => {
          const file = keep.file as Uint8Array<ArrayBuffer>;
          if (this.current) this.current.checkpoint = { file, tasks: keep.tasks_learned };
        });
        break;
      case 'end':
        this.next(() => {
          if (this.current) this.current.isThrough = true;
        });
        break;
      case 'nothing':
        this.next(async () => {
          await this.letGo();
          this.tell({ begun: null });
        });
        break;
    }
    if (keep.part !== 'begin' && keep.part !== 'nothing') this.save();
  }

  /// Lets go of the run that was kept so far.
  private async letGo() {
    // The last try for it.
    if (this.retrying !== undefined) await this.write();
    this.stopRetrying();
    this.current?.release();
    this.current = undefined;
  }

  private next(step: () => void | Promise<void>) {
    this.work = this.work.then(step).catch((error: unknown) => this.complain(error));
  }

  /// Writes what is pending, once for all that came meanwhile.
  private save() {
    if (this.isQueued) return;
    this.isQueued = true;
    this.work = this.work.then(() => {
      this.isQueued = false;
      // What came after this was queued is behind it: it is awaited, then written with the rest.
      this.work = this.work.then(() => this.write());
    });
  }

  private async begin({ id, log, lanes, ended }: Extract<Keep, { part: 'begin' }>) {
    await this.letGo();
    const head = headOf(log);
    if (!head) {
      this.tell({ begun: null });
      throw new Error('the first line of its log is no run’s');
    }
    // One that another tab went on with meanwhile is left to it: this goes on as a run of its own.
    const release = id === null ? undefined : await hold(id);
    const mine = id !== null && release ? id : freshId();
    this.current = {
      about: {
        version: 1,
        id: mine,
        experiment: head.experiment,
        config: head.config,
        images: head.data.name,
        engine: head.engine.adapter,
        begun: (await about(mine))?.begun ?? Date.now(),
        changed: Date.now(),
        lanes,
        ended,
        tasks: 0,
        done: false,
      },
      pending: [log as Uint8Array<ArrayBuffer>],
      isNew: true,
      checkpoint: undefined,
      isThrough: false,
      release: release ?? (await hold(mine)) ?? (() => undefined),
    };
    this.tell({ begun: mine });
  }

  private async write() {
    const run = this.current;
    if (!run) return;
    const { about: words } = run;
    try {
      const store = await disk();
      if (!store) throw new Error('this browser lets the page store nothing');
      if (run.isNew) await makeRoom();
      // Nothing is added to what is pending meanwhile: that comes in its turn.
      const bytes = joined(run.pending);
      if (bytes.length > 0) await (run.isNew ? store.write : store.append)(words.id, LOG, bytes);
      run.pending = [];
      run.isNew = false;
      const { checkpoint } = run;
      if (checkpoint && !run.isThrough) {
        await store.write(words.id, CHECKPOINT, checkpoint.file);
        words.tasks = checkpoint.tasks;
      }
      run.checkpoint = undefined;
      words.changed = Date.now();
      words.done = run.isThrough;
      await note(words);
      if (run.isThrough) await remove(words.id, CHECKPOINT);
      this.hasComplained = false;
      this.stopRetrying();
      this.tell({ kept: { ...words } });
    } catch (error) {
      this.complain(error);
      this.retryLater();
    }
  }

  /// Says once what is wrong, until something could be kept again.
  private complain(error: unknown) {
    if (this.hasComplained) return;
    this.hasComplained = true;
    this.tell({ trouble: reason(error) });
  }
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
