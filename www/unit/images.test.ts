// Sources of images: the next one, with a word, where one is of no use.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Images } from '../src/images';
import type { Command, Origin } from '../src/protocol';

beforeEach(() => remember());
afterEach(() => vi.unstubAllGlobals());

/// A browser that remembers this choice.
function remember(choice?: string) {
  const held = new Map(choice === undefined ? [] : [['metacls-images', choice]]);
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => held.set(name, value),
  });
  return held;
}

type Kept = Map<string, Blob>;

/// A page that is served these files, with a browser that keeps those.
function page(served: Record<string, string | undefined>, kept?: Kept) {
  const answer = (address: string) => {
    const text = served[address.slice(address.lastIndexOf('/') + 1)];
    return text === undefined
      ? new Response('', { status: 404, statusText: 'Not Found' })
      : new Response(text);
  };
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    return Promise.resolve(answer(address));
  });
  const cache = {
    match: (name: string) => {
      const blob = kept?.get(name);
      return Promise.resolve(blob && new Response(blob));
    },
    put: async (name: string, answer: Response) => kept?.set(name, await answer.blob()),
  };
  vi.stubGlobal('caches', { open: async () => cache, delete: async () => kept?.clear() });
  const used: Command[] = [];
  const said: string[][] = [];
  const images = new Images({ use: (command) => used.push(command), say: (lines) => said.push(lines) });
  return { images, used, said, asked };
}

const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
  (name) => `${name}-ubyte.gz`,
);
const all = { 'files.json': '{"files": ["x"]}', ...Object.fromEntries(names.map((name) => [name, 'bytes'])) };
const refused = (origin: Origin) => ({ type: 'data_refused', reason: 'a wrong byte', origin }) as const;
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test('nothing served and nothing kept: digits, without a word', async () => {
  const { images, used, said } = page({});
  await images.begin();
  expect(used).toEqual([{ type: 'use_digits' }]);
  expect(said).toEqual([]);
});

test('a list of files that is none is as if nothing were served', async () => {
  for (const list of ['null', '[]', '{"files": "all"}', '{"files": [4]}', '{"files": {"length": 4}}', '{']) {
    const { images, used, said, asked } = page({ ...all, 'files.json': list });
    await images.begin();
    expect(used).toEqual([{ type: 'use_digits' }]);
    expect(said).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(await images.nearest()).toBe('mirror');
  }
});

test('a browser that lets the page store nothing: digits, without a word', async () => {
  const { images, used, said } = page({});
  vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('no', 'SecurityError')) });
  await images.begin();
  expect(used).toEqual([{ type: 'use_digits' }]);
  expect(said).toEqual([]);
});

test('a served copy that is refused leaves digits with a word', async () => {
  const { images, used, said } = page(all);
  await images.begin();
  expect(used[0]).toMatchObject({ type: 'use_files', origin: 'served' });
  expect(images.refused(refused('served'))).toBe(true);
  await settled();
  expect(used[1]).toEqual({ type: 'use_digits' });
  expect(said[0]?.[0]).toContain('beside this page is of no use: a wrong byte');
  expect(said[0]?.[1]).toContain('Procedural digits');
});

test('a served copy with a file missing leaves digits with a word', async () => {
  const { images, used, said } = page({ ...all, [names[2] ?? '']: undefined });
  await images.begin();
  await settled();
  expect(used).toEqual([{ type: 'use_digits' }]);
  expect(said[0]?.[0]).toContain(`${names[2]}: 404 Not Found`);
});

test('what was verified is kept under MNIST’s names, and used before digits', async () => {
  const kept: Kept = new Map();
  const { images, used, said } = page({}, kept);
  await images.offer(names.map((name, i) => ({ path: `download (${i}).gz`, name, blob: new Blob(['x']) })));
  await images.keep();
  expect([...kept.keys()]).toEqual(names.map((name) => `./kept/${name}`));
  await images.begin();
  expect(used[1]).toMatchObject({ type: 'use_files', origin: 'kept' });
  // What is kept is damaged: it is forgotten, and said.
  expect(images.refused(refused('kept'))).toBe(true);
  await settled();
  expect(used[2]).toEqual({ type: 'use_digits' });
  expect(kept.size).toBe(0);
  expect(said[0]?.[0]).toContain('as this browser kept it is of no use');
});

test('files that were refused, or are of no place, are not kept', async () => {
  const kept: Kept = new Map();
  const { images } = page({}, kept);
  const files = names.map((name) => ({ path: name, name, blob: new Blob(['x']) }));
  await images.offer(files);
  expect(images.refused(refused('dropped'))).toBe(false);
  await images.keep();
  await images.offer(files.slice(0, 2).map((file) => ({ ...file, name: null })));
  await images.keep();
  expect(kept.size).toBe(0);
});

test('kept images stand in for served ones of no use, and it is said', async () => {
  const kept: Kept = new Map(names.map((name) => [`./kept/${name}`, new Blob(['x'])]));
  const { images, used, said } = page(all, kept);
  await images.begin();
  images.refused(refused('served'));
  await settled();
  expect(used[1]).toMatchObject({ type: 'use_files', origin: 'kept' });
  expect(said[0]?.[1]).toContain('keeps it is used instead');
});

test('what lies beside the page is kept once it is verified, and used without a network', async () => {
  const kept: Kept = new Map();
  const { images } = page(all, kept);
  await images.begin();
  expect(kept.size).toBe(0);
  await images.keep();
  expect(kept.size).toBe(4);
  const { images: offline, used, said } = page({ 'files.json': '{"files": []}' }, kept);
  await offline.begin();
  expect(used[0]).toMatchObject({ type: 'use_files', origin: 'kept' });
  expect(said).toEqual([]);
});

