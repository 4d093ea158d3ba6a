// Offline, and from one version of the page to the next: a host below a path, whose folder is swapped as a
// deployment does, in a browser that has service workers (the other tests have none).
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { accessible, configure, expect, hold, run, small, status, test } from './page';

test.use({ serviceWorkers: 'allow' });
// One after the other in one process, so that the second version is built once.
test.describe.configure({ mode: 'default' });

const www = join(import.meta.dirname, '..');
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/// The page as it was built, and a later version of it whose files all have other names.
const first = join(www, 'dist');
let second: string;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  second = await mkdtemp(join(tmpdir(), 'metacls-second-'));
  const output = {
    chunkFileNames: 'assets/second-[name]-[hash].js',
    entryFileNames: 'assets/second-[name]-[hash].js',
    assetFileNames: 'assets/second-[name]-[hash][extname]',
  };
  await build({
    root: www,
    logLevel: 'error',
    build: { outDir: second, emptyOutDir: true, rolldownOptions: { output } },
    worker: { rolldownOptions: { output } },
    plugins: [
      {
        name: 'second version',
        transformIndexHtml: (html) => html.replace('<body>', '<body data-version="second">'),
      },
    ],
  });
});

test.afterAll(() => rm(second, { recursive: true, force: true }));

/// A host as GitHub's: files below a path, all of which browsers may keep for ten minutes.
class Host {
  folder = first;
  /// What was asked for, from the page's folder on.
  asked: string[] = [];
  /// Says no to what it names, by a status or by silence.
  refuses: (path: string) => number | 'silence' | undefined = () => undefined;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Host> {
    const server = createServer((request, response) => {
      const path = (request.url ?? '').split('?')[0]!;
      if (!path.startsWith('/some/where/')) return response.writeHead(404).end();
      const name = path.slice('/some/where/'.length) || 'index.html';
      host.asked.push(name);
      const refused = host.refuses(name);
      if (refused === 'silence') return undefined;
      if (refused) return response.writeHead(refused).end();
      return readFile(join(host.folder, name)).then(
        (body) =>
          response
            .writeHead(200, {
              'content-type': types[extname(name)] ?? 'application/octet-stream',
              'cache-control': 'max-age=600',
              // Frames without an origin of their own get modules too.
              'access-control-allow-origin': '*',
            })
            .end(body),
        () => response.writeHead(404, { 'content-type': 'text/html' }).end('not here'),
      );
    });
    const host = new Host(server);
    await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
    return host;
  }

  get origin() {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  get page() {
    return `${this.origin}/some/where/`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let host: Host;
test.beforeEach(async () => {
  host = await Host.start();
});
test.afterEach(() => host.stop());

const ready = (page: Page) => expect(page.locator('html')).toHaveAttribute('data-offline', 'ready');
const newer = (page: Page) => page.locator('.notice[data-about="version"]');
const isSecond = (page: Page) => page.evaluate(() => document.body.dataset['version'] === 'second');
const caches = (page: Page) => page.evaluate(() => window.caches.keys());
/// The caches of builds, wherever they lie.
const builds = async (page: Page) => (await caches(page)).filter((name) => name.startsWith('metacls-page'));
const buildOf = (page: Page) => page.locator('meta[name="build"]').getAttribute('content');

async function open(page: Page, fragment = '') {
  await page.goto(host.page + fragment);
  await ready(page);
}

/// Whether the page and all it has loaded are of one version.
async function expectOneVersion(page: Page) {
  const is = await isSecond(page);
  const names = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.includes('/assets/')),
  );
  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((name) => name.includes('/assets/second-') !== is)).toEqual([]);
}

/// Puts the second version on the host, and has the browser look.
async function deploy(page: Page) {
  host.folder = second;
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update();
  });
}

/// A run of the page's own digits on the CPU, from what lies in front of the reader.
async function train(page: Page) {
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await page.locator('#presets').getByRole('button', { name: 'quick' }).click();
  await page.locator('#engine').selectOption('cpu');
  await page.locator('#seeds').fill('1');
  await configure(page, small);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
}

async function eachFigure(page: Page) {
  for (const figure of ['Figure 1', 'Figure 2', 'Figure 3']) {
    await page.locator('#tabs').getByRole('button', { name: figure, exact: true }).click();
    await expect(page.locator('#panels-source')).toContainText('40 seeds');
    await expect(page.locator('#claims .verdict.holds').nth(2)).toBeVisible();
  }
}

