// How fast this machine is, as the Lab measures it.
import { configure, expect, open, run, shoot, small, status, test } from './page';

test('the Lab measures the CPU engine beside a plain product, and a run goes on after it', async ({
  page,
}) => {
  await open(page, 'auto');
  await configure(page, small);
  const measure = page.getByRole('button', { name: 'measure speed' });
  await measure.click();
  await expect(measure).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  const found = page.locator('#bench');
  await expect(found).toContainText('plain matrix product');
  await expect(found.locator('tbody tr')).toHaveCount(2);
  await expect(measure).toBeEnabled();
  await run(page);
  await expect(status(page)).toContainText('Done');
});

test('of a GPU it says dispatches, floors and what each stage takes', async ({ page }) => {
  // A software GPU repeats every stage twenty times.
  test.setTimeout(600_000);
  await open(page, 'gpu');
  await configure(page, small);
  await page.getByRole('button', { name: 'measure speed' }).click();
  const found = page.locator('#bench');
  await expect(found).toContainText('for its 9 dispatches');
  await found.getByText('Stages of a step').click();
  await expect(found).toContainText('inner_steps');
  await found.getByText('Stages of an evaluation').click();
  await expect(found).toContainText('dense_tiles');
  await shoot(page, 'bench');
});
