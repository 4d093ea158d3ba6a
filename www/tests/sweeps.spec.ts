// Sweeps on the page: asked for in the Lab, trained point by point, shown, kept, gone on with, opened again;
// stored ones, and what the terminal makes of the same.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { accessible, catalogOf, expect, hold, idx, shoot, test } from './page';

/// Six points of two seeds, each done in a moment.
const SHARED =
  'tasks=3&samples_per_task=20&hidden=24,16&evaluation_images=20&conditions=baseline,meta&seeds=2';
const VARY = 'vary=alpha_0=log:0.01..0.1:3&vary=hidden=24+16,12';
const LINK = `v=1&preset=quick&${SHARED}&${VARY}`;

const begin = (page: Page) => page.getByRole('button', { name: 'Sweep', exact: true });
const progress = (page: Page) => page.locator('#sweep-progress-words');
const plan = (page: Page) => page.locator('#sweep-plan');
const points = (page: Page) => page.locator('#sweep-table tbody tr');

/// Begins by such a press, and stops in the very turn in which so many points are done, while the next one is
/// made ready: whoever looks from without may come too late.
async function stopAfter(page: Page, count: number, press: () => Promise<void>) {
  await page.evaluate((count) => {
    const find = (id: string) => document.getElementById(id);
    const observer = new MutationObserver(() => {
      const words = find('sweep-progress-words')?.textContent ?? '';
      if (!(Number.parseInt(words, 10) >= count)) return;
      observer.disconnect();
      find('sweep-stop')?.click();
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
  }, count);
  await press();
  await expect(page.getByRole('button', { name: 'go on here' })).toBeVisible();
}

async function openLink(page: Page, link = LINK) {
  await page.goto(`/#${link}`);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
}

/// Presses, and gives what is downloaded.
async function saved(page: Page, name: string) {
  const waiting = page.waitForEvent('download');
  await page.locator('#sweep-files').getByRole('button', { name }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), path: await download.path() };
}

/// Opens a file as one that was chosen.
const openFile = (page: Page, name: string, bytes: Buffer) =>
  page.locator('#open-results').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes });

/// Digests of the points that are measured.
async function digests(page: Page): Promise<string[]> {
  const cells = await page.locator('#sweep-table tbody tr td:last-child').allTextContents();
  return cells.filter((text) => text !== '');
}

test('a link asks for a sweep; pressed, the map fills; each point is the terminal’s run', async ({
  page,
}) => {
  await openLink(page);
  await expect(page.getByLabel('first field', { exact: true })).toHaveValue('alpha_0');
  await expect(page.getByLabel('second field: values')).toHaveValue('24+16,12');
  await expect(plan(page)).toContainText('6 points, each a run of 4 lanes');
  await expect(page.locator('#sweep-command')).toHaveText(
    /^metacls sweep "#v=1&preset=quick.*&vary=alpha_0=/,
  );
  await begin(page).click();
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await expect(page.locator('#sweep-plots figure').first()).toBeVisible();
  const filled = page.locator('#sweep-plots figure').first().locator('svg g[aria-label="text"], svg text');
  await expect(filled.first()).toBeVisible();
  await page.locator('#sweep-points summary').click();
  await expect(points(page)).toHaveCount(6);
  const here = await digests(page);
  expect(new Set(here).size).toBe(6);

  // The same sweep in the terminal, of the command that stands there.
  const command = await page.locator('#sweep-made-by').textContent();
  const link = /"(#.*)"/.exec(command ?? '')?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  const words = ['sweep', link, '--engine', 'cpu', '--data', 'digits', '--out', join(folder, 'all')];
  const said = execFileSync(process.env['METACLS'] ?? 'metacls', words, { encoding: 'utf8' });
  for (const digest of here) expect(said).toContain(digest);

  // What is saved opens again, with the same numbers, and the terminal tells it.
  const summary = await saved(page, 'summary (JSON)');
  expect(summary.name).toMatch(/^metacls-sweep-quick-[0-9a-f]{8}\.json$/);
  const told = execFileSync(process.env['METACLS'] ?? 'metacls', ['report', summary.path], {
    encoding: 'utf8',
  });
  for (const digest of here) expect(told).toContain(digest);
  const csv = await readFile((await saved(page, 'claims (CSV)')).path, 'utf8');
  expect(csv.split('\r\n')[0]).toMatch(/^point,alpha_0,hidden,claim,sentence/);
  const lanes = await readFile((await saved(page, 'every lane (CSV)')).path, 'utf8');
  expect(lanes.split('\r\n').length).toBeGreaterThan(6 * 4 * 5);
  await page.reload();
  await openFile(page, 'sweep.json', readFileSync(summary.path));
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await page.locator('#sweep-points summary').click();
  expect(await digests(page)).toEqual(here);

  // A point opens as a run in the Lab.
  await points(page).nth(3).getByRole('link').click();
  await expect(page.locator('#field-hidden')).toHaveValue('12');
  await expect(page.locator('#field-alpha_0')).toHaveValue('0.0316228');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status').first()).toContainText('Done');
});

