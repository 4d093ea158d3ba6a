// What the page keeps: a run whose tab was closed, killed or reloaded, or whose storage was full, goes on
// with the same bits; runs that are through are listed.
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { expect, hold, type Lane, results, run, shoot, status, test } from './page';

/// A run of six lanes in two parts: frozen lanes begin when the others have ended.
const LINK =
  '/#v=1&preset=quick&seeds=2&conditions=baseline,meta,frozen&tasks=6&samples_per_task=40&hidden=24,16' +
  '&evaluation_images=20';

const goOn = (page: Page) => page.locator('#go-on').getByRole('button', { name: 'Go on' });
const kept = (page: Page) => page.locator('#kept-list li');
const newest = (page: Page) => kept(page).first();

/// The run of the link, or another one, on the CPU: ready to begin.
async function prepare(page: Page, link = LINK) {
  await page.goto(link);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
}

async function begin(page: Page, link = LINK) {
  await prepare(page, link);
  await run(page);
}

/// The run stands still where so much of it is done, and something of it is kept. How far it is by what was
/// kept last is another matter: slow disks are given time between checkpoints.
async function beginUntil(page: Page, share: number, link = LINK) {
  await prepare(page, link);
  const held = await hold(page, share);
  await run(page);
  await held.reached();
  await expect(newest(page)).toContainText('under way');
  return held;
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

/// Fills the storage of the page's origin, and gives it room again.
async function storage(page: Page) {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  return (isFull: boolean) =>
    session.send('Storage.overrideQuotaForOrigin', { origin, ...(isFull && { quotaSize: 1_000 }) });
}

/// What a kept run is exported as.
async function exported(row: Locator): Promise<Lane[]> {
  const saved = row.page().waitForEvent('download');
  await row.getByRole('button', { name: 'export' }).click();
  return JSON.parse(await readFile(await (await saved).path(), 'utf8')).lanes;
}

/// When a run is stopped, as a share of its steps. MOMENTS=all tries each, which takes minutes.
const everyMoment = [0.1, 0.2, 0.35, 0.5, 0.65, 0.8];
const moments = process.env['MOMENTS'] === 'all' ? everyMoment : [0.2, 0.8];

let whole: Lane[];

test.describe
  .serial('a run that is stopped goes on with the same bits', () => {
    test('undisturbed', async ({ page }) => {
      await begin(page);
      await expect(status(page)).toContainText('Done');
      whole = (await results(page)).lanes;
      expect(whole).toHaveLength(6);
      await expect(newest(page)).toContainText('through');
    });

    for (const moment of moments) {
      test(`after its tab was closed at ${moment} of it`, async ({ page, context }) => {
        await beginUntil(page, moment);
        await page.close();
        expect(await finished(await anew(context))).toEqual(whole);
      });

      test(`after its tab was killed at ${moment} of it`, async ({ page, context }) => {
        await beginUntil(page, moment);
        await page.goto('chrome://crash').catch(() => undefined);
        expect(await finished(await anew(context))).toEqual(whole);
      });

      test(`after a reload at ${moment} of it, which asks first`, async ({ page }) => {
        await beginUntil(page, moment);
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
        await expect(page.locator('#network')).toContainText(/\d+ of 16 active/);
        // It is the same run, not another one.
        await expect(kept(page)).toHaveCount(1);
      });
    }

    // By then the first lanes have ended, which is kept whatever the pace of checkpoints.
    test('after storage was full until 0.7 of it', async ({ page, context }) => {
      const held = await beginUntil(page, 0.2);
      const full = await storage(page);
      await full(true);
      await held.release(0.7);
      await held.reached();
      await expect(page.getByRole('alert')).toContainText("can't be kept");
      await full(false);
      // It stands still: what could not be kept is tried again by itself.
      await expect(page.getByRole('alert')).toBeEmpty();
      await expect(newest(page)).toContainText('4 of 6 networks through');
      await page.close();
      expect(await finished(await anew(context))).toEqual(whole);
    });

    test('after storage was full at its end', async ({ page }) => {
      const held = await beginUntil(page, 0.8);
      const full = await storage(page);
      await full(true);
      await held.release();
      await expect(status(page)).toContainText('Done');
      await expect(page.getByRole('alert')).toContainText("can't be kept");
      await expect(newest(page)).toContainText('under way');
      await full(false);
      await expect(page.getByRole('alert')).toBeEmpty();
      await expect(newest(page)).toContainText('through');
      expect(await exported(newest(page))).toEqual(whole);
    });

    test('which had ended while storage was full, once a kept run was deleted', async ({ page }) => {
      const shorter = LINK.replace('tasks=6', 'tasks=2');
      await begin(page, shorter);
      await expect(newest(page)).toContainText('through');
      const full = await storage(page);
      await full(true);
      // Not by itself.
      for (const worker of page.workers())
        await worker.evaluate(() => Object.assign(self, { setTimeout: () => 0 }));
      await page.locator('#field-tasks').fill('6');
      await run(page);
      await expect(page.getByRole('alert')).toContainText("can't be kept");
      await expect(status(page)).toContainText('Done');
      await expect(kept(page)).toHaveCount(1);
      await full(false);
      await newest(page).getByRole('button', { name: 'delete' }).click();
      await expect(page.getByRole('alert')).toBeEmpty();
      await page.reload();
      await expect(kept(page)).toHaveCount(1);
      await expect(newest(page)).toContainText('through');
      expect(await exported(newest(page))).toEqual(whole);
    });

    test('which is offered, and then listed', async ({ page }) => {
      await beginUntil(page, 0.2);
      page.on('dialog', (dialog) => void dialog.accept());
      await page.reload();
      await expect(goOn(page)).toBeVisible();
      await shoot(page, 'go-on');
      await finished(page);
      await shoot(page, 'kept');
    });
  });

test('kept runs are listed, opened, exported and deleted', async ({ page }) => {
  await begin(page, LINK.replace('tasks=6', 'tasks=3'));
  await expect(status(page)).toContainText('Done');
  const ours = (await results(page)).lanes;
  await page.locator('#field-eta_beta').fill('0.3');
  const held = await hold(page, 0.4);
  await run(page);
  await held.reached();
  // The list is drawn anew at every task's end; whoever is in it with the keyboard stays there.
  const earlier = kept(page).last().getByRole('button', { name: 'export' });
  await earlier.focus();
  await held.release();
  await expect(newest(page)).toContainText(/through.*eta_beta 0.3/s);
  await expect(earlier).toBeFocused();
  await page.reload();
  await expect(kept(page)).toHaveCount(2);
  await expect(kept(page).first()).toContainText('eta_beta 0.3');
  await expect(kept(page).last()).not.toContainText('eta_beta 0.3');
  await expect(page.locator('#go-on')).toBeHidden();
  expect(await exported(kept(page).last())).toEqual(ours);
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
  const held = await beginUntil(page, 0.2);
  const other = await context.newPage();
  await other.goto('/');
  // It is listed, but this tab neither offers to go on with it nor deletes it.
  await expect(newest(other)).toContainText('under way');
  await expect(other.locator('#go-on')).toBeHidden();
  await expect(kept(other).getByRole('button', { name: 'delete' })).toHaveCount(0);
  const theirs = await beginUntil(other, 0.2, `${LINK}&first_seed=50`);
  await held.release();
  await theirs.release();
  await expect(status(page)).toContainText('Done');
  await expect(status(other)).toContainText('Done');
  await other.reload();
  await expect(kept(other)).toHaveCount(2);
  for (const row of [0, 1]) await expect(kept(other).nth(row)).toContainText('through');
});

test('a run whose tab is closed is offered by another at once', async ({ page, context }) => {
  await beginUntil(page, 0.2);
  const other = await context.newPage();
  await other.goto('/');
  await expect(newest(other)).toContainText('under way');
  await expect(other.locator('#go-on')).toBeHidden();
  await page.close();
  await expect(goOn(other)).toBeVisible();
  await expect(newest(other)).toContainText('stopped');
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
    await begin(page);
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
    await beginUntil(page, 0.2);
    await page.unrouteAll({ behavior: 'wait' });
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await goOn(page).click();
    await expect(status(page)).toContainText('Done');
    await expect(newest(page)).toContainText('through');
  });
});
