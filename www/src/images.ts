// Where images come from: beside the page, kept in this browser, the reader's files, a public mirror. What is
// of no use gives way to the next source, with a word: nothing is waited for in vain.
import mnist from '../../src/data/mnist.sha256?raw';
import { fetched } from './fetching';
import type { Command, Event, Origin, File as Sent } from './protocol';
import { reason } from './reason';

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

/// A file as it lies there, packed or not; `name` is MNIST's for the file of its place, if it may be that.
export type Found = { path: string; blob: Blob; name: string | null };

type Refusal = Extract<Event, { type: 'data_refused' }>;

type Handlers = {
  use(command: Command): void;
  /// Something was of no use, and what stands in its stead.
  say(lines: string[]): void;
};

/// A file as the worker takes it, for whoever gets the bytes to keep.
export const plain = async ({ path, blob }: Pick<Found, 'path' | 'blob'>): Promise<Sent> => ({
  name: path,
  bytes: new Uint8Array(await blob.arrayBuffer()),
});

const fetchAll = (base: string): Promise<Found[]> =>
  Promise.all(NAMES.map(async (name) => ({ path: name, name, blob: await fetched(base + name) })));

const hasCache = () => 'caches' in globalThis;

/// Where images are kept; undefined in a page that may store nothing, so that nothing is kept there.
async function opened(): Promise<Cache | undefined> {
  try {
    return hasCache() ? await caches.open(CACHE) : undefined;
  } catch {
    return undefined;
  }
}

async function kept(): Promise<Found[] | undefined> {
  const cache = await opened();
  if (!cache) return undefined;
  const held = await Promise.all(
    NAMES.map(async (name) => {
      const blob = await (await cache.match(`./kept/${name}`))?.blob();
      return blob ? [{ path: name, name, blob }] : [];
    }),
  );
  return held.every((one) => one.length === 1) ? held.flat() : undefined;
}

const forget = async () => {
  if (hasCache()) await caches.delete(CACHE);
};

/// Whether MNIST lies beside the page: then its folder has a list.
async function isServed(): Promise<boolean> {
  try {
    const list = JSON.parse(await (await fetched('./mnist/files.json')).text()) as { files: string[] };
    return list.files.length > 0;
  } catch {
    return false;
  }
}

const KEPT = 'MNIST as this browser keeps it is used instead.';
const INSTEAD = 'Procedural digits, which the page writes itself, are used instead.';
const HOW = 'For MNIST open Images below: drop its files, or fetch them from the mirror.';

export class Images {
  /// The files last sent, until it is known whether they are MNIST.
  private candidate: Found[] | undefined;
  /// What was of no use so far.
  private trouble: string[] = [];

  constructor(private readonly handlers: Handlers) {}

  /// The first source there is; digits where there is none.
  async begin() {
    this.trouble = [];
    if (!(await isServed())) return this.useKept();
    try {
      await this.send(await fetchAll('./mnist/'), 'served');
    } catch (error) {
      this.useless('served', reason(error));
    }
  }

  /// Files of the reader's.
  async offer(files: Found[]) {
    await this.send(files, 'dropped');
  }

  /// MNIST from its mirror.
  async fromMirror() {
    await this.send(await fetchAll(MIRROR), 'mirror');
  }

  digits() {
    this.candidate = undefined;
    this.handlers.use({ type: 'use_digits' });
  }

  /// The trainer refused a source. Says whether the page took it by itself, and so uses another now.
  refused({ origin, reason }: Refusal): boolean {
    this.candidate = undefined;
    if (origin !== 'served' && origin !== 'kept') return false;
    this.useless(origin, reason);
    return true;
  }

  /// The trainer verified the files last sent as MNIST: whatever they were called, they are kept under its
  /// names. What lies beside the page is kept too, for when there is no network.
  async keep() {
    const files = this.candidate;
    this.candidate = undefined;
    if (!files || !hasCache() || files.some(({ name }) => name === null)) return;
    try {
      if (await kept()) return;
      const cache = await caches.open(CACHE);
      const put = ({ name, blob }: Found) => cache.put(`./kept/${name}`, new Response(blob));
      await Promise.all(files.map(put));
    } catch (error) {
      this.handlers.say([`MNIST is in use, but this browser does not keep it (${reason(error)}).`]);
    }
  }

  private async send(files: Found[], origin: Origin) {
    const sent = await Promise.all(files.map(plain));
    this.candidate = origin === 'kept' ? undefined : files;
    this.handlers.use({ type: 'use_files', files: sent, origin });
  }

  private async useKept() {
    try {
      const held = await kept();
      if (held) {
        if (this.trouble.length > 0) this.handlers.say([...this.trouble, KEPT]);
        return await this.send(held, 'kept');
      }
    } catch (error) {
      return this.useless('kept', reason(error));
    }
    this.instead();
  }

  /// The next source after one of no use.
  private useless(origin: 'served' | 'kept', reason: string) {
    const whose =
      origin === 'served' ? 'The copy of MNIST beside this page' : 'MNIST as this browser kept it';
    this.trouble.push(`${whose} is of no use: ${reason}.`);
    if (origin === 'served') return void this.useKept();
    void forget().catch(() => undefined);
    this.instead();
  }

  /// Digits, after whatever was of no use.
  private instead() {
    if (this.trouble.length > 0) this.handlers.say([...this.trouble, INSTEAD, HOW]);
    this.digits();
  }
}
