// Files as people have them, given by drop or by input: each is used as what it is, or refused by name.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, idx, open, test } from './page';

type Given = { path: string; bytes: Buffer };

const root = join(import.meta.dirname, '..', '..');

/// Drops files, with their folders, as a file manager does: a script's own transfer has no folders, so the
/// browser's entries are stood in for.
const drop = (page: Page, given: Given[]) =>
  page.evaluate(
    (files) => {
      type Node = { name: string; file?: File; nodes: Map<string, Node> };
      const top: Node = { name: '', nodes: new Map() };
      for (const { path, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        let at = top;
        for (const name of path.split('/')) {
          const next = at.nodes.get(name) ?? { name, nodes: new Map() };
          at.nodes.set(name, next);
          at = next;
        }
        at.file = new File([bytes], at.name);
      }
      const entry = ({ name, file, nodes }: Node): object => ({
        name,
        isFile: file !== undefined,
        isDirectory: file === undefined,
        file: (done: (file: File | undefined) => void) => done(file),
        createReader: () => {
          // A few at a time, as browsers do.
          const left = [...nodes.values()].map(entry);
          return { readEntries: (done: (some: object[]) => void) => done(left.splice(0, 2)) };
        },
      });
      const items = [...top.nodes.values()].map((node) => ({ webkitGetAsEntry: () => entry(node) }));
      const event = new Event('drop', { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: { items, files: [] } });
      document.body.dispatchEvent(event);
    },
    given.map(({ path, bytes }) => ({ path, base64: bytes.toString('base64') })),
  );

const own = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

const content = (name: string, train: number) =>
  idx(name.startsWith('train') ? train : 30, name.includes('images'));

/// The four files, each called and packed as `as` says.
const four = (as: (name: string, packed: Buffer) => [string, Buffer], train = 60): Given[] =>
  own.map((name) => {
    const [path, bytes] = as(name, content(name, train));
    return { path, bytes };
  });

const badge = (page: Page) => page.locator('#data-badge');
const notice = (page: Page) => page.locator('.notice[data-about="files"]');

const WAYS: [string, (name: string, packed: Buffer) => [string, Buffer]][] = [
  ['in a folder', (name, packed) => [`MNIST/raw/${name}.gz`, packed]],
  ['in a folder for each', (name, packed) => [`archive/${name}/${name}`, gunzipSync(packed)]],
  ['numbered by a browser', (name, packed) => [`${name} (1).gz`, packed]],
  ['with dots', (name, packed) => [`${name.replace('-idx', '.idx')}.GZ`, packed]],
  ['called after EMNIST', (name, packed) => [`emnist-digits-${name.replace('t10k', 'test')}.gz`, packed]],
  [
    'in two members',
    (name, packed) => {
      const bytes = gunzipSync(packed);
      return [`${name}.gz`, Buffer.concat([gzipSync(bytes.subarray(0, 9)), gzipSync(bytes.subarray(9))])];
    },
  ],
  ['filled up with zeros', (name, packed) => [`${name}.gz`, Buffer.concat([packed, Buffer.alloc(512)])]],
];

test('four files are used however they are called and packed', async ({ page }) => {
  await open(page);
  for (const [i, [how, as]] of WAYS.entries()) {
    await test.step(how, async () => {
      // Each time another number of them: what was there before is told from what came.
      await drop(page, [...four(as, 60 + i), { path: 'MNIST/.DS_Store', bytes: Buffer.from('x') }]);
      await expect(badge(page)).toContainText(`${60 + i} to train, 30 to test`);
      await expect(notice(page)).toHaveCount(0);
    });
  }
});

test('a folder is chosen whole', async ({ page }) => {
  await open(page);
  const folder = mkdtempSync(join(tmpdir(), 'metacls-'));
  for (const { path, bytes } of four((name, packed) => [`raw/${name}/${name}.gz`, packed])) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  writeFileSync(join(folder, 'README.md'), 'about');
  await page.getByText('Images', { exact: true }).click();
  await page.getByLabel('use a folder of IDX files').setInputFiles(folder);
  await expect(badge(page)).toContainText('60 to train, 30 to test');
});

test('what is no image is refused, saying what it is, and the word stays', async ({ page }) => {
  await open(page);
  const header = (kind: number, ...dimensions: number[]) => {
    const bytes = Buffer.alloc(4 + 4 * dimensions.length + 64);
    bytes.set([0, 0, kind, dimensions.length]);
    dimensions.forEach((d, i) => {
      bytes.writeUInt32BE(d, 4 + 4 * i);
    });
    return bytes;
  };
  for (const [bytes, words] of [
    [Buffer.from('PK\x03\x04'), 'a zip archive, not an IDX file as MNIST’s are; unpack it'],
    [gzipSync(Buffer.from('<!DOCTYPE html>')), 'a page of HTML'],
    [Buffer.from('\x89PNG\r\n', 'latin1'), 'a PNG picture'],
    [Buffer.alloc(0), 'an empty file'],
    [header(0x0c, 16), '32-bit integers'],
    [header(0x0d, 4, 28, 28), 'floats'],
    [header(8, 4, 1, 28, 28), '4 dimensions'],
  ] as const) {
    await drop(page, [{ path: 'train-images.gz', bytes }]);
    await expect(notice(page)).toContainText('train-images.gz: ');
    await expect(notice(page)).toContainText(words.replace('’', "'"));
  }
  const cut = four((name, packed) => [`${name}.gz`, name === own[0] ? packed.subarray(0, 300) : packed]);
  await drop(page, cut);
  await expect(notice(page)).toContainText(`${own[0]}.gz`);
  const garbage = four((name, packed) => [`${name}.gz`, Buffer.concat([packed, Buffer.from('and more')])]);
  await drop(page, garbage);
  await expect(notice(page)).toContainText('ends 8 bytes before');
  await drop(page, four((name, packed) => [`${name}.gz`, packed]).slice(0, 3));
  await expect(notice(page)).toContainText('there is no test labels');
  await expect(badge(page)).toContainText('procedural digits');
  // The page goes on by itself, and the word stays until the reader does something about it.
  await page.waitForTimeout(2_500);
  await expect(notice(page)).toContainText('there is no test labels');
  await drop(
    page,
    four((name, packed) => [`${name}.gz`, packed]),
  );
  await expect(badge(page)).toContainText('60 to train');
  await expect(notice(page)).toHaveCount(0);
});

const stored = (name: string) => readFileSync(join(root, 'stored', name));

test('results that are dropped are opened as a run, with their units', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await drop(page, [{ path: 'mine.json.gz', bytes: stored('figure1.json.gz') }]);
  await expect(page.locator('.tab', { hasText: 'Figure 1' })).toHaveAttribute('aria-current', 'page');
  await expect(page.locator('#panels-source')).toContainText('40 seeds');
  await expect(page.locator('#trace')).not.toContainText('in task 5');
  const plain = gunzipSync(stored('figure3.json.gz'));
  await drop(page, [
    { path: 'a/units.json.gz', bytes: stored('figure3.units.json.gz') },
    { path: 'a/results.json', bytes: plain },
  ]);
  await expect(page.locator('.tab', { hasText: 'Figure 3' })).toHaveAttribute('aria-current', 'page');
  await expect(page.locator('#trace')).toContainText('in task 5');
  await expect(notice(page)).toHaveCount(0);
});