test('opened once, the page opens, shows its figures and trains without a network', async ({
  page,
  context,
}) => {
  await open(page);
  await expect(page.locator('#offline-badge')).toHaveText(/Works offline: \d\.\d MB are kept/);
  await accessible(page, 'kept for use offline');
  await context.setOffline(true);
  await page.reload();
  await eachFigure(page);
  await train(page);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await ready(page);
  // By its other name, and with what links are given on their way.
  await page.goto(`${host.page}index.html?from=mail#v=1&preset=figure1`);
  await expect(page.locator('#panels-source')).toContainText('40 seeds');
});

test('the first view comes before anything is kept, and nothing is fetched twice', async ({ page }) => {
  await page.goto(host.page);
  await expect(page.locator('.charts svg[role="img"]').first()).toBeVisible();
  const early = [...host.asked];
  await ready(page);
  expect(early.filter((name) => /service-worker|wasm|results|worker-/.test(name))).toEqual([]);
  const assets = host.asked.filter((name) => name.startsWith('assets/'));
  expect([...new Set(assets)].sort()).toEqual(assets.sort());
});

test('a reader who saves data gets nothing that was not asked for', async ({ page }) => {
  await page.addInitScript(() =>
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
  );
  await page.goto(host.page);
  await expect(page.locator('#offline-badge')).toContainText('saves data');
  await page.waitForTimeout(3_000);
  expect(host.asked.filter((name) => /service-worker|wasm|results/.test(name))).toEqual([]);
});

test('an open page keeps its version after a deployment; one reload shows the new one, whole', async ({
  page,
  context,
}) => {
  await open(page);
  const old = await builds(page);
  host.folder = second;
  host.asked = [];
  // What this page has not loaded yet is on the host no more.
  await eachFigure(page);
  await train(page);
  await expectOneVersion(page);
  expect(await isSecond(page)).toBe(false);
  expect(host.asked.filter((name) => name.startsWith('assets/'))).toEqual([]);

  page.once('dialog', (dialog) => dialog.accept());
  await page.reload();
  expect(await isSecond(page)).toBe(true);
  await ready(page);
  await eachFigure(page);
  await train(page);
  await expectOneVersion(page);
  await expect.poll(async () => (await builds(page)).filter((name) => old.includes(name))).toEqual([]);
  expect(await builds(page)).toEqual([`metacls-page /some/where/ ${await buildOf(page)}`]);

  await context.setOffline(true);
  await page.reload();
  expect(await isSecond(page)).toBe(true);
  await eachFigure(page);
});

test('a newer version comes when the reader wants it: no run is interrupted', async ({ page }) => {
  await open(page, '#v=1&preset=quick&seeds=1');
  await page.locator('#engine').selectOption('cpu');
  await configure(page, small);
  const held = await hold(page, 0.3);
  await run(page);
  await held.reached();
  await expect(status(page)).toContainText('Training');
  await deploy(page);
  await expect(newer(page)).toContainText('A newer version of this page is there');
  const reload = newer(page).getByRole('button', { name: 'reload', exact: true });
  await expect(status(page)).toContainText('Training');
  await expect(reload).toBeDisabled();
  expect(await isSecond(page)).toBe(false);
  await accessible(page, 'a newer version');
  await page.getByRole('button', { name: 'pause' }).click();
  await held.release(0.6);
  await expect(status(page)).toContainText('Paused');
  // Before a paused run is left the browser asks.
  page.once('dialog', (dialog) => dialog.dismiss());
  await reload.click();
  await page.waitForTimeout(4_000);
  expect(await isSecond(page)).toBe(false);
  await page.getByRole('button', { name: 'resume' }).click();
  await held.reached();
  await expect(status(page)).toContainText('Training');
  await page.getByRole('button', { name: 'pause' }).click();
  await held.release();
  await expect(status(page)).toContainText('Paused');
  page.once('dialog', (dialog) => dialog.accept());
  await reload.click();
  await expect(page.locator('body[data-version="second"]')).toBeVisible();
  await ready(page);
  await expectOneVersion(page);
  await expect(newer(page)).toHaveCount(0);
});

test('two tabs of two versions have each its own files', async ({ page, context }) => {
  await open(page);
  const other = await context.newPage();
  await open(other);
  const [old] = await builds(page);
  await deploy(page);
  await newer(page).getByRole('button', { name: 'reload', exact: true }).click();
  await expect(page.locator('body[data-version="second"]')).toBeVisible();
  await ready(page);
  // The other one goes on as it was, under the new version's service worker.
  await expect(newer(other)).toBeVisible();
  await eachFigure(other);
  await train(other);
  await expectOneVersion(other);
  expect(await isSecond(other)).toBe(false);
  await page.reload();
  await ready(page);
  expect(await caches(page)).toContain(old);
  await other.close();
  await page.reload();
  await ready(page);
  await expect.poll(() => caches(page)).not.toContain(old);
});