test('a sweep is stopped, kept over a reload, and gone on with to the same numbers', async ({ page }) => {
  await openLink(page);
  await expect(begin(page)).toBeEnabled();
  await stopAfter(page, 2, () => begin(page).click());
  await expect(progress(page)).toHaveText(/^[2-5] of 6 points\.$/);
  await page.goto('/');
  const kept = page.locator('#kept-sweeps-list li');
  await expect(kept).toHaveCount(1);
  await expect(kept).toContainText('of 6 points');
  // What made it is no list of kept runs.
  await expect(page.locator('#kept-list li')).toHaveCount(0);
  await kept.getByRole('button', { name: /^show/ }).click();
  await expect(progress(page)).toHaveText(/^[2-5] of 6 points\.$/);
  await page.locator('#engine').selectOption('cpu');
  await page.getByRole('button', { name: 'go on here' }).click();
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await page.locator('#sweep-points summary').click();
  const stopped = await digests(page);
  // Never stopped, it is the same.
  await kept.getByRole('button', { name: /^delete/ }).click();
  await expect(kept).toHaveCount(0);
  await openLink(page);
  await page.reload();
  await page.locator('#engine').selectOption('cpu');
  await begin(page).click();
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await page.locator('#sweep-points summary').click();
  expect(await digests(page)).toEqual(stopped);
});

test('another run ends a sweep in words, and pausing holds it', async ({ page }) => {
  await openLink(page);
  await expect(begin(page)).toBeEnabled();
  const held = await hold(page, 0.2);
  await begin(page).click();
  await held.reached();
  await page.getByRole('button', { name: 'pause', exact: true }).click();
  await held.release();
  await expect(page.locator('#status')).toContainText('Paused');
  await expect(progress(page)).toContainText('training alpha_0=0.01');
  await stopAfter(page, 1, () => page.getByRole('button', { name: 'resume' }).click());
  // A point in its middle stands still, and counts for nothing.
  const again = await hold(page, 0.2);
  await page.getByRole('button', { name: 'go on here' }).click();
  await again.reached();
  await page.getByRole('button', { name: 'stop the sweep' }).click();
  await again.release();
  await expect(page.locator('#status')).toContainText('Paused');
  await expect(progress(page)).toHaveText(/^[1-5] of 6 points\.$/);
  await page.getByRole('button', { name: 'go on here' }).click();
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await expect(page.locator('#sweep-problem')).toBeEmpty();
});

test('a sweep that is stopped between two points is stopped', async ({ page }) => {
  await openLink(page);
  await expect(begin(page)).toBeEnabled();
  await stopAfter(page, 1, () => begin(page).click());
  await expect(progress(page)).toHaveText(/^[1-5] of 6 points\.$/);
  await page.getByRole('button', { name: 'go on here' }).click();
  await expect(progress(page)).toContainText('All 6 points are measured.');
});

