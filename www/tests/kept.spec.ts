// What the page keeps: a run whose tab was closed, killed or reloaded, or whose storage was full, goes on
// with the same bits; runs that are through are listed.
import type { BrowserContext, Page } from '@playwright/test';
import { configure, expect, type Lane, open, results, run, shoot, small, status, test } from './page';

/// A run of some seconds in the middle of which it is stopped: several seeds, so that lanes end on the way.
const fields = { ...small, tasks: '12', samples_per_task: '300', hidden: '100, 80', seeds: '6' };

const goOn = (page: Page) => page.locator('#go-on').getByRole('button', { name: 'Go on' });
const kept = (page: Page) => page.locator('#kept-list li');

async function begin(page: Page, engine: 'cpu' | 'gpu', changes = {}) {
  await open(page);
  await page.locator('#engine').selectOption(engine);
  await configure(page, { ...fields, ...changes });
  await run(page);
}

/// What the browser says of the run that was kept last, until it is as wanted: looked at so often that no
/// moment of a run is missed.
const isKept = (page: Page, words: RegExp) =>
  expect.poll(() => kept(page).first().textContent(), { intervals: [20], timeout: 120_000 }).toMatch(words);

/// Waits until something of the run is kept and this share of its steps is done. How far it is by what was
/// kept last is another matter: slow disks are given time between checkpoints.
async function isAt(page: Page, share: number) {
  await isKept(page, /under way/);
  const isThere = (least: number) => document.querySelector('progress')!.value >= least;
  await page.waitForFunction(isThere, share, { polling: 20, timeout: 120_000 });
}

/// A page in the place of one that is gone, which has seen its images.
async function anew(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/');
  await expect(goOn(page)).toBeVisible();
  return page;
}

async function finished(page: Page): Promise<Lane[]> {
  await goOn(page).click();
  await expect(status(page)).toContainText('Done');
  return (await results(page)).lanes;
}

/// When a run is stopped, as a share of its steps. MOMENTS=all tries each, which takes minutes.
const everyMoment = [0.1, 0.2, 0.35, 0.5, 0.65];
const moments = process.env['MOMENTS'] === 'all' ? everyMoment : [0.2, 0.5];

let whole: Lane[];

test.describe
  .serial('a run that is stopped goes on with the same bits', () => {
    test('undisturbed', async ({ page }) => {
      await begin(page, 'cpu');
      await expect(status(page)).toContainText('Done');
      whole = (await results(page)).lanes;
      expect(whole).toHaveLength(12);
      await isKept(page, /through/);
    });

    for (const moment of moments) {
      test(`after its tab was closed at ${moment} of it`, async ({ page, context }) => {
        await begin(page, 'cpu');
        await isAt(page, moment);
        await page.close();
        expect(await finished(await anew(context))).toEqual(whole);
      });

      test(`after its tab was killed at ${moment} of it`, async ({ page, context }) => {
        await begin(page, 'cpu');
        await isAt(page, moment);
        await page.goto('chrome://crash').catch(() => undefined);
        expect(await finished(await anew(context))).toEqual(whole);
      });

      test(`after a reload at ${moment} of it, which asks first`, async ({ page }) => {
        await begin(page, 'cpu');
        await isAt(page, moment);
        const asked: string[] = [];
        page.on('dialog', (dialog) => {
          asked.push(dialog.type());
          void dialog.accept();
        });
        await page.reload();
        expect(asked).toEqual(['beforeunload']);
        expect(await finished(page)).toEqual(whole);
        await expect(page.locator('#go-on')).toBeHidden();
        // The units' snapshots are there as if it had not been stopped.
        await expect(page.locator('#network')).toContainText(/\d+ of 80 active/);
        // It is the same run, not another one.
        await expect(kept(page)).toHaveCount(1);
      });

      test(`after storage was full at ${moment} of it`, async ({ page, context }) => {
        const session = await context.newCDPSession(page);
        const quota = (bytes?: number) =>
          session.send('Storage.overrideQuotaForOrigin', {
            origin: new URL(page.url()).origin,
            ...(bytes === undefined ? {} : { quotaSize: bytes }),
          });
        await begin(page, 'cpu');
        await isAt(page, moment);
        await quota(1_000);
        await expect(page.getByRole('alert')).toContainText("can't be kept");
        await quota();
        await expect(page.getByRole('alert')).not.toContainText("can't be kept");
        await page.close();
        expect(await finished(await anew(context))).toEqual(whole);
      });
    }

    test('which is offered, and then listed', async ({ page }) => {
      await begin(page, 'cpu');
      await isAt(page, 0.2);
      page.on('dialog', (dialog) => void dialog.accept());
      await page.reload();
      await expect(goOn(page)).toBeVisible();
      await shoot(page, 'go-on');
      await finished(page);
      await shoot(page, 'kept');
    });
  });

/// At which task the GPU's process is killed. One a browser: at its third crash Chromium gives the GPU up.
const killed = Number(process.env['KILLED_AT'] ?? 2);

