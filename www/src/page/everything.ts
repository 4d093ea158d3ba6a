// Everything that is told of the run in front, as one ZIP file: how it was made, its results, every number,
// the figure on paper.
import type { Client } from '../client';
import { type Course, reached } from '../course';
import { get, put } from '../dom';
import { save } from '../download';
import type { Exports } from '../exports';
import { late } from '../late';
import type { File, TextFile } from '../protocol';
import type { Drawing } from './drawing';

export type Sources = {
  client: Pick<Client, 'ask'>;
  exports: Exports;
  drawing: Drawing;
  address: { page: string };
};

/// How long the programs are waited for, in milliseconds.
const WAIT = 120_000;

const LATE = 'the program that reads results did not answer';

/// Lets the reader in.
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/// A run's results file: of a live one as they are now.
async function resultsOf(course: Course, exports: Exports): Promise<File> {
  if (course.kind === 'stored') {
    if (!course.file) throw new Error('its results are not at hand');
    return course.file();
  }
  const { file_name, text } = await exports.ask('json');
  return { name: file_name, bytes: new TextEncoder().encode(text) };
}

/// The files, in their order, in a folder of the run's name.
async function filesOf(course: Course, { client, exports, drawing, address }: Sources) {
  const file = await resultsOf(course, exports);
  const told = await client.ask('everything', { type: 'everything', file, page: address.page });
  const figure: TextFile[] = [];
  for (const { name, text } of await drawing.pictures(course, reached(course))) {
    figure.push({ name: `figure/${name}.svg`, text });
    await breathe();
  }
  const files = [...told.files, ...figure].map(({ name, text }) => ({ name: `${told.name}/${name}`, text }));
  return { name: told.name, files };
}

let isAtWork = false;

/// Saves everything of a run; a press while it is made asks for nothing more. Fails in words.
export async function saveEverything(course: Course, sources: Sources) {
  if (isAtWork) return;
  isAtWork = true;
  put(get('announce'), 'The ZIP file is being made.');
  try {
    const { name, files } = await Promise.race([filesOf(course, sources), late(LATE, WAIT)]);
    const { zipped } = await import('../zip');
    save(`${name}.zip`, new Blob(await zipped(files, breathe)), 'application/zip');
    put(get('announce'), `${name}.zip was saved.`);
  } finally {
    isAtWork = false;
  }
}