const info = { kind: 'mnist', name: '', digest: '', train: 1, test: 1, side: 28, classes: 10 } as const;
const taken = (origin: Origin) => ({ type: 'data', info, origin }) as const;
const own = { type: 'data', info: { ...info, kind: 'digits' }, origin: null } as const;
const chosenIn = (held: Map<string, string>) => held.get('metacls-images');

test('digits that were chosen are used though there is MNIST; nothing is asked for', async () => {
  remember('digits');
  const { images, used, asked } = page(all);
  await images.begin();
  expect(used).toEqual([{ type: 'use_digits' }]);
  expect(asked).toEqual([]);
  expect(images.chosen).toBe('digits');
});

test('what the page takes by itself is no choice', async () => {
  const held = remember();
  const { images } = page(all);
  await images.begin();
  images.taken(taken('served'));
  expect(images.chosen).toBeUndefined();
  expect(held.size).toBe(0);
});

test('MNIST from the mirror is remembered and kept once it is verified', async () => {
  const [held, kept]: [Map<string, string>, Kept] = [remember(), new Map()];
  const { images, used, asked } = page(all, kept);
  let bytes = 0;
  const took = (more: number) => {
    bytes += more;
  };
  const had = images.mnist('mirror', { took });
  await settled();
  expect(used[0]).toMatchObject({ type: 'use_files', origin: 'mirror' });
  expect(asked.every((address) => address.startsWith('https://raw.githubusercontent.com/'))).toBe(true);
  expect(bytes).toBe(4 * 'bytes'.length);
  expect(chosenIn(held)).toBeUndefined();
  images.taken(taken('mirror'));
  await had;
  expect(chosenIn(held)).toBe('mnist');
  await settled();
  expect(kept.size).toBe(4);
  expect(await images.nearest()).toBe('kept');
});

test('MNIST that does not come, or is another, is said and not remembered', async () => {
  const held = remember();
  const { images, used } = page({ ...all, [names[1] ?? '']: undefined });
  await expect(images.mnist('mirror')).rejects.toThrow(`${names[1]}: 404 Not Found`);
  expect(used).toEqual([]);
  const { images: others } = page(all);
  const had = others.mnist('mirror');
  await settled();
  // Whoever asked for it says so: nobody else is to.
  expect(others.refused(refused('mirror'))).toBe(true);
  await expect(had).rejects.toThrow('a wrong byte');
  const gone = others.mnist('mirror');
  await settled();
  others.stopped('The trainer is gone');
  await expect(gone).rejects.toThrow('The trainer is gone');
  expect(held.size).toBe(0);
});

test('kept MNIST that is of no use any more is forgotten', async () => {
  const kept: Kept = new Map(names.map((name) => [`./kept/${name}`, new Blob(['x'])]));
  const { images } = page({}, kept);
  const had = images.mnist('kept');
  await settled();
  images.refused(refused('kept'));
  await expect(had).rejects.toThrow('a wrong byte');
  expect(kept.size).toBe(0);
  await expect(images.mnist('kept')).rejects.toThrow('keeps it no more');
});

test('of two choices the later one counts', async () => {
  const held = remember();
  const { images, used } = page(all);
  images.taken(own);
  const had = images.mnist('mirror');
  images.digits();
  await expect(had).rejects.toThrow('other images were chosen');
  // The digits were in use all the time.
  expect(used).toEqual([]);
  expect(chosenIn(held)).toBe('digits');
  // Chosen while MNIST is being verified, they are asked for anew.
  const late = images.mnist('mirror');
  await settled();
  images.digits();
  images.taken(taken('mirror'));
  await late;
  expect(used.map(({ type }) => type)).toEqual(['use_files', 'use_digits']);
  expect(chosenIn(held)).toBe('digits');
});

test('MNIST that is dropped is chosen, other files are not', () => {
  const held = remember('digits');
  const { images } = page({});
  images.taken({ ...taken('dropped'), info: { ...info, kind: 'custom' } });
  expect(chosenIn(held)).toBe('digits');
  images.taken(taken('dropped'));
  expect(chosenIn(held)).toBe('mnist');
});

test('a browser that remembers nothing for the page still has the choice of this visit', () => {
  const refusing = () => {
    throw new DOMException('not allowed', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: refusing });
  const { images } = page({});
  images.digits();
  expect(images.chosen).toBe('digits');
  remember('something else');
  expect(page({}).images.chosen).toBeUndefined();
});

const given = names.map((name) => ({ path: `own/${name}`, name, blob: new Blob(['theirs']) }));

test('files that the reader gives while the page looks for images stay', async () => {
  for (const served of [all, {}]) {
    const { images, used, said } = page(served);
    const looking = images.begin();
    await images.offer(given);
    await looking;
    await settled();
    expect(used).toMatchObject([{ type: 'use_files', origin: 'dropped' }]);
    expect(said).toEqual([]);
  }
});

test('files that came after MNIST are not kept in its place', async () => {
  const kept: Kept = new Map();
  const { images } = page(all, kept);
  await images.begin();
  await images.offer(given);
  images.taken(taken('served'));
  images.taken({ ...taken('dropped'), info: { ...info, kind: 'custom' } });
  await settled();
  expect([...kept]).toEqual([]);
});

test('files are read as the reader says, and those that are there again', async () => {
  const { images, used } = page({});
  await images.read('kmnist');
  expect(used).toEqual([]);
  await images.offer(given);
  await images.read(null);
  expect(used).toMatchObject([{ set: 'kmnist' }, { set: null }]);
  // The page's own digits take their place for good.
  images.digits();
  await images.read('emnist_letters');
  expect(used.map(({ type }) => type)).toEqual(['use_files', 'use_files', 'use_digits']);
});
