// The tour: seven steps, by button, by keys, by link; nothing else in sight.
import { catalogOf, expect, shoot, test } from './page';

test('by button and keys, there and back', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Tour', exact: true }).click();
  const [heading, count] = [page.locator('#tour-title'), page.locator('#tour-count')];
  await expect(count).toHaveText('1 of 7');
  await expect(page.locator('#at-words')).toHaveText('untrained');
  await expect(page.getByRole('button', { name: 'back', exact: true })).toBeDisabled();
  const { tour } = catalogOf();
  for (const [i, step] of tour.entries()) {
    await expect(heading).toHaveText(step.title);
    await expect(page.locator('.badge')).toHaveText('stored run');
    for (const part of step.parts) {
      await expect(page.locator(`[data-part="${part}"]:visible`).first(), part).toBeVisible();
    }
    await expect(page.locator('[data-part="none"]:visible')).toHaveCount(0);
    await shoot(page, `tour-${i + 1}`);
    if (i + 1 < tour.length) await page.keyboard.press('ArrowRight');
  }
  await expect(page.getByRole('button', { name: 'next', exact: true })).toBeDisabled();
  await page.keyboard.press('ArrowRight');
  await expect(count).toHaveText('7 of 7');
  await page.keyboard.press('ArrowLeft');
  await expect(count).toHaveText('6 of 7');
  await page.keyboard.press('Escape');
  await expect(page.locator('#tour')).toBeHidden();
  await expect(page.locator('#claims')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Tour', exact: true })).toBeFocused();
});

test('a step has a link, and a press of Run ends the tour', async ({ page }) => {
  await page.goto('/#v=1&preset=figure2&tour=5');
  await expect(page.locator('#tour-count')).toHaveText('5 of 7');
  await expect(page.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_L');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/&tour=7$/);
  await page.reload();
  await expect(page.locator('#tour-count')).toHaveText('7 of 7');
  await page.locator('#engine').selectOption('cpu');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.locator('#tour')).toBeHidden();
  await expect(page.locator('#source-badge')).toHaveText('this machine');
  await page.getByRole('button', { name: 'Tour', exact: true }).click();
  await expect(page.locator('#source-badge')).toHaveText('stored run');
  await expect(page.locator('#at-words')).toHaveText('untrained');
});
