// On telephones: claims, contents and the tour within the window, and in its first screen what is spoken of.
import { catalogOf, expect, test } from './page';

test.use({ viewport: { width: 390, height: 844 } });

test('claims are cards, their verdict first, and nothing lies off to the right', async ({ page }) => {
  await page.goto('/');
  // By how many hold it is seen that a figure's own stand there, not the ones before, which are about to go.
  for (const [figure, holding] of [
    ['Figure 1', 3],
    ['Figure 2', 5],
    ['Figure 3', 3],
  ] as const) {
    await page.getByRole('button', { name: figure, exact: true }).click();
    await expect(page.locator('#claims-source')).toContainText('40 seeds');
    await expect(page.locator('#claims .verdict.holds')).toHaveCount(holding);
    const cards = await page.locator('#claims tbody').evaluateAll((all) =>
      all.map((card) => {
        const box = (of: Element | null | undefined) => {
          const { left, right, top, height } = of?.getBoundingClientRect() ?? new DOMRect();
          return { left, right, top, height };
        };
        const cells = [...card.querySelectorAll('td')].filter((cell) => cell.textContent !== '');
        return {
          verdict: box(card.querySelector('.verdict')),
          others: cells.filter((cell) => !cell.querySelector('.verdict')).map(box),
          clipped: cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((c) => c.textContent),
        };
      }),
    );
    expect(cards.length).toBeGreaterThan(3);
    for (const { verdict, others, clipped } of cards) {
      expect(clipped).toEqual([]);
      expect(others.length).toBeGreaterThan(2);
      for (const { left, right, top, height } of [verdict, ...others]) {
        expect(height).toBeGreaterThan(8);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(390);
        expect(top).toBeGreaterThanOrEqual(verdict.top - 4);
      }
    }
    const scrolls = await page.locator('#claims').evaluate((e) => e.scrollWidth - e.clientWidth);
    expect(scrolls).toBe(0);
  }
  // They are rows and cells still, for whoever hears them.
  const snapshot = await page.locator('#claims').ariaSnapshot();
  expect(snapshot).toContain('table');
  expect(snapshot).toMatch(/cell "(holds|provisional)/);
});

/// What each step speaks of.
const SPOKEN = [
  '.lane canvas',
  '#inspector .card svg',
  '#chart-active > svg',
  '#chart-alpha > svg',
  '#lesion-answer table',
  '#panel-0 > svg',
  '#run',
];

for (const [width, height] of [
  [390, 844],
  [1440, 900],
] as const) {
  test(`what a step of the tour speaks of is in the first screen at ${width} x ${height}`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await page.goto('/');
    await page.getByRole('button', { name: 'Tour', exact: true }).click();
    expect(catalogOf().tour).toHaveLength(SPOKEN.length);
    for (const [i, selector] of SPOKEN.entries()) {
      await expect(page.locator('#tour-count')).toHaveText(`${i + 1} of ${SPOKEN.length}`);
      await expect(page.locator(selector).first()).toBeVisible();
      await expect(page.locator('.empty')).toHaveCount(0);
      // Drawn for the step; whoever reads it has not scrolled.
      await page.waitForTimeout(300);
      expect(await page.evaluate(() => scrollY)).toBe(0);
      for (const one of [page.locator('#tour-words'), ...(await page.locator(selector).all())]) {
        const box = await one.boundingBox();
        const words = `${selector} of step ${i + 1}: ${JSON.stringify(box)}`;
        expect(box && box.x >= 0 && box.x + box.width <= width, words).toBe(true);
        expect(box && box.y >= 0 && box.y + box.height <= height, words).toBe(true);
        // A chart was drawn for the width that it has here.
        if (selector.endsWith('> svg')) expect(box?.width, words).toBeGreaterThan(300);
      }
      await page.screenshot({ path: `test-results/states/first-${i + 1}-${width}.png` });
      if (i + 1 < SPOKEN.length) await page.keyboard.press('ArrowRight');
    }
  });
}

test('contents stand behind a button that says where one is', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
  const toggle = page.locator('#contents-toggle');
  await expect(toggle).toHaveText('Contents: The networks');
  await expect(page.locator('#contents-list')).toBeHidden();
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
  const boxes = await page
    .locator('#contents-list button:visible')
    .evaluateAll((all) => all.map((e) => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]));
  expect(boxes.length).toBeGreaterThan(4);
  for (const [left, right] of boxes) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(390);
  }
  await page.screenshot({ path: 'test-results/states/contents-390.png' });
  await page.locator('#contents-list').getByRole('button', { name: 'Claims' }).click();
  await expect(page.locator('#contents-list')).toBeHidden();
  await expect(toggle).toHaveText('Contents: Claims');
  const top = await page.locator('#claims-title').evaluate((e) => e.getBoundingClientRect().top);
  const under = await page.locator('#contents').evaluate((e) => e.getBoundingClientRect().bottom);
  expect(top).toBeGreaterThanOrEqual(under - 1);
  expect(top).toBeLessThan(under + 60);
  await toggle.click();
  await page.keyboard.press('Escape');
  await expect(page.locator('#contents-list')).toBeHidden();
  await expect(toggle).toBeFocused();
});
