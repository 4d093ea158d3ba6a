// What every test of the page shares: a page that must stay free of console errors, and its controls.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { type Browser, test as base, expect, type Page, type Worker } from '@playwright/test';
import type { Chosen } from '../src/images';
import type { Catalog } from '../src/protocol';
import type { Outbound } from '../src/wire';

export const test = base.extend<{ expected: RegExp | undefined; images: Chosen | null }>({
  /// What a test itself makes the browser complain of.
  expected: [undefined, { option: true }],
  /// Which images the reader has chosen before, and so is not asked for; null where none were.
  images: ['digits', { option: true }],
  context: async ({ context, images }, use) => {
    if (images) {
      await context.addInitScript((chosen) => {
        try {
          localStorage['metacls-images'] ??= chosen;
        } catch {
          // A frame that may keep nothing.
        }
      }, images);
    }
    await use(context);
  },
  page: async ({ page, expected }, use) => {
    const said: string[] = [];
    page.on('console', (m) => {
      if (expected?.test(m.text())) return;
      if (m.text() === 'Service Worker registration blocked by Playwright') return;
      if (m.type() === 'error' || m.type() === 'warning') said.push(`${m.type()}: ${m.text()}`);
    });
    page.on('pageerror', (e) => said.push(`page error: ${e.message}`));
    await use(page);
    expect(said, 'the console').toEqual([]);
  },
});
export { expect };

/// Opens the page; the software GPU is used only where it is asked for by name.
export async function open(page: Page, engine: 'gpu' | 'cpu' | 'auto' = 'gpu') {
  await page.goto('/#v=1&preset=quick&seeds=1');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption(engine);
}

/// Sets fields of the configuration editor.
export async function configure(page: Page, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`#field-${name}`).fill(value);
}

/// What there is to see, as the page was built with it.
export const catalogOf = (): Catalog =>
  JSON.parse(readFileSync(new URL('../src/stored/catalog.json', import.meta.url), 'utf8'));

/// A run of seconds.
export const small = { tasks: '3', samples_per_task: '20', evaluation_images: '20', hidden: '24, 16' };

export const status = (page: Page) => page.getByRole('status');

/// Begins a run.
export const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true }).click();

/// Takes a run to its end.
export async function train(page: Page) {
  await run(page);
  await expect(status(page)).toContainText('Done');
}

type Held = {
  /// Ends when the run stands still.
  reached(): Promise<void>;
  /// Lets it go on: to its end, or until this share of its steps is done. The next run too stands still
  /// there.
  release(share?: number): Promise<void>;
};
type WorkerScope = {
  postMessage(message: Outbound): void;
  held: { reached: Promise<void>; release(share: number): void };
};

/// In the trainer's worker: keeps from it the turns that it gives away (`breathe` of src/worker.ts).
function holdTurns(until: number) {
  const scope = self as unknown as WorkerScope;
  const { postMessage: send } = MessagePort.prototype;
  const { postMessage: post } = scope;
  let [least, share, isTraining] = [until, 0, false];
  scope.postMessage = (message) => {
    const event = message.from === 'trainer' ? message.event : undefined;
    if (event?.type === 'progress') share = event.lane_steps / event.lane_steps_total;
    if (event?.type === 'state') isTraining = event.state === 'training';
    post.call(scope, message);
  };
  const kept: (() => void)[] = [];
  let stands = () => {};
  const standing = () =>
    new Promise<void>((resolve) => {
      stands = resolve;
    });
  MessagePort.prototype.postMessage = function (this: MessagePort, ...given: [unknown]) {
    if (!isTraining || share < least) return send.apply(this, given);
    kept.push(() => send.apply(this, given));
    stands();
  };
  scope.held = {
    reached: standing(),
    release: (next) => {
      least = next;
      scope.held.reached = standing();
      for (const turn of kept.splice(0)) turn();
    },
  };
}

/// Has a run stand still in its training, once at least this share of its steps is done: so it is met in the
/// middle on a quick machine as on a slow one. Said before the run begins. What the page is told meanwhile
/// (to pause, to begin again) is done when the run is let go.
export async function hold(page: Page, share: number): Promise<Held> {
  const isTrainer = (worker: Worker) => worker.url().includes('/worker-');
  await expect.poll(() => page.workers().some(isTrainer)).toBe(true);
  const worker = page.workers().find(isTrainer)!;
  await worker.evaluate(holdTurns, share);
  return {
    reached: () => worker.evaluate(() => (self as unknown as WorkerScope).held.reached),
    release: (next = 2) => worker.evaluate((to) => (self as unknown as WorkerScope).held.release(to), next),
  };
}

