// Share: the very view, from every state; within another page; as a QR code; and what comes of a failure.
import type { Page } from '@playwright/test';
import { configure, expect, open, shoot, small, test, train } from './page';

const share = async (page: Page) => {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(page.locator('#shared-all')).toBeVisible();
  return page.getByLabel('the link of this view').inputValue();
};

const close = (page: Page) => page.getByRole('button', { name: 'close', exact: true }).click();

test('the very view is in the link: time, lesion, layer and unit', async ({ page, browser }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 3', exact: true }).click();
  await expect(page.locator('#lesions')).toBeVisible();
  const cut = page.locator('#lesion-buttons button', { hasText: 'h4_R' });
  await cut.click();
  await page.locator('#at').fill('12');
  const unit = page.locator('canvas[aria-label^="meta, layer h2"]');
  await unit.click({ position: { x: 3, y: 3 } });
  await page.keyboard.press('ArrowRight');
  const link = await share(page);
  expect(link).toMatch(/#v=1&preset=figure3&seeds=1&at=12&cut=R&layer=h2&unit=1$/);
  await expect(page.locator('#shared-view')).toContainText('Figure 3, after 12 of 20 tasks');
  await expect(page.locator('#shared-command')).toHaveText('metacls run "#v=1&preset=figure3&seeds=1"');
  await shoot(page, 'share');
  await page.locator('#shared-preview summary').click();
  const inner = page.frameLocator('#shared-frame');
  await expect(inner.locator('#at-words')).toHaveText('after 12 of 20 tasks');
  await close(page);
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toBeFocused();
  const seen = await page.locator('.card').allTextContents();

  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other.locator('#at-words')).toHaveText('after 12 of 20 tasks');
  await expect(other.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_R');
  await expect(other.locator('.card').first()).toContainText('h2 unit 1');
  expect(await other.locator('.card').allTextContents()).toEqual(seen);
  await expect(other).toHaveTitle(/^Figure 3, after 12 of 20 tasks/);
  await expect(other).toHaveURL(link);
  await other.close();
});

test('a probe chosen in a run here is in its link', async ({ page, browser }) => {
  await open(page);
  await configure(page, small);
  await page.locator('#engine').selectOption('cpu');
  await train(page);
  await page.getByLabel('Digit', { exact: true }).selectOption('3');
  const link = await share(page);
  expect(link).toContain('&probe=3,63');
  await expect(page.locator('#shared-claim')).toBeVisible();
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await other.locator('#engine').selectOption('cpu');
  await train(other);
  await expect(other.locator('#inspector')).toContainText('Input: a 3 at 63°');
  await other.close();
});

test('what comes out is of one size whatever the view', async ({ page }) => {
  await page.goto('/');
  await share(page);
  const code = await page.locator('#shared-embed').inputValue();
  expect(code).toMatch(/^<iframe src="http[^"]*&amp;embed=1" title="Figure 2, [^"]*"/);
  await expect(page.locator('#shared-qr svg')).toBeVisible();
  // Scanned by what else is at hand here: the browser itself has no reader on every system.
  const squares = await page.locator('#shared-qr svg').getAttribute('viewBox');
  expect(Number(squares?.split(' ')[2])).toBeGreaterThanOrEqual(29);
});

test.describe('without the program that writes links', () => {
  test.use({ expected: /503/ });
  test('there is a word, and no link', async ({ context, page }) => {
    await context.route(/analyst_bg/, (route) => route.fulfill({ status: 503 }));
    await page.clock.install();
    await page.goto('/');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.clock.fastForward(31_000);
    await expect(page.locator('#shared-words')).toContainText('There is no link');
    await expect(page.locator('#shared-all')).toBeHidden();
  });
});
