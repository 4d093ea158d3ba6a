// The tour: seven steps, by button, by keys, by link; nothing else in sight.
import type { Page } from '@playwright/test';
import { catalogOf, configure, expect, open, shoot, small, test, train } from './page';

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

/// The fifth step, in which Figure 3 is shown with a pathway cut.
async function toTheCut(page: Page) {
  await page.getByRole('button', { name: 'Tour', exact: true }).click();
  for (let step = 1; step < 5; step++) {
    await expect(page.locator('#tour-count')).toHaveText(`${step} of 7`);
    await page.keyboard.press('ArrowRight');
  }
  await expect(page.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_L');
}

const leave = (page: Page) => page.getByRole('button', { name: 'leave the tour' }).click();

test('leaving brings back the view that was there before', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 1', exact: true }).click();
  await expect(page.locator('.lane canvas')).toHaveCount(4);
  await page.locator('#at').fill('7');
  await page.locator('canvas[aria-label^="meta, layer h1"]').click({ position: { x: 3, y: 3 } });
  await expect(page.locator('.card').first()).toContainText('h1 unit 0');
  const before = await page.locator('.card').allTextContents();
  await toTheCut(page);
  await leave(page);
  await expect(page.locator('#tour')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Tour', exact: true })).toBeFocused();
  await expect(page.locator('.tab[aria-current]')).toHaveText('Figure 1');
  await expect(page.locator('#at-words')).toHaveText('after 7 of 20 tasks');
  await expect(page.locator('#lesions')).toBeHidden();
  await expect.poll(() => page.locator('.card').allTextContents()).toEqual(before);
  await expect(page).toHaveTitle(/^Figure 1, after 7 of 20 tasks/);
  // Again, and back with Escape.
  await toTheCut(page);
  await page.keyboard.press('Escape');
  await expect(page.locator('#at-words')).toHaveText('after 7 of 20 tasks');
});

test('a view that the reader changed within the tour stays', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 1', exact: true }).click();
  await toTheCut(page);
  await page.locator('#lesion-buttons button', { hasText: 'Cut h4_R' }).click();
  await leave(page);
  await expect(page.locator('.tab[aria-current]')).toHaveText('Figure 3');
  await expect(page.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_R');
});

test('opened by a link, it is left for what the page opens on', async ({ page }) => {
  await page.goto('/#v=1&preset=figure3&tour=5');
  await expect(page.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_L');
  await leave(page);
  await expect(page.locator('.tab[aria-current]')).toHaveText('Figure 2');
  await expect(page.locator('#at-words')).toHaveText('after 20 of 20 tasks');
  await expect(page).toHaveURL(/#v=1&preset=figure2&seeds=1$/);
});

test('a run of one’s own is there again after the tour', async ({ page }) => {
  await open(page, 'cpu');
  await configure(page, small);
  await train(page);
  await toTheCut(page);
  await leave(page);
  await expect(page.locator('#source-badge')).toHaveText('this machine');
  await expect(page.locator('.tab[aria-current]')).toHaveText('Lab');
  await expect(page.locator('#at-words')).toHaveText('after 3 of 3 tasks');
  await expect(page.locator('#field-hidden')).toHaveValue('24, 16');
});
