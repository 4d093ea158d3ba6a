// Stored runs: fetched when they are first shown, and unpacked here, so that any host serves them small.

import { type Course, storedCourse, withWatched } from './course';
import type { StoredRun, Watched } from './protocol';
import figure1 from './stored/figure1.page.gz?url';
import results1 from './stored/figure1.results.gz?url';
import units1 from './stored/figure1.units.gz?url';
import figure2 from './stored/figure2.page.gz?url';
import results2 from './stored/figure2.results.gz?url';
import units2 from './stored/figure2.units.gz?url';
import figure3 from './stored/figure3.page.gz?url';
import results3 from './stored/figure3.results.gz?url';
import units3 from './stored/figure3.units.gz?url';
import { fetched } from './unpack';

/// For each figure its forty seeds, and what the first seed's units did.
const places: Record<string, [string, string]> = {
  figure1: [figure1, units1],
  figure2: [figure2, units2],
  figure3: [figure3, units3],
};

async function unpacked(path: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await fetched(path)));
}

/// The whole results file behind each, fetched when it is taken along.
const files: Record<string, string> = { figure1: results1, figure2: results2, figure3: results3 };

const courses = new Map<string, Promise<Course>>();

async function load(figure: string): Promise<Course> {
  const [run, units] = places[figure].map(unpacked) as [Promise<StoredRun>, Promise<Watched>];
  const [stored, watched] = await Promise.all([run, units]);
  const file = async () => ({ name: `${figure}.json`, bytes: await fetched(files[figure]) });
  return { ...withWatched(storedCourse(stored), stored, watched), file };
}

/// A figure's forty seeds.
export function figure(name: string): Promise<Course> {
  const held = courses.get(name);
  if (held) return held;
  const course = load(name);
  courses.set(name, course);
  course.catch(() => courses.delete(name));
  return course;
}
