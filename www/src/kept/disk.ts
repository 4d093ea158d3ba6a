// Where runs are kept in this browser: its private file system, or IndexedDB where that can't be written.
//
// A file is there whole or as it was before: both write to a copy that takes the old one's place at the end.
import { createStore, del, get, keys, setMany } from 'idb-keyval';

export type Disk = {
  readonly name: string;
  /// Writes a file, in the place of one that is there.
  write(run: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  append(run: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  read(run: string, file: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /// Removes a run's file, or all of them.
  remove(run: string, file?: string): Promise<void>;
  /// The names of all runs.
  runs(): Promise<string[]>;
  /// Bytes that a run takes.
  size(run: string): Promise<number>;
};

const FOLDER = 'metacls-runs-1';

const isMissing = (error: unknown) => error instanceof DOMException && error.name === 'NotFoundError';

/// What a search gives, or undefined where there is no such file or folder.
const found = <T>(search: Promise<T>): Promise<T | undefined> =>
  search.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });

async function fileSystem(): Promise<Disk | undefined> {
  const root = await navigator.storage?.getDirectory?.();
  if (!root || !('createWritable' in FileSystemFileHandle.prototype)) return undefined;
  const top = await root.getDirectoryHandle(FOLDER, { create: true });
  const folder = (run: string) => top.getDirectoryHandle(run, { create: true });
  const there = (run: string) => found(top.getDirectoryHandle(run));
  const put = async (run: string, file: string, bytes: Uint8Array<ArrayBuffer>, after: boolean) => {
    const handle = await (await folder(run)).getFileHandle(file, { create: true });
    const at = after ? (await handle.getFile()).size : 0;
    const stream = await handle.createWritable({ keepExistingData: after });
    try {
      await stream.write({ type: 'write', position: at, data: bytes });
      await stream.close();
    } catch (error) {
      await stream.abort().catch(() => undefined);
      throw error;
    }
  };
  return {
    name: 'the private file system',
    write: (run, file, bytes) => put(run, file, bytes, false),
    append: (run, file, bytes) => put(run, file, bytes, true),
    read: async (run, file) => {
      const handle = await found((await there(run))?.getFileHandle(file) ?? Promise.resolve(undefined));
      return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    remove: async (run, file) => {
      if (file === undefined) await found(top.removeEntry(run, { recursive: true }));
      else await found((await there(run))?.removeEntry(file) ?? Promise.resolve());
    },
    runs: async () => {
      const names: string[] = [];
      for await (const name of top.keys()) names.push(name);
      return names;
    },
    size: async (run) => {
      let bytes = 0;
      for await (const entry of (await there(run))?.values() ?? []) {
        if (entry instanceof FileSystemFileHandle) bytes += (await entry.getFile()).size;
      }
      return bytes;
    },
  };
}

async function database(): Promise<Disk | undefined> {
  if (!('indexedDB' in globalThis)) return undefined;
  const store = createStore(FOLDER, 'files');
  const key = (run: string, file: string) => `${run}/${file}`;
  const read = (run: string, file: string) => get<Uint8Array<ArrayBuffer>>(key(run, file), store);
  const of = async (run: string) => (await keys<string>(store)).filter((k) => k.startsWith(`${run}/`));
  const write = (run: string, file: string, bytes: Uint8Array<ArrayBuffer>) =>
    setMany([[key(run, file), bytes]], store);
  // A browser that forbids storage says so here.
  await keys(store);
  return {
    name: 'its database',
    write,
    append: async (run, file, bytes) => {
      const before = (await read(run, file)) ?? new Uint8Array();
      const all = new Uint8Array(before.length + bytes.length);
      all.set(before);
      all.set(bytes, before.length);
      await write(run, file, all);
    },
    read,
    remove: async (run, file) => {
      const names = file === undefined ? await of(run) : [key(run, file)];
      for (const name of names) await del(name, store);
    },
    runs: async () => [...new Set((await keys<string>(store)).map((k) => k.split('/')[0] ?? ''))],
    size: async (run) => {
      const sizes = (await of(run)).map(async (k) => (await get<Uint8Array>(k, store))?.length ?? 0);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    },
  };
}

/// The first of both that can be had; none in a page that may store nothing (a sandboxed frame, some private
/// windows).
async function open(): Promise<Disk | undefined> {
  for (const kind of [fileSystem, database]) {
    try {
      const disk = await kind();
      if (disk) return disk;
    } catch {
      // Not allowed here: the next kind is tried.
    }
  }
  return undefined;
}

let opened: Promise<Disk | undefined> | undefined;

/// This browser's storage, opened once.
export function disk(): Promise<Disk | undefined> {
  opened ??= open();
  return opened;
}
