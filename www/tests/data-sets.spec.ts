// Data sets of the catalogue's shapes, at their true sizes, through the page: what they are taken for, what
// the reader says they are, how many classes there are, and what stands in the results.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, idxHeader, results, run, status, test } from './page';

type Set = { names: string[]; counts: [number, number]; classes: number; first: number };

const named = (train: string, test: string) =>
  [train, test].flatMap((part) => [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`]);

/// Fashion-MNIST and KMNIST call their files as MNIST does.
const LIKE_MNIST: Set = {
  names: named('train', 't10k'),
  counts: [60_000, 10_000],
  classes: 10,
  first: 0,
};
const LETTERS: Set = {
  names: named('emnist-letters-train', 'emnist-letters-test'),
  counts: [124_800, 20_800],
  classes: 26,
  first: 1,
};
const BALANCED: Set = {
  names: named('emnist-balanced-train', 'emnist-balanced-test'),
  counts: [112_800, 18_800],
  classes: 47,
  first: 0,
};

/// An image of a class: a bar whose place and length say which.
function bar(of: number): Buffer {
  const image = Buffer.alloc(784);
  const row = 4 + (of % 20);
  image.fill(255, row * 28 + 4, row * 28 + 12 + 4 * Math.floor(of / 20));
  return image;
}

/// Writes its four files, packed as they are published, and gives their paths.
function written({ names, counts, classes, first }: Set, folder: string): string[] {
  const bars = Buffer.concat(Array.from({ length: classes }, (_, of) => bar(of)));
  return names.map((name, i) => {
    const count = counts[i < 2 ? 0 : 1];
    const isImages = i % 2 === 0;
    const body = isImages
      ? Buffer.alloc(count * 784, bars)
      : Buffer.from(Array.from({ length: count }, (_, n) => first + (n % classes)));
    const path = join(folder, `${name}.gz`);
    writeFileSync(path, gzipSync(Buffer.concat([idxHeader(count, isImages), body]), { level: 1 }));
    return path;
  });
}

const badge = (page: Page) => page.locator('#data-badge');
const notice = (page: Page) => page.locator('.notice[data-about="files"]');

let folder = '';
test.beforeEach(async ({ page }) => {
  folder = mkdtempSync(join(tmpdir(), 'metacls-sets-'));
  // One of Figure 1's settings, made small.
  await page.goto(
    '/#v=1&preset=figure1&tasks=2&samples_per_task=20&evaluation_images=20&hidden=24,16&seeds=1&first_seed=3',
  );
  await expect(badge(page)).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await page.getByText('Images', { exact: true }).click();
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const give = (page: Page, set: Set) => page.locator('#files').setInputFiles(written(set, folder));

for (const [title, set] of [
  ['EMNIST letters', LETTERS],
  ['EMNIST balanced', BALANCED],
] as const) {
  test(`files of the shape of ${title} make a run of as many classes`, async ({ page }) => {
    await give(page, set);
    const [train, held] = set.counts.map((count) => count.toLocaleString('en-US'));
    await expect(badge(page)).toContainText(`of the shape of ${title} (content not verified`);
    await expect(badge(page)).toContainText('set right');
    await expect(badge(page)).toContainText(new RegExp(`${train}|${set.counts[0]}`));
    await expect(badge(page)).toContainText(new RegExp(`${held}|${set.counts[1]}`));
    await run(page);
    await expect(status(page)).toContainText('Done');
    const { data } = (await results(page)) as unknown as { data: { classes: number; kind: string } };
    expect(data).toMatchObject({ classes: set.classes, kind: 'custom' });
    // Not the paper's images: no claim is called held or failed.
    await expect(page.locator('#claims')).toContainText('not the paper’s setting');
  });
}

test('files that fit several sets are what the reader says, or are refused in words', async ({ page }) => {
  await give(page, LIKE_MNIST);
  await expect(badge(page)).toContainText('custom IDX files of the shape of KMNIST');
  const readAs = page.getByLabel('read files as');
  await readAs.selectOption('kmnist');
  await expect(badge(page)).toContainText('custom IDX files read as KMNIST');
  await expect(page.locator('#read-as-words')).toContainText('10 classes, 60000 images to train');
  await expect(page.locator('#read-as-words')).toContainText('CC BY-SA 4.0');
  // Its labels' digests are on record, and these are others.
  await readAs.selectOption('fashion_mnist');
  await expect(notice(page)).toContainText('these files are not Fashion-MNIST');
  await expect(notice(page)).toContainText('SHA-256');
  await expect(badge(page)).toContainText('read as KMNIST');
  await readAs.selectOption('emnist_letters');
  await expect(notice(page)).toContainText('here are 60000 and 10000');
  await readAs.selectOption('');
  await expect(notice(page)).toHaveCount(0);
  await expect(badge(page)).toContainText('of the shape of KMNIST');
  await run(page);
  await expect(status(page)).toContainText('Done');
  const { data } = (await results(page)) as unknown as { data: { name: string; classes: number } };
  expect(data.classes).toBe(10);
  expect(data.name).toContain('KMNIST');
});
