// Where images come from: beside the page, kept in this browser, the reader's files, a public mirror. What is
// of no use gives way to the next source, with a word: nothing is waited for in vain. What the reader
// chooses is remembered.
import pinned from '../../src/data/mnist.mirror?raw';
import mnist from '../../src/data/mnist.sha256?raw';
import { fetched, type Watch } from './fetching';
import { fieldOf, isStrings } from './guards';
import type { Command, DataSet, Event, Origin, File as Sent } from './protocol';
import { reason } from './reason';

/// MNIST's files as they are served and kept.
const NAMES = mnist
  .trim()
  .split('\n')
  .map((line) => `${line.split(/ +/)[1]}.gz`);

/// A public copy that allows reads from other pages, at a fixed revision. The trainer verifies it by SHA-256.
const MIRROR = pinned.trim();

export const mirrorHost = new URL(MIRROR).host;

/// Bytes of its four files.
export const MIRROR_BYTES = 11_594_722;

const CACHE = 'metacls-mnist-1';

/// A file as it lies there, packed or not; `name` is MNIST's for the file of its place, if it may be that.
export type Found = { path: string; blob: Blob; name: string | null };

type Taken = Extract<Event, { type: 'data' }>;
type Refusal = Extract<Event, { type: 'data_refused' }>;

/// Where MNIST can be had without the reader's files.
export type Source = Exclude<Origin, 'dropped'>;

/// What the reader has chosen: MNIST wherever it is, or the page's own digits though there may be MNIST.
export type Chosen = 'mnist' | 'digits';

/// Its name in the browser's memory.
const CHOSEN = 'metacls-images';

