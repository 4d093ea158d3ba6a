// Whether a run comes out again: files and links are run again and held beside what they say.
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { accessible, expect, open, test } from './page';

const fixture = '../tests/fixtures/v4/results.json.gz';

const result = (page: Page) => page.locator('#check-result');

/// Opens a results file in the page.
async function give(page: Page, name: string, text: string) {
  const file = { name, mimeType: 'application/json', buffer: Buffer.from(text) };
  await page.locator('#open-results').setInputFiles(file);
  await expect(page.locator('#source-badge')).toHaveText('stored run');
  await expect(page.locator('#check-source')).toContainText('two seeds');
}

const onRecord = async () => gunzipSync(await readFile(fixture)).toString();

/// Runs a part of the opened run again.
async function check(page: Page, part: string) {
  await page.locator('#check-part').selectOption({ label: part });
  await page.getByRole('button', { name: 'Check this run' }).click();
}

test('an opened run comes out again to the bit, lane by lane', async ({ page }) => {
  await open(page, 'auto');
  await give(page, 'results.json', await onRecord());
  await expect(page.locator('#check-source')).toContainText('digest cb1e0635e1e0e8fe');
  await check(page, 'all 2 seeds, 6 lanes');
  await expect(result(page)).toContainText('The same to the bit.');
  await expect(result(page).locator('li')).toHaveCount(6);
  for (const lane of await result(page).locator('li').all()) {
    await expect(lane).toContainText('the same to the bit in all 4 measurements');
  }
  await check(page, 'seed 0 under baseline');
  await expect(result(page).locator('li')).toHaveCount(1);
  await expect(result(page)).toContainText('seed 0 under baseline: the same to the bit');
  await accessible(page, 'a checked run');
});

test('what was altered in a file is found', async ({ page }) => {
  await open(page, 'auto');
  const results = JSON.parse(await onRecord());
  results.lanes[1].records[2].alpha[0] += 1e-3;
  await give(page, 'altered.json', JSON.stringify(results));
  await check(page, 'seed 0, three conditions');
  await expect(result(page)).toContainText('Not the same.');
  const lanes = result(page).locator('li');
  await expect(lanes.nth(0)).toContainText('the same to the bit');
  await expect(lanes.nth(1)).toContainText('numbers after 2 tasks are not those that their own digest is of');
  await expect(lanes.nth(2)).toContainText('the same to the bit');
});

test('on other images nothing is run, and it says so', async ({ page }) => {
  await open(page, 'auto');
  const results = JSON.parse(await onRecord());
  results.data.digest = 'another';
  results.data.name = 'other digits';
  await give(page, 'other.json', JSON.stringify(results));
  await check(page, 'seed 0, three conditions');
  await expect(result(page)).toContainText('It was run on other digits, and here are procedural digits');
});

const small =
  '/#v=1&preset=quick&tasks=3&samples_per_task=20&hidden=24,16&evaluation_images=20' +
  '&conditions=baseline,meta&seeds=2';

/// The link that says what came out of the run in front.
async function claiming(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByLabel('say what came out').check();
  await expect(page.locator('#shared-words')).toContainText('says what came out, too');
  return page.locator('#shared-link').inputValue();
}

test('a link that says what came out proves itself', async ({ page, browser, baseURL }) => {
  test.slow();
  await page.goto(small);
  await page.locator('#engine').selectOption('cpu');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('Done');
  const link = await claiming(page);
  expect(link).toContain('&digest=');
  expect(link.length).toBeLessThan(2000);

  /// Opens a link where nothing is known of it, and runs it.
  const told = async (href: string, engine: string, likeness: string) => {
    const context = await browser.newContext(baseURL === undefined ? {} : { baseURL });
    const fresh = await context.newPage();
    await fresh.goto(href);
    await expect(fresh.locator('#check-source')).toContainText('This link claims what came out of two seeds');
    await expect(result(fresh)).toContainText('meta: accuracy category');
    await fresh.locator('#engine').selectOption(engine);
    await fresh.getByRole('button', { name: 'Run it and compare' }).click();
    await expect(result(fresh).locator('p').first()).toContainText(`${likeness}.`);
    const text = (await result(fresh).textContent()) ?? '';
    await context.close();
    return text;
  };
  const same = await told(link, 'auto', 'The same to the bit');
  expect(same).not.toContain('not the same');
  const altered = link.replace(/&meta=2_0\.(\d)/, (_, digit) => `&meta=2_0.${(Number(digit) + 1) % 10}`);
  expect(altered).not.toBe(link);
  expect(await told(altered, 'cpu', 'Not the same')).toContain('the same to the bit');
  const byGpu = await told(link, 'gpu', 'Within tolerance');
  expect(byGpu).toContain('between runs of the CPU engine alone');
  // A link without a claim asks for none.
  await page.goto('/#v=1&preset=quick');
  await expect(page.getByRole('button', { name: 'Run it and compare' })).toBeHidden();
});
