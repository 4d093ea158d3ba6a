// Sources of images: the next one, with a word, where one is of no use.
import { afterEach, expect, test, vi } from 'vitest';
import { Images } from '../src/images';
import type { Command, Origin } from '../src/protocol';

afterEach(() => vi.unstubAllGlobals());

type Kept = Map<string, Blob>;

/// A page that is served these files, with a browser that keeps those.
function page(served: Record<string, string | undefined>, kept?: Kept) {
  const answer = (address: string) => {
    const text = served[address.slice(address.lastIndexOf('/') + 1)];
    return text === undefined
      ? new Response('', { status: 404, statusText: 'Not Found' })
      : new Response(text);
  };
  vi.stubGlobal('fetch', (address: string) => Promise.resolve(answer(address)));
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
  return { images, used, said };
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
