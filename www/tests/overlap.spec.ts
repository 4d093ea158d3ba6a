// No words of a chart lie on others, and none beyond its edge: every chart of every figure, in both sizes,
// before, during and after the stream.
import type { Page } from '@playwright/test';
import { configure, expect, open, small, test, train } from './page';

/// Words that lie on others or beyond their chart's edge, in every drawing that is seen.
const overlaps = (page: Page) =>
  page.evaluate(() => {
    const name = (svg: Element) => svg.closest('[id]')?.id ?? '';
    // A line's box is higher than its letters: what stands above and below them may touch.
    const [ABOVE, BELOW, BESIDE] = [0.05, 0.12, 0.5];
    const boxOf = (text: Element) => {
      const { left, right, top, bottom, height } = text.getBoundingClientRect();
      return {
        words: text.textContent ?? '',
        left: left + BESIDE,
        right: right - BESIDE,
        top: top + ABOVE * height,
        bottom: bottom - BELOW * height,
      };
    };
    const all = [...document.querySelectorAll('main svg')].filter((svg) => svg.checkVisibility());
    const outer = all.filter((svg) => !svg.parentElement?.closest('svg'));
    const found: string[] = [];
    let count = 0;
    for (const svg of outer) {
      const texts = [...svg.querySelectorAll('text')].filter((t) => t.textContent?.trim());
      const boxes = texts.map(boxOf);
      count += boxes.length;
      const edge = svg.getBoundingClientRect();
      for (const [i, a] of boxes.entries()) {
        if (a.left < edge.left - 1 || a.right > edge.right + 1) found.push(`${name(svg)}: ${a.words} is cut`);
        for (const b of boxes.slice(i + 1)) {
          const isOn = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          if (isOn) found.push(`${name(svg)}: ${a.words} on ${b.words}`);
        }
      }
    }
    return { found, count };
  });

/// Nothing overlaps now.
async function clear(page: Page, what: string) {
  const { found, count } = await overlaps(page);
  expect.soft(found, what).toEqual([]);
  expect(count, `${what}: texts`).toBeGreaterThan(60);
}

/// The charts of the point looked at are drawn.
async function drawn(page: Page) {
  await expect(page.locator('.empty')).toHaveCount(0);
  // They come one with each turn, and the schematics last.
  await page.waitForTimeout(400);
}

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`no words lie on others at ${width} x ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto('/');
    for (const figure of ['Figure 1', 'Figure 2', 'Figure 3']) {
      await page.getByRole('button', { name: figure, exact: true }).click();
      await expect(page.locator('#panels-source')).toContainText('40 seeds');
      for (const at of [20, 0, 3]) {
        await page.locator('#at').fill(String(at));
        await drawn(page);
        // Rates of 0 have their place on the axis, in every figure.
        const ticks = await page.locator('#chart-alpha text').allTextContents();
        expect(ticks.join(' ')).toContain('0 0.001 0.01 0.1');
        await clear(page, `${figure} after ${at} tasks`);
      }
    }
  });
}

test('nor in a run of one’s own', async ({ page }) => {
  await open(page, 'cpu');
  await configure(page, small);
  await train(page);
  await page.waitForTimeout(400);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.waitForTimeout(400);
    const { found } = await overlaps(page);
    expect(found, `at ${width}`).toEqual([]);
  }
});
