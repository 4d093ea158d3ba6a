// Screenshots of the states that other tests pass by, in both sizes and both schemes, for people to look at.
import type { Page } from '@playwright/test';
import { accessible, configure, expect, open, small, status, test } from './page';

async function shoot(page: Page, name: string) {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await accessible(page, `${name}, ${scheme}`);
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(200);
      await page.screenshot({ path: `test-results/states/${name}-${scheme}-${width}.png`, fullPage: width < 500 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${name} is wider than ${width}`).toBeLessThanOrEqual(width);
    }
  }
}

test('ready, training, paused and failed fit both sizes', async ({ page }) => {
  await open(page);
  await shoot(page, 'ready');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('task 3 of');
  await shoot(page, 'training');
  await page.getByRole('button', { name: 'pause' }).click();
  await expect(status(page)).toContainText('Paused');
  await shoot(page, 'paused');
  await page.getByRole('button', { name: 'reset' }).click();
  await expect(status(page)).toContainText('Paused at task 1');
  await configure(page, { ...small, evaluation_images: '10000', batch: '99' });
  await shoot(page, 'refused');
  await configure(page, { batch: '5' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('10000 test images');
  await shoot(page, 'failed');
});
