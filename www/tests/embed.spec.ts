// The page within another one: one figure and its controls, also where a frame may do next to nothing.
import type { Page } from '@playwright/test';
import { expect, shoot, test } from './page';

/// A page of somebody else's that holds this one.
async function framed(page: Page, attributes: string, fragment: string) {
  await page.route('**/outer', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body:
        '<!doctype html><html lang="en"><title>A lecture</title>' +
        '<body style="margin:0"><main><h1>A lecture</h1>' +
        `<iframe title="metacls" ${attributes} src="/#${fragment}"` +
        ' style="width:100%;height:760px;border:0"></iframe></main>',
    }),
  );
  await page.goto('/outer');
  return page.frameLocator('iframe');
}

const VIEW = 'v=1&preset=figure3&at=7&cut=L&embed=1';

test('a frame shows one figure and its controls, and leads back', async ({ page }) => {
  const frame = await framed(page, '', VIEW);
  await expect(frame.locator('#at-words')).toHaveText('after 7 of 20 tasks');
  await expect(frame.locator('.charts svg[role="img"]').first()).toBeVisible();
  await expect(frame.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_L');
  for (const hidden of ['h1', '#claims', '#panels', '#lab', '#images']) {
    await expect(frame.locator(hidden)).toBeHidden();
  }
  const out = frame.getByRole('link', { name: 'Open the whole page' });
  await expect.poll(() => page.frames()[1]?.url()).toMatch(/&at=7&cut=L&embed=1$/);
  await out.focus();
  await expect(out).toHaveAttribute('href', /#v=1&preset=figure3&at=7&cut=L$/);
  await page.waitForTimeout(500);
  for (const width of [900, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.screenshot({ path: `test-results/states/embed-${width}.png` });
    const wide = await frame.locator('html').evaluate((e) => e.scrollWidth - innerWidth);
    expect(wide, `at ${width}`).toBeLessThanOrEqual(0);
  }
});

test('by itself it is the same', async ({ page }) => {
  await page.goto(`/#${VIEW}`);
  await expect(page.locator('#at-words')).toHaveText('after 7 of 20 tasks');
  await shoot(page, 'embed');
});

test.describe('sandboxed', () => {
  // A worker, storage and the service worker are refused there.
  test.use({ expected: /./ });
  test('a frame shows the stored run, and says what it can’t', async ({ page }) => {
    const frame = await framed(page, 'sandbox="allow-scripts"', VIEW);
    await expect(frame.locator('.charts svg[role="img"]').first()).toBeVisible();
    await expect(frame.locator('#alert')).toContainText('could not be loaded');
    await expect(frame.locator('#alert')).toContainText('open it by itself');
    await expect(frame.locator('#lesion-buttons')).toContainText('h4_L');
    await expect(frame.getByRole('link', { name: 'Open the whole page' })).toBeVisible();
  });
});
