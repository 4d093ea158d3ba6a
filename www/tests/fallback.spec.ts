import { accessible, configure, expect, open, results, small, status, test } from './page';

test('without WebGPU the CPU engine trains, and the page says so', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, small);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  await expect(page.locator('#engine-badge')).toContainText('Engine: CPU');
  await expect(page.getByRole('alert')).toContainText('No GPU adapter');
  await expect(page.getByRole('alert')).toContainText('quick');
  await accessible(page, 'the CPU engine instead');
  await page.screenshot({ path: 'test-results/states/fallback-light-1440.png' });
  expect((await results(page)).engine).toMatchObject({ kind: 'cpu' });
});
