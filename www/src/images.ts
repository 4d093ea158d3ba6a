// Where images come from: beside the page, kept in this browser, the reader's files, a public mirror.
import mnist from '../../src/data/mnist.sha256?raw';
import type { Command, Origin, File as Sent } from './protocol';
import { unpack } from './unpack';

/// MNIST's files as they are served and kept.
const NAMES = mnist
  .trim()
  .split('\n')
  .map((line) => `${line.split(/ +/)[1]}.gz`);

/// A public copy that allows reads from other pages, at a fixed revision. The trainer verifies it by SHA-256.
const MIRROR =
  'https://raw.githubusercontent.com/MohamedHesham02/MNIST_DCGAN_pytorch/' +
  '5aa0ca760fd81c24dca9f3797c232ef57572dbf7/DCGAN/data/MNIST/raw/';

export const mirrorHost = new URL(MIRROR).host;

const CACHE = 'metacls-mnist-1';

/// A file before it is read: packed or not.
type Named = { name: string; blob: Blob };

type Use = (command: Command) => void;

/// A file as the worker takes it: its bytes, unpacked, for whoever gets them to keep.
export async function plain({ name, blob }: Named): Promise<Sent> {
  return { name, bytes: await unpack(name, blob) };
}

async function useFiles(use: Use, files: Named[], origin: Origin) {
  use({ type: 'use_files', files: await Promise.all(files.map(plain)), origin });
}

const fetchAll = (base: string): Promise<Named[]> =>
  Promise.all(
    NAMES.map(async (name) => {
      const answer = await fetch(base + name);
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
      return { name, blob: await answer.blob() };
    }),
  );

const hasCache = () => 'caches' in globalThis;

async function kept(): Promise<Named[] | undefined> {
  if (!hasCache()) return undefined;
  const cache = await caches.open(CACHE);
  const held = await Promise.all(
    NAMES.map(async (name) => {
      const blob = await (await cache.match(`./kept/${name}`))?.blob();
      return blob ? [{ name, blob }] : [];
    }),
  );
  return held.every((one) => one.length === 1) ? held.flat() : undefined;
}

let candidate: Named[] | undefined;

/// Keeps the files last offered; called once the worker has verified them as MNIST.
export async function keep() {
  const files = candidate;
  if (!files || !hasCache()) return;
  const cache = await caches.open(CACHE);
  await Promise.all(files.map(({ name, blob }) => cache.put(`./kept/${name}`, new Response(blob))));
  candidate = undefined;
}

/// The first source there is; digits where there is none.
export async function begin(use: Use) {
  try {
    const list = (await (await fetch('./mnist/files.json')).json()) as { files: string[] };
    if (list.files.length > 0) {
      await useFiles(use, await fetchAll('./mnist/'), 'served');
      return;
    }
  } catch {
    // Nothing is served beside the page: the next source is asked.
  }
  const held = await kept().catch(() => undefined);
  try {
    if (held) return await useFiles(use, held, 'kept');
  } catch {
    // What this browser kept is damaged: as if it were not there.
  }
  use({ type: 'use_digits' });
}

/// Files of the reader's.
export async function offer(files: globalThis.File[], use: Use) {
  const given = files.map((file) => ({ name: file.name, blob: file }));
  // Only files that come under MNIST's own names can be kept under them.
  const order = NAMES.flatMap((name) => {
    const found = given.find((f) => f.name === name || `${f.name}.gz` === name);
    return found ? [{ name, blob: found.blob }] : [];
  });
  candidate = order.length === NAMES.length ? order : undefined;
  await useFiles(use, given, 'dropped');
}

/// MNIST from its mirror.
export async function fromMirror(use: Use) {
  const files = await fetchAll(MIRROR);
  candidate = files;
  await useFiles(use, files, 'mirror');
}
