// Screenshots of the states that other tests pass by, for people to look at. The run that is done:
// page.spec.ts.
import { configure, expect, hold, open, run, shoot, small, status, test } from './page';

test('every figure, the Lab and a step walked through fit both sizes', async ({ page }) => {
  // Sixteen pictures and as many looks by axe take their time on a slow machine.
  test.setTimeout(600_000);
  await page.goto('/');
  for (const figure of ['Figure 1', 'Figure 2', 'Figure 3']) {
    await page.getByRole('button', { name: figure, exact: true }).click();
    await expect(page.locator('#panels-source')).toContainText('40 seeds');
    await expect(page.locator('.empty')).toHaveCount(0);
    await shoot(page, figure.toLowerCase().replace(' ', ''));
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: '2 The look-ahead' }).click();
  await shoot(page, 'trace');
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await expect(page.locator('#field-batch')).toBeVisible();
  await shoot(page, 'lab');
});

test('ready, training, paused, refused and failed fit both sizes', async ({ page }) => {
  // Sixteen pictures and as many looks by axe take their time on a slow machine.
  test.setTimeout(600_000);
  await open(page, 'auto');
  await shoot(page, 'ready');
  const held = await hold(page, 0.2);
  await run(page);
  await held.reached();
  // At the end of the second task or within the third: a turn's length is the machine's.
  await expect(status(page)).toContainText(/Training, task [2-9] of/);
  await shoot(page, 'training');
  await page.getByRole('button', { name: 'pause' }).click();
  await held.release();
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