test('a mixed drop is told apart', async ({ page }) => {
  await open(page);
  const config = gunzipSync(stored('figure3.json.gz')).toString();
  const { config: held } = JSON.parse(config) as { config: object };
  await drop(page, [
    ...four((name, packed) => [`${name}.gz`, packed]),
    { path: 'set.json', bytes: Buffer.from(`\ufeff${JSON.stringify({ ...held, batch: 4 })}`) },
    { path: 'units.json.gz', bytes: stored('figure1.units.json.gz') },
    { path: 'notes.txt', bytes: Buffer.from('not for this page') },
    { path: 'other.json', bytes: Buffer.from('{"a": 1}') },
  ]);
  await expect(badge(page)).toContainText('60 to train, 30 to test');
  await expect(page.locator('#field-batch')).toHaveValue('4');
  await expect(notice(page)).toContainText('units.json.gz: watched units');
  await expect(notice(page)).toContainText('notes.txt: not an IDX file');
  await expect(notice(page)).toContainText('other.json: ');
  await expect(notice(page)).not.toContainText('set.json');
});

test('MNIST is kept whatever it was called, and is there after a reload', async ({ page }) => {
  const folder = process.env['METACLS_MNIST'];
  test.skip(!folder, 'METACLS_MNIST does not name a folder with MNIST’s files');
  await open(page);
  const files = own.map((name, i) => ({
    name: `${name.replace('-idx', '.idx')} (${i}).gz`,
    mimeType: 'application/gzip',
    buffer: readFileSync(join(folder!, `${name}.gz`)),
  }));
  await page.locator('#files').setInputFiles(files);
  await expect(badge(page)).toContainText('MNIST (verified), your files');
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.open('metacls-mnist-1')).keys()).length))
    .toBe(4);
  await page.reload();
  await expect(badge(page)).toContainText('MNIST (verified), kept in this browser');
  // What is kept is damaged by one byte: digits, with a word; and it is not tried again.
  await page.evaluate(async () => {
    const cache = await caches.open('metacls-mnist-1');
    const name = './kept/train-labels-idx1-ubyte.gz';
    const bytes = new Uint8Array(await (await cache.match(name))!.arrayBuffer());
    bytes[1000]! ^= 1;
    await cache.put(name, new Response(bytes));
  });
  await page.reload();
  await expect(badge(page)).toContainText('procedural digits');
  await expect(page.locator('.notice[data-about="images"]')).toContainText(
    'as this browser kept it is of no use',
  );
});