test('with every page closed the version that waited takes over, also without a network', async ({
  page,
  context,
}) => {
  await open(page);
  await deploy(page);
  await expect(newer(page)).toBeVisible();
  const next = await context.newPage();
  await next.route('**/outside', (route) => route.fulfill({ contentType: 'text/html', body: 'outside' }));
  await next.goto(`${host.origin}/outside`);
  await page.close();
  const waits = () =>
    next.evaluate(async () => !!(await navigator.serviceWorker.getRegistration('/some/where/'))?.waiting);
  await expect.poll(waits).toBe(false);
  await context.setOffline(true);
  await next.goto(host.page);
  expect(await isSecond(next)).toBe(true);
  await ready(next);
  await expectOneVersion(next);
});

test('a version that can’t be had whole leaves the old one working', async ({ page, context }) => {
  await open(page);
  const before = await builds(page);
  host.refuses = (name) => (name.includes('figure3.results') ? 404 : undefined);
  await deploy(page).catch(() => undefined);
  await page.waitForTimeout(2_000);
  expect(await builds(page)).toEqual(before);
  await expect(newer(page)).toHaveCount(0);
  await context.setOffline(true);
  await page.reload();
  expect(await isSecond(page)).toBe(false);
  await eachFigure(page);
});

test('a host between two versions is not kept', async ({ page }) => {
  await open(page);
  const before = await builds(page);
  // The new service worker with the old document.
  const half = await mkdtemp(join(tmpdir(), 'metacls-half-'));
  await cp(second, half, { recursive: true });
  await cp(join(first, 'index.html'), join(half, 'index.html'));
  const mine = host;
  mine.folder = half;
  await page.evaluate(() =>
    navigator.serviceWorker
      .getRegistration()
      .then((r) => r?.update())
      .catch(() => undefined),
  );
  await page.waitForTimeout(2_000);
  expect(await builds(page)).toEqual(before);
  await rm(half, { recursive: true });
});

test('what the browser has lost comes from the network, and is kept again', async ({ page, context }) => {
  await open(page);
  const lose = () =>
    page.evaluate(async () => {
      for (const name of await window.caches.keys()) {
        const cache = await window.caches.open(name);
        for (const one of await cache.keys()) if (/figure1|charts/.test(one.url)) await cache.delete(one);
      }
    });
  await lose();
  await page.reload();
  await eachFigure(page);
  await ready(page);
  await lose();
  await page.evaluate(async () => {
    for (const name of await window.caches.keys()) await window.caches.delete(name);
  });
  await page.reload();
  await ready(page);
  await context.setOffline(true);
  await page.reload();
  await eachFigure(page);
});

for (const [how, refused] of [
  ['silent', 'silence'],
  ['in trouble', 503],
] as const) {
  test(`with a host that is ${how} the kept page opens within seconds`, async ({ page }) => {
    await open(page);
    host.refuses = (name) => (name.startsWith('mnist') ? undefined : refused);
    const start = Date.now();
    await page.reload();
    await expect(page.locator('.lane canvas')).toHaveCount(8);
    console.log(`${how}: the picture after ${Date.now() - start} ms`);
    expect(Date.now() - start).toBeLessThan(15_000);
    await eachFigure(page);
  });
}

test.describe('beside the page', () => {
  // A file that is not there, and a frame that may not keep anything, are what this is about.
  test.use({ expected: /404/ });

  test('nothing else of the origin is touched', async ({ page }) => {
    await open(page);
    await page.evaluate(async () => {
      for (const name of ['metacls-mnist-1', 'metacls-page / 0123456789abcdef', 'another']) {
        await (await window.caches.open(name)).put('./x', new Response('x'));
      }
    });
    await deploy(page);
    await newer(page).getByRole('button', { name: 'reload', exact: true }).click();
    await expect(page.locator('body[data-version="second"]')).toBeVisible();
    await ready(page);
    const own = `metacls-page /some/where/ ${await buildOf(page)}`;
    await expect
      .poll(async () => (await caches(page)).sort())
      .toEqual(['another', 'metacls-mnist-1', 'metacls-page / 0123456789abcdef', own].sort());
    // Another document of the folder is the host's to give, or not.
    const answer = await page.goto(`${host.page}other.html`);
    expect(answer?.status()).toBe(404);
  });

  test('in a sandboxed frame the page is as without', async ({ page }) => {
    await page.route('**/outer', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe sandbox="allow-scripts" src="${host.page}" width="900" height="600"></iframe>`,
      }),
    );
    await page.goto(`${host.origin}/outer`);
    await expect(page.frameLocator('iframe').locator('.charts svg[role="img"]').first()).toBeVisible();
    await page.waitForTimeout(3_000);
    expect(host.asked).not.toContain('service-worker.js');
  });
});