test('a sweep goes on with its own images alone; on others it begins anew', async ({ page }) => {
  await openLink(page);
  await expect(begin(page)).toBeEnabled();
  await stopAfter(page, 1, () => begin(page).click());
  await page.getByText('Images', { exact: true }).click();
  await page.locator('#files').setInputFiles(
    ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map((name) => ({
      name: `${name}-ubyte.gz`,
      mimeType: 'application/gzip',
      buffer: idx(name.startsWith('train') ? 60 : 30, name.includes('images')),
    })),
  );
  await expect(page.locator('#data-badge')).toContainText('60 to train, 30 to test');
  await page.getByRole('button', { name: 'go on here' }).click();
  await expect(page.locator('#sweep-problem')).toContainText('measured on procedural digits');
  await expect(page.locator('#sweep-problem')).toContainText('begin it anew in the Lab');
  await begin(page).click();
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await expect(page.locator('#sweep-source')).toContainText('custom IDX files');
  // Both are kept, each with its images; the Lab goes on with the one whose images are in use.
  await expect(page.locator('#kept-sweeps-list li')).toHaveCount(2);
  await page.getByRole('button', { name: 'procedural digits' }).click();
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  const unfinished = page.locator('#kept-sweeps-list li').filter({ hasText: 'of 6 points' });
  await expect(unfinished).toHaveCount(1);
  await begin(page).click();
  await expect(page.locator('#sweep-source')).toContainText('procedural digits');
  await expect(progress(page)).toContainText('All 6 points are measured.');
  await expect(unfinished).toHaveCount(0);
});

test('what can’t be swept, or is too large, is refused in words beside the form', async ({ page }) => {
  await openLink(page, `v=1&preset=quick&${SHARED}`);
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await expect(plan(page)).toContainText('Choose a field.');
  await expect(begin(page)).toBeDisabled();
  await page.getByLabel('first field', { exact: true }).selectOption('alpha_0');
  await expect(plan(page)).toContainText('5 points');
  await page.getByLabel('first field: how many').fill('300');
  await expect(plan(page)).toContainText('300 points are more than the 256 that a page sweeps');
  await expect(begin(page)).toBeDisabled();
  await page.getByLabel('first field: how many').fill('3');
  await page.getByLabel('second field', { exact: true }).selectOption('hidden');
  await page.getByLabel('second field: values').fill('24x2,nonsense');
  await expect(plan(page)).toContainText('hidden=nonsense: allowed');
  await page.getByLabel('second field: values').fill('24x2,12');
  await expect(plan(page)).toContainText('6 points');
  await expect(page).toHaveURL(/&vary=alpha_0=log:[^&]*&vary=hidden=24x2,12$/);
  await accessible(page, 'the form of a sweep');
});

test('a stored sweep is told in a paragraph, and shown with its maps', async ({ page }) => {
  const [story] = catalogOf().sweeps;
  if (!story) throw new Error('no sweep is stored');
  await page.goto('/');
  const card = page.locator('#answered li').filter({ hasText: story.title });
  await expect(card).toContainText(story.question);
  await card.getByRole('button', { name: 'Show the sweep' }).click();
  await expect(page.locator('#sweep-shown-title')).toHaveText(story.title);
  await expect(page.locator('#sweep-source')).toContainText(`Made on ${story.made}.`);
  await expect(page.locator('#sweep-made-by')).toHaveText(story.command);
  const first = page.locator('#sweep-plots figure').first();
  await expect(first.locator('svg')).toBeVisible();
  const waiting = page.waitForEvent('download');
  await first.getByRole('button', { name: 'as CSV' }).click();
  const csv = await readFile(await (await waiting).path(), 'utf8');
  expect(csv).toMatch(/^point,settings,measure,series,value,low,high,claim_holds\r\n1,/);
  const drawing = page.waitForEvent('download');
  await first.getByRole('button', { name: 'as SVG' }).click();
  expect(await readFile(await (await drawing).path(), 'utf8')).toContain('<svg');
  await page.locator('#sweep-points summary').click();
  await shoot(page, 'sweep');
});

test('the Lab’s form of a sweep', async ({ page }) => {
  await openLink(page);
  await expect(plan(page)).toContainText('6 points');
  await shoot(page, 'sweep-form');
});
