// A kept run: a log of the lanes that ended, a checkpoint of those in progress, and a few words on it.
import type { Config } from '../protocol';
import { disk } from './disk';

/// How a log's name must end for the analyst to know it.
export const LOG = 'run.lanes.jsonl';
export const CHECKPOINT = 'checkpoint';
const ABOUT = 'about.json';

/// The most runs that are kept, and the most bytes of all of them; the oldest go first.
const MOST_RUNS = 20;
const MOST_BYTES = 512 * 2 ** 20;

/// What the list of kept runs shows of one.
export type Kept = {
  /// The version of this record.
  version: 1;
  id: string;
  experiment: string | null;
  config: Config;
  /// Names of the images and of the engine.
  images: string;
  engine: string;
  /// When it began and when something was last kept of it, in milliseconds since 1970.
  begun: number;
  changed: number;
  /// Lanes in all, those that ended, and tasks learned by those in progress.
  lanes: number;
  ended: number;
  tasks: number;
  /// Whether it is through.
  done: boolean;
};

/// The name of a run's lock: whoever holds it writes the run.
export const lockOf = (id: string) => `metacls-run-${id}`;

/// The runs that a tab is at. A page that may store nothing may not ask, and there are none.
export async function held(): Promise<Set<string>> {
  const locks = (await navigator.locks?.query().catch(() => undefined))?.held ?? [];
  return new Set(locks.map((lock) => lock.name ?? ''));
}

const decoder = new TextDecoder();

/// How often what is noted of a run is read again, and after how many milliseconds: another tab may be
/// writing it just then.
const [AGAIN, PAUSE] = [4, 50];

/// What is noted of a run; undefined where that is torn or foreign.
export async function about(id: string): Promise<Kept | undefined> {
  for (let attempt = 0; attempt < AGAIN; attempt++) {
    try {
      const bytes = await (await disk())?.read(id, ABOUT);
      const record = bytes && (JSON.parse(decoder.decode(bytes)) as Kept);
      return record?.version === 1 && record.id === id ? record : undefined;
    } catch {
      // Torn, or replaced while it was read: it is read again.
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return undefined;
}

export async function note(run: Kept) {
  const bytes = new TextEncoder().encode(JSON.stringify(run));
  await (await disk())?.write(run.id, ABOUT, bytes);
}

/// All kept runs, the one that changed last first.
export async function list(): Promise<Kept[]> {
  const ids = (await (await disk())?.runs()) ?? [];
  const all = await Promise.all(ids.map(about));
  return all.filter((run) => run !== undefined).sort((a, b) => b.changed - a.changed);
}

export const read = async (id: string, file: string) => (await disk())?.read(id, file);

export const remove = async (id: string, file?: string) => (await disk())?.remove(id, file);

/// Removes what can't be read, and the oldest runs beyond the bound: those that are through first. Never one
/// that a tab is at.
export async function makeRoom() {
  const store = await disk();
  if (!store) return;
  const [ids, runs, locks] = await Promise.all([store.runs(), list(), held()]);
  const isFree = (id: string) => !locks.has(lockOf(id));
  const known = new Set(runs.map((run) => run.id));
  for (const id of ids) if (!known.has(id) && isFree(id)) await store.remove(id);
  const sized = await Promise.all(runs.map(async (run) => ({ run, size: await store.size(run.id) })));
  let [count, bytes] = [runs.length, sized.reduce((sum, { size }) => sum + size, 0)];
  // From the oldest that is through to the newest that is not.
  const order = sized.reverse().sort((a, b) => Number(b.run.done) - Number(a.run.done));
  for (const { run, size } of order) {
    if (count <= MOST_RUNS && bytes <= MOST_BYTES) break;
    if (!isFree(run.id)) continue;
    await store.remove(run.id);
    count -= 1;
    bytes -= size;
  }
}
