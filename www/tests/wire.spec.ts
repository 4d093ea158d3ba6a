// What goes between the page and its worker: every event says its run, and a run that was replaced says
// nothing any more.
import type { Page } from '@playwright/test';
import { configure, expect, hold, killGpu, open, ownBrowser, run, small, status, test } from './page';

test.use(ownBrowser());

type Message = {
  from: string;
  run?: number | null;
  event?: { type: string; state?: string; words?: string };
};
type Watched = Window & { worker: Worker; messages: Message[] };

/// Keeps the page's worker at hand, and everything that it posts.
const watch = (page: Page) =>
  page.addInitScript(() => {
    const messages: Message[] = [];
    const Real = Worker;
    class Kept extends Real {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener('message', (message: MessageEvent<Message>) => messages.push(message.data));
        Object.assign(window, { worker: this });
      }
    }
    Object.assign(window, { Worker: Kept, messages });
  });

const messages = (page: Page) => page.evaluate(() => (window as unknown as Watched).messages);

/// The runs that events name, in the order in which they came.
const runs = (list: Message[]) => list.flatMap((m) => (m.from === 'trainer' && m.run != null ? [m.run] : []));

const isRising = (list: number[]) => list.every((run, i) => i === 0 || run >= list[i - 1]!);

test('a run that was replaced says nothing any more', async ({ page }) => {
  await watch(page);
  await open(page);
  await configure(page, small);
  const held = await hold(page, 0.3);
  for (const engine of ['cpu', 'gpu']) {
    await page.locator('#engine').selectOption(engine);
    await run(page);
    await held.reached();
    // Replaced in the middle of its work: let go first, it might be through before it is replaced.
    await page.evaluate(() => {
      const { worker } = window as unknown as Watched;
      worker.postMessage({ to: 'trainer', command: { type: 'reset' } });
      worker.postMessage({ to: 'trainer', command: { type: 'resume' } });
    });
    await held.release();
    await expect(status(page)).toContainText('Done');
    await held.release(0.3);
  }
  const named = runs(await messages(page));
  expect(isRising(named)).toBe(true);
  expect(new Set(named).size).toBe(4);
});

test('a file that was asked of a run that is then replaced is refused in words', async ({ page }) => {
  await open(page, 'cpu');
  await configure(page, small);
  const held = await hold(page, 0.3);
  await run(page);
  await held.reached();
  await page.locator('#export-menu summary').click();
  await page.getByRole('button', { name: 'results (JSON)' }).click();
  await page.getByRole('button', { name: 'reset', exact: true }).click();
  await expect(page.getByText('The results could not be saved: another run was begun before')).toBeVisible();
  await held.release();
  await expect(status(page)).toContainText('Paused at task 1');
});

test('a run that waits for a lost GPU does not speak into the one begun meanwhile', async ({
  page,
  browser,
}) => {
  await watch(page);
  await open(page);
  await configure(page, small);
  const held = await hold(page, 0.3);
  await run(page);
  await held.reached();
  await killGpu(browser);
  // Begun anew at once when it waits: a GPU may be back within a second.
  await page.evaluate(() => {
    const { worker } = window as unknown as Watched;
    let isBegun = false;
    worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if (isBegun || !data.event?.words?.startsWith('The GPU was lost')) return;
      isBegun = true;
      worker.postMessage({ to: 'trainer', command: { type: 'reset' } });
    });
  });
  await held.release();
  await expect(status(page)).toContainText('Paused at task 1');
  // As long as the old run would go on asking for its GPU.
  await page.waitForTimeout(3_000);
  await expect(status(page)).toContainText('Paused at task 1');
  const list = await messages(page);
  const named = runs(list);
  expect(isRising(named)).toBe(true);
  const old = list.filter((m) => m.run === named[0]).map((m) => m.event?.words ?? m.event?.type);
  expect(old.at(-1)).toContain('The GPU was lost');
});