/// Begins a run, and pauses it once this share of its steps is done.
export async function pausedAt(page: Page, share: number) {
  const held = await hold(page, share);
  await run(page);
  await held.reached();
  await page.getByRole('button', { name: 'pause', exact: true }).click();
  await held.release();
  await expect(status(page)).toContainText('Paused at task');
}

/// What gives a file's tests a browser of their own (`test.use`), where they end its GPU process: at the
/// third such end Chromium gives the GPU up, and a browser serves many files.
export const ownBrowser = (): Parameters<typeof test.use>[0] => ({
  launchOptions: [async ({ launchOptions }, use) => use(launchOptions), { scope: 'worker' }],
});

/// Ends the browser's GPU process, twice at most in a file; a new one is started when it is next wanted. The
/// file has a browser of its own.
export async function killGpu(browser: Browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  process.kill(processInfo.find((p) => p.type === 'GPU')!.id, 'SIGKILL');
}

/// How an IDX file of so many images of 28 by 28, or labels, begins.
export function idxHeader(count: number, images: boolean): Buffer {
  const header = Buffer.alloc(images ? 16 : 8);
  header.writeUInt32BE(images ? 0x803 : 0x801, 0);
  header.writeUInt32BE(count, 4);
  if (images) {
    header.writeUInt32BE(28, 8);
    header.writeUInt32BE(28, 12);
  }
  return header;
}

/// An IDX file of so many images or labels, packed.
export function idx(count: number, images: boolean): Buffer {
  const size = images ? count * 784 : count;
  const body = Buffer.from(Array.from({ length: size }, (_, i) => (images ? (i * 31) % 256 : i % 10)));
  return gzipSync(Buffer.concat([idxHeader(count, images), body]));
}

export type Lane = {
  condition: string;
  records: { evaluation: { accuracy: { mean: number }[]; active: number[] } }[];
};

export async function results(page: Page): Promise<{ lanes: Lane[]; [key: string]: unknown }> {
  const waiting = page.waitForEvent('download');
  await page.locator('#export-menu summary').click();
  await page.getByRole('button', { name: 'results (JSON)' }).click();
  await page.locator('#export-menu summary').click();
  return JSON.parse(await readFile(await (await waiting).path(), 'utf8'));
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/// What axe finds fault with in the page as it stands. Pictures are looked at without their marks: these have
/// no roles and no words, and axe would work out the styles of each.
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const pictures = [...document.querySelectorAll('svg[role="img"]')].map((picture) => {
      const light = picture.cloneNode(true) as Element;
      for (const mark of light.querySelectorAll('path, line, circle, rect')) {
        if (!mark.matches('[role], [tabindex], [aria-label]')) mark.remove();
      }
      picture.replaceWith(light);
      return { picture, light };
    });
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    // The page has no frames, and nobody reads what passed.
    const found = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
      iframes: false,
    });
    // What was drawn anew meanwhile is not taken back.
    for (const { picture, light } of pictures) light.replaceWith(picture);
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`);
  });
}

/// Nothing in the page's present state that axe finds fault with.
export async function accessible(page: Page, what: string) {
  // The list of contents and, on telephones, time stay in sight over what passes under them, whose targets
  // axe would find too small.
  const stays = (isIt: boolean) =>
    page.evaluate((is) => {
      scrollTo({ top: 0, behavior: 'instant' });
      const time = document.querySelector<HTMLElement>('main > .time');
      if (time) time.style.position = is ? '' : 'static';
    }, isIt);
  await stays(false);
  const found = await violations(page);
  await stays(true);
  expect(found, what).toEqual([]);
}

/// Whether pictures are of whole pages, which take seconds each, or of the first screen.
const fullPage = process.env['LOOK'] === 'whole';

/// Pictures of the page's present state in both sizes and both schemes, each looked at by axe; nothing is
/// wider than the window.
export async function shoot(page: Page, name: string) {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await accessible(page, `${name}, ${scheme}`);
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(200);
      await page.screenshot({ path: `test-results/states/${name}-${scheme}-${width}.png`, fullPage });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${name} is wider than ${width}`).toBeLessThanOrEqual(width);
    }
  }
}
