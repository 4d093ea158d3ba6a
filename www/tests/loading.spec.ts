// What does not come: images beside the page that are of no use, a script that is missing, no server at all.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { configure, expect, idx, small, status, test } from './page';

const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'];

/// A page that is served files as MNIST: each is made of its name.
async function serve(page: Page, file: (name: string) => Buffer | number | undefined) {
  await page.route('**/mnist/**', (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    if (name === 'files.json') return route.fulfill({ json: { files: names } });
    const body = file(name);
    if (body === undefined) return route.fulfill({ contentType: 'text/html', body: '<!doctype html>404' });
    return typeof body === 'number' ? route.fulfill({ status: body }) : route.fulfill({ body });
  });
}

const whole = (name: string) => idx(name.startsWith('train') ? 60 : 30, name.includes('images'));

test.describe('MNIST beside the page', () => {
  test.use({ expected: /404/, images: null });

  for (const [how, file, words] of [
    ['of other bytes', whole, 'by its SHA-256 it is not MNIST'],
    [
      'cut short',
      (name: string) => (name.startsWith('t10k-im') ? whole(name).subarray(0, 300) : whole(name)),
      't10k-images-idx3-ubyte.gz: ',
    ],
    [
      'with a page of HTML for a file',
      (name: string) => (name.startsWith('t10k-la') ? undefined : whole(name)),
      't10k-labels-idx1-ubyte.gz: the server sent a page of HTML',
    ],
    [
      'with HTML packed as a file',
      (name: string) => (name.startsWith('t10k-la') ? gzipSync('<html>gone</html>') : whole(name)),
      'a page of HTML',
    ],
    [
      'with a file missing',
      (name: string) => (name.startsWith('train-l') ? 404 : whole(name)),
      'train-labels-idx1-ubyte.gz: 404',
    ],
  ] as const) {
    test(`${how} leaves digits, with a word that stays`, async ({ page }) => {
      await serve(page, file);
      await page.goto('/#v=1&preset=quick&seeds=1');
      // Wanted before it is known.
      await page.locator('#engine').selectOption('cpu');
      await configure(page, small);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(status(page)).toContainText('Done');
      await expect(page.locator('#data-badge')).toContainText('procedural digits');
      const notice = page.locator('.notice[data-about="images"]');
      await expect(notice).toContainText(words);
      await expect(notice).toContainText('Procedural digits');
    });
  }
});

test('opened from a disk the page says that it needs a server, and how', async ({ browser }) => {
  const page = await browser.newPage();
  await page.goto(`file://${join(import.meta.dirname, '..', 'dist', 'index.html')}`);
  await expect(page.locator('#not-started')).toContainText('cargo xtask serve');
  await expect(page.locator('#not-started')).toContainText('python3 -m http.server');
  await expect(page.locator('main')).toBeHidden();
  await page.close();
});

test.describe('a script that does not come', () => {
  test.use({ expected: /Failed to load resource/ });

  test('is missed in words', async ({ page }) => {
    await page.route(/assets\/index-.*\.js/, (route) => route.fulfill({ status: 503 }));
    await page.goto('/');
    await expect(page.locator('#not-started')).toContainText('Its script did not come');
  });
});