/// The browser's memory, where it has one for this page.
function memory(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function remembered(): Chosen | undefined {
  const held = memory()?.getItem(CHOSEN);
  return held === 'mnist' || held === 'digits' ? held : undefined;
}

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

/// All four; with one that fails the others are given up.
async function fetchAll(base: string, { signal, took }: Watch = {}): Promise<Found[]> {
  const control = new AbortController();
  const giveUp = () => control.abort();
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  const watch = { signal: control.signal, ...(took && { took }) };
  const one = async (name: string) => ({
    path: name,
    name,
    blob: await fetched(base + name, undefined, watch),
  });
  try {
    return await Promise.all(NAMES.map(one));
  } catch (error) {
    giveUp();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

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
    const list: unknown = JSON.parse(await (await fetched('./mnist/files.json')).text());
    const files = fieldOf(list, 'files');
    return isStrings(files) && files.length > 0;
  } catch {
    return false;
  }
}

const KEPT = 'MNIST as this browser keeps it is used instead.';
const INSTEAD = 'Procedural digits, which the page writes itself, are used instead.';
const HOW = 'For MNIST open Images below: drop its files, or fetch them from the mirror.';

export class Images {
  /// The files last sent, until it is known whether they are MNIST.
  private candidate: { files: Found[]; origin: Origin } | undefined;
  /// What was of no use so far.
  private trouble: string[] = [];
  /// Which set the reader's files are read as, where they say so.
  private readAs: DataSet | null = null;
  /// The reader's own files, once they gave some.
  private own: Found[] | undefined;
  /// What the reader has chosen, on this visit or an earlier one.
  private choice = remembered();
  /// Choices made on this visit: of two under way the later one counts.
  private choices = 0;
  /// How many there were when the page last looked for images by itself: what it finds gives way to the
  /// reader's choice.
  private looked = 0;
  /// Whether the page's own digits are in use, with nothing else under way to the trainer.
  private isOwn = false;
  /// Whoever waits for what the trainer makes of files from there.
  private waiting: { origin: Origin; take(): void; refuse(error: Error): void } | undefined;

  constructor(private readonly handlers: Handlers) {}

  /// What the reader has chosen; nothing where the page has taken what there is.
  get chosen(): Chosen | undefined {
    return this.choice;
  }

  private choose(chosen: Chosen) {
    this.choice = chosen;
    try {
      memory()?.setItem(CHOSEN, chosen);
    } catch {
      // A full or closed memory: it holds for this visit.
    }
  }

  /// The first source there is; digits where there is none, and where the reader wants them.
  async begin() {
    this.trouble = [];
    this.isOwn = false;
    this.looked = this.choices;
    if (this.choice === 'digits') return this.useDigits();
    if (!(await isServed())) return this.useKept();
    try {
      const files = await fetchAll('./mnist/');
      if (this.isWanted) await this.send(files, 'served');
    } catch (error) {
      this.useless('served', reason(error));
    }
  }

  /// Whether what the page finds by itself is still wanted.
  private get isWanted() {
    return this.looked === this.choices;
  }

  /// Files of the reader's.
  async offer(files: Found[]) {
    this.choices++;
    this.own = files;
    await this.send(files, 'dropped');
  }

  /// The reader says which set their files are, or has them taken for what they are: those to come, and those
  /// that they gave, which must still be there to be read.
  async read(as: DataSet | null) {
    this.readAs = as;
    if (!this.own) return;
    this.choices++;
    await this.send(this.own, 'dropped');
  }

  /// Where MNIST is nearest.
  async nearest(): Promise<Source> {
    if (await kept().catch(() => undefined)) return 'kept';
    return (await isServed()) ? 'served' : 'mirror';
  }

  /// MNIST from there, as the reader chooses. Resolves once it is verified and in use; fails, in words, with
  /// what was in use as it was.
  async mnist(from: Source, watch: Watch = {}) {
    const mine = ++this.choices;
    const files = await this.fetched(from, watch);
    if (mine !== this.choices || watch.signal?.aborted) throw new Error('other images were chosen meanwhile');
    try {
      await this.verified(files, from);
    } catch (error) {
      if (from === 'kept') await forget().catch(() => undefined);
      throw error;
    }
    if (mine !== this.choices) return;
    this.own = undefined;
    this.choose('mnist');
  }

  private async fetched(from: Source, watch: Watch): Promise<Found[]> {
    if (from !== 'kept') return fetchAll(from === 'served' ? './mnist/' : MIRROR, watch);
    const held = await kept();
    if (!held) throw new Error('this browser keeps it no more');
    return held;
  }

  /// Sends files, and waits for what the trainer makes of them.
  private verified(files: Found[], origin: Source): Promise<void> {
    this.waiting?.refuse(new Error('other images were chosen meanwhile'));
    return new Promise((take, refuse) => {
      this.waiting = { origin, take, refuse };
      this.send(files, origin).catch(refuse);
    });
  }

  /// The page's own digits, as the reader chooses.
  digits() {
    this.choices++;
    this.choose('digits');
    if (!this.isOwn) this.useDigits();
  }

  private useDigits() {
    this.candidate = undefined;
    this.own = undefined;
    this.handlers.use({ type: 'use_digits' });
  }

  /// The trainer uses images now. MNIST is kept; the reader's own copy is also what they have chosen.
  taken({ info, origin }: Taken) {
    this.isOwn = origin === null;
    const { waiting } = this;
    if (waiting && waiting.origin === origin) {
      this.waiting = undefined;
      waiting.take();
    }
    if (info.kind !== 'mnist') return;
    if (origin === 'dropped') this.choose('mnist');
    if (this.candidate?.origin === origin) void this.keep();
  }

  /// The trainer can't go on: what it was sent comes to nothing.
  stopped(words: string) {
    this.waiting?.refuse(new Error(words));
    this.waiting = undefined;
  }

  /// The trainer refused a source. Says whether the reader learns of it elsewhere: from whoever waits for it;
  /// or because the page took it by itself, and so uses another now.
  refused({ origin, reason }: Refusal): boolean {
    this.candidate = undefined;
    const { waiting } = this;
    if (waiting && waiting.origin === origin) {
      this.waiting = undefined;
      waiting.refuse(new Error(reason));
      return true;
    }
    if (origin !== 'served' && origin !== 'kept') return false;
    this.useless(origin, reason);
    return true;
  }

  /// The trainer verified the files last sent as MNIST: whatever they were called, they are kept under its
  /// names. What lies beside the page is kept too, for when there is no network.
  async keep() {
    const files = this.candidate?.files;
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
    this.isOwn = false;
    this.candidate = origin === 'kept' ? undefined : { files, origin };
    const set = origin === 'dropped' ? this.readAs : null;
    this.handlers.use({ type: 'use_files', files: sent, origin, set });
  }

  private async useKept() {
    try {
      const held = await kept();
      if (!this.isWanted) return;
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
    if (!this.isWanted) return;
    const whose =
      origin === 'served' ? 'The copy of MNIST beside this page' : 'MNIST as this browser kept it';
    this.trouble.push(`${whose} is of no use: ${reason}.`);
    if (origin === 'served') return void this.useKept();
    void forget().catch(() => undefined);
    this.instead();
  }

  /// Digits, after whatever was of no use.
  private instead() {
    if (!this.isWanted) return;
    if (this.trouble.length > 0) this.handlers.say([...this.trouble, INSTEAD, HOW]);
    this.useDigits();
  }
}