test(`a run on the GPU goes on after its process was killed at task ${killed}, and its tab closed`, async ({
  page,
  context,
  browser,
}) => {
  const few = { tasks: '8', samples_per_task: '40', hidden: '24, 16', seeds: '1' };
  await begin(page, 'gpu', few);
  await expect(status(page)).toContainText('Done');
  const undisturbed = (await results(page)).lanes;
  await run(page);
  await isAt(page, (killed + 0.5) / 8);
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  process.kill(processInfo.find((p) => p.type === 'GPU')!.id, 'SIGKILL');
  await isAt(page, (killed + 1.5) / 8);
  await page.close();
  expect(await finished(await anew(context))).toEqual(undisturbed);
});

test('kept runs are listed, opened, exported and deleted', async ({ page }) => {
  await begin(page, 'cpu', { seeds: '2', tasks: '3' });
  await expect(status(page)).toContainText('Done');
  const ours = (await results(page)).lanes;
  await page.locator('#field-eta_beta').fill('0.3');
  await run(page);
  // The list is drawn anew at every task's end; whoever is in it with the keyboard stays there.
  const earlier = kept(page).last().getByRole('button', { name: 'export' });
  await earlier.focus();
  await isKept(page, /through.*eta_beta 0.3/s);
  await expect(earlier).toBeFocused();
  await page.reload();
  await expect(kept(page)).toHaveCount(2);
  await expect(kept(page).first()).toContainText('eta_beta 0.3');
  await expect(kept(page).last()).not.toContainText('eta_beta 0.3');
  await expect(page.locator('#go-on')).toBeHidden();
  const saved = page.waitForEvent('download');
  await kept(page).last().getByRole('button', { name: 'export' }).click();
  const { readFile } = await import('node:fs/promises');
  const file = JSON.parse(await readFile(await (await saved).path(), 'utf8'));
  expect(file.lanes).toEqual(ours);
  await kept(page).last().getByRole('button', { name: 'open' }).click();
  await expect(page.locator('#source-badge')).toContainText('stored run');
  await expect(page.locator('#network-words')).toContainText('seed 0 of 2');
  // What its units did is there, task by task.
  await expect(page.locator('#at-words')).toContainText('after 3 of 3 tasks');
  await kept(page).last().getByRole('button', { name: 'delete' }).click();
  await expect(kept(page)).toHaveCount(1);
  await page.reload();
  await expect(kept(page)).toHaveCount(1);
});

test('two tabs do not spoil each other’s runs', async ({ page, context }) => {
  await begin(page, 'cpu');
  await isKept(page, /under way/);
  const other = await context.newPage();
  await other.goto('/');
  // It is listed, but this tab neither offers to go on with it nor deletes it.
  await isKept(other, /under way/);
  await expect(other.locator('#go-on')).toBeHidden();
  await expect(kept(other).getByRole('button', { name: 'delete' })).toHaveCount(0);
  await begin(other, 'cpu', { first_seed: '50' });
  await expect(status(page)).toContainText('Done');
  await expect(status(other)).toContainText('Done');
  await other.reload();
  await expect(kept(other)).toHaveCount(2);
  for (const row of [0, 1]) await expect(kept(other).nth(row)).toContainText('through');
});

test('a run whose tab is closed is offered by another at once', async ({ page, context }) => {
  await begin(page, 'cpu');
  await isAt(page, 0.1);
  const other = await context.newPage();
  await other.goto('/');
  await isKept(other, /under way/);
  await expect(other.locator('#go-on')).toBeHidden();
  await page.close();
  await expect(goOn(other)).toBeVisible();
  await isKept(other, /stopped/);
});

test.describe('where nothing can be stored', () => {
  test('the page says so, and the run goes on', async ({ page }) => {
    // In the worker too: its first lines are those of a script of ours.
    await page.route('**/worker-*.js', async (route) => {
      const answer = await route.fetch();
      const spoil =
        'Object.defineProperty(navigator, "storage", { value: undefined });' +
        'Object.defineProperty(self, "indexedDB", { value: undefined });';
      await route.fulfill({ response: answer, body: spoil + (await answer.text()) });
    });
    await begin(page, 'cpu', { seeds: '1', tasks: '3' });
    await expect(page.getByRole('alert')).toContainText("can't be kept");
    await expect(page.getByRole('alert')).toContainText('Export its results');
    await expect(status(page)).toContainText('Done');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const asked = page.waitForEvent('dialog');
    const leaving = page.reload().catch(() => undefined);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.accept();
    await leaving;
  });

  test('the database is taken where the private file system can’t be written', async ({ page, context }) => {
    await context.addInitScript(() => {
      Object.defineProperty(FileSystemFileHandle.prototype, 'createWritable', { value: undefined });
      delete (FileSystemFileHandle.prototype as Partial<FileSystemFileHandle>).createWritable;
    });
    await page.route('**/worker-*.js', async (route) => {
      const answer = await route.fetch();
      const spoil = 'delete FileSystemFileHandle.prototype.createWritable;';
      await route.fulfill({ response: answer, body: spoil + (await answer.text()) });
    });
    await begin(page, 'cpu');
    await isAt(page, 0.2);
    await page.unrouteAll({ behavior: 'wait' });
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await goOn(page).click();
    await expect(status(page)).toContainText('Done');
    await isKept(page, /through/);
  });
});
