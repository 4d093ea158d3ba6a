import { accessible, configure, expect, open, results, small, test, train } from './page';

test('without WebGPU the CPU engine trains, and the page says so', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, small);
  await train(page);
  await expect(page.locator('#engine-badge')).toContainText('Engine: CPU');
  await expect(page.getByRole('alert')).toContainText('No GPU adapter');
  await expect(page.getByRole('alert')).toContainText('quick');
  await accessible(page, 'the CPU engine instead');
  await page.screenshot({ path: 'test-results/states/fallback-light-1440.png' });
  expect((await results(page))['engine']).toMatchObject({ kind: 'cpu' });
});

test.describe('a program that does not come', () => {
  test.use({ expected: /503/ });

  test('is missed in words, and asked for again', async ({ context, page }) => {
    let gone = true;
    await context.route(/trainer_bg/, (route) => (gone ? route.fulfill({ status: 503 }) : route.continue()));
    await page.goto('/#v=1&preset=quick&seeds=1');
    await expect(page.getByRole('alert')).toContainText('could not be loaded');
    await accessible(page, 'without the training program');
    // Links and files need no training program.
    await configure(page, small);
    await expect(page).toHaveURL(/tasks=3/);
    gone = false;
    await train(page);
    await expect(page.getByRole('alert')).not.toContainText('could not be loaded');
  });

  test('leaves the stored run where even links can’t be read', async ({ context, page }) => {
    await context.route(/analyst_bg/, (route) => route.fulfill({ status: 503 }));
    await page.goto('/');
    await expect(page.locator('.charts svg[role="img"]').first()).toBeVisible();
    await page.getByRole('button', { name: 'Lab', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('reload the page');
    await page.getByRole('button', { name: 'Figure 2', exact: true }).click();
    await expect(page.locator('.charts svg[role="img"]').first()).toBeVisible();
  });
});
