// Files that the reader gives, by drop or by input: walked, told apart, and each used as what it is.
import type { Client } from '../client';
import type { Found, Images } from '../images';
import { plain } from '../images';
import { reason } from '../reason';
import type { Opening } from './opening';

/// A file with the path at which it was found.
export type Given = { path: string; blob: Blob };

/// How many files are looked at, and how deep below what was dropped.
const MOST = 4_000;
const DEPTH = 4;
/// Bytes of each that tell what it is.
const START = 4_096;
/// The most bytes of a file that are read.
const LARGEST = 400 << 20;

/// A folder's entries; a browser gives them by the hundred.
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function walk(entries: FileSystemEntry[], under: string, depth: number, found: Given[]) {
  for (const entry of entries) {
    if (found.length >= MOST)
      throw new Error(`these are more than ${MOST} files: give the folder of the four`);
    const path = under + entry.name;
    if (isFile(entry)) {
      found.push({ path, blob: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
    } else if (isFolder(entry) && depth > 0) {
      await walk(await entriesOf(entry), `${path}/`, depth - 1, found);
    }
  }
}

/// What was dropped, with folders walked. The transfer is read at once: it is empty after the event.
export function dropped(transfer: DataTransfer): Promise<Given[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files = [...transfer.files];
  const found: Given[] = [];
  // Where no entries are to be had (a drop that a script makes) the files are.
  if (entries.length === 0) return Promise.resolve(chosen(files));
  return walk(entries, '', DEPTH, found).then(() => found);
}

/// What was chosen by an input; of a folder each file has its path.
export const chosen = (files: Iterable<File>): Given[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

const isLoose = ({ path }: Given) => !path.includes('/');

/// Uses files as what they are: images, results with or without units, a configuration. Gives what is to be
/// said of those that are none of these, or of no use.
export async function use(
  given: Given[],
  { client, opening, images }: { client: Client; opening: Opening; images: Images },
): Promise<string[]> {
  if (given.length === 0) return ['Nothing was given: the folder is empty.'];
  const starts = given.map(({ path, blob }) => plain({ path, blob: blob.slice(0, START) }));
  const folder = given.find((one) => !isLoose(one))?.path.split('/')[0];
  const {
    files,
    images: ofSet,
    problem,
  } = await client.ask('recognised', {
    type: 'recognise',
    place: folder ? `The folder ${folder}` : 'What was given',
    files: await Promise.all(starts),
  });
  const said: string[] = [];
  const tooLarge = ({ path, blob }: Given) => {
    if (blob.size <= LARGEST) return false;
    said.push(`${path}: it has more than the ${LARGEST >> 20} MiB that are read.`);
    return true;
  };
  const ofKind = (kind: string) => given.filter((_, i) => files[i]?.kind === kind);
  const records = ofKind('record').filter((one) => !tooLarge(one));
  if (records.length > 0) said.push(...(await opening.records(await Promise.all(records.map(plain)))));
  const set: Found[] = ofSet.flatMap(({ index, name }) => {
    const found = given[index];
    return found ? [{ ...found, name: name && `${name}.gz` }] : [];
  });
  if (set.length > 0 && !set.some(tooLarge)) await images.offer(set);
  // Of a folder only what was looked for is spoken of.
  if (problem !== null && (ofKind('images').length > 0 || records.length === 0)) said.push(`${problem}.`);
  for (const [i, one] of given.entries()) {
    const what = files[i];
    if (what?.kind === 'other' && isLoose(one) && problem !== what.reason) said.push(`${what.reason}.`);
  }
  return said;
}

/// The same, with whatever fails said too.
export const used = (given: Promise<Given[]>, by: Parameters<typeof use>[1]): Promise<string[]> =>
  given.then((files) => use(files, by)).catch((error: unknown) => [`${reason(error)}.`]);
