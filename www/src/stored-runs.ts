// Stored runs: fetched when they are first shown, and unpacked here, so that any host serves them small.
import { type Course, storedCourse, withWatched } from './course';
import type { ForkView, StoredRun, SweepView, Watched } from './protocol';
import { unpacked } from './unpack';

/// Where each stored file lies, by its name.
const addresses = import.meta.glob<string>('./stored/*.gz', {
  query: '?url',
  import: 'default',
  eager: true,
});

/// `page`: every seed, as charts show them; `units`: what the first seed's units did; `results`: the whole
/// file. Of a sweep and a fork `sweep` and `fork` are what is shown, `summary` its file.
type Part = 'page' | 'units' | 'results' | 'sweep' | 'fork' | 'summary';

function bytesOf(id: string, part: Part): Promise<Uint8Array<ArrayBuffer>> {
  const address = addresses[`./stored/${id}.${part}.gz`];
  if (address === undefined) return Promise.reject(new Error(`${id} has no stored run`));
  return unpacked(address);
}

const record = async (id: string, part: Part): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await bytesOf(id, part)));

const courses = new Map<string, Promise<Course>>();

async function load(id: string): Promise<Course> {
  const [run, units] = await Promise.all([record(id, 'page'), record(id, 'units')]);
  const stored = run as StoredRun;
  const file = async () => ({ name: `${id}.json`, bytes: await bytesOf(id, 'results') });
  return { ...withWatched(storedCourse(stored), stored, units as Watched), file };
}

/// An experiment's stored run.
export function storedRun(id: string): Promise<Course> {
  const held = courses.get(id);
  if (held) return held;
  const course = load(id);
  courses.set(id, course);
  course.catch(() => courses.delete(id));
  return course;
}

/// A stored sweep, as the page shows it.
export const storedSweep = async (id: string) => (await record(id, 'sweep')) as SweepView;

/// A stored fork, as the page shows it.
export const storedFork = async (id: string) => (await record(id, 'fork')) as ForkView;

/// A stored sweep's or fork's summary.
export const summaryText = async (id: string) => new TextDecoder().decode(await bytesOf(id, 'summary'));
