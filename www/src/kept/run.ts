// A kept run: a log of the lanes that ended, a checkpoint of those in progress, and a few words on it.
import { fieldOf, hasFields } from '../guards';
import { type Config, DATA_SETS } from '../protocol';
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

/// Whether they are a run's settings, as far as a list of runs reads them. The analyst reads all of them, and
/// an earlier build had fewer.
export const isSettings = (value: unknown): value is Config =>
  hasFields(value, { data: 'string', seeds: 'number', first_seed: 'number', tasks: 'number' }) &&
  Object.hasOwn(DATA_SETS, value.data);

const isKept = (value: unknown): value is Kept =>
  hasFields(value, {
    version: 'number',
    id: 'string',
    experiment: 'string or null',
    images: 'string',
    engine: 'string',
    begun: 'number',
    changed: 'number',
    lanes: 'number',
    ended: 'number',
    tasks: 'number',
    done: 'boolean',
  }) &&
  value.version === 1 &&
  isSettings(fieldOf(value, 'config'));

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

/// What stands where a run is noted, whatever it is; undefined where that is torn or nothing.
async function noted(id: string): Promise<unknown> {
  for (let attempt = 0; attempt < AGAIN; attempt++) {
    try {
      const bytes = await (await disk())?.read(id, ABOUT);
      return bytes && JSON.parse(decoder.decode(bytes));
    } catch {
      // Torn, or replaced while it was read: it is read again.
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return undefined;
}

const keptOf = (id: string, record: unknown): Kept | undefined =>
  isKept(record) && record.id === id ? record : undefined;

/// What is noted of a run; undefined where that is torn or foreign.
export const about = async (id: string): Promise<Kept | undefined> => keptOf(id, await noted(id));

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

/// In which order runs go: those that this build can't read, those that are through, the others.
const order = ({ run }: { run: Kept | undefined }) => (run === undefined ? 0 : run.done ? 1 : 2);

/// Removes what is torn, and the oldest runs beyond the bound. Never one that a tab is at.
export async function makeRoom() {
  const store = await disk();
  if (!store) return;
  const [ids, locks] = await Promise.all([store.runs(), held()]);
  const isFree = (id: string) => !locks.has(lockOf(id));
  const all = await Promise.all(ids.map(async (id) => ({ id, record: await noted(id) })));
  const torn = all.filter(({ id, record }) => record === undefined && isFree(id));
  for (const { id } of torn) await store.remove(id);
  const there = all.filter(({ record }) => record !== undefined);
  const sized = await Promise.all(
    there.map(async ({ id, record }) => ({ id, run: keptOf(id, record), size: await store.size(id) })),
  );
  let [count, bytes] = [sized.length, sized.reduce((sum, { size }) => sum + size, 0)];
  sized.sort((a, b) => order(a) - order(b) || (a.run?.changed ?? 0) - (b.run?.changed ?? 0));
  for (const { id, size } of sized) {
    if (count <= MOST_RUNS && bytes <= MOST_BYTES) break;
    if (!isFree(id)) continue;
    await store.remove(id);
    count -= 1;
    bytes -= size;
  }
}
