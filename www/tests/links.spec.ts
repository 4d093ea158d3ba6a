// Links: as people send them, as the page makes them, and what stays on the screen of those that are refused.
import type { Page } from '@playwright/test';
import { accessible, expect, open, test } from './page';

const tab = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const isOpen = (page: Page, name: string) => expect(tab(page, name)).toHaveAttribute('aria-current', 'page');

/// The images have come: what the page says by itself is said by then.
const settled = async (page: Page) => {
  await expect(page.locator('#data-badge')).not.toBeEmpty();
  await page.waitForTimeout(500);
};

for (const [how, link] of [
  ['encoded as a whole', '#v%3D1%26preset%3Dquick%26seeds%3D3%26hidden%3D24%252C16'],
  ['with HTML’s references', '#v=1&amp;preset=quick&amp;seeds=3&hidden=24,16'],
  ['with the mark encoded', '%23v=1&preset=quick&seeds=3&hidden=24,16'],
  ['at the end of a sentence', '#v=1&preset=quick&seeds=3&hidden=24,16).'],
  ['with a tracker’s parameter', '?fbclid=x#v=1&preset=quick&seeds=3&hidden=24,16&utm_source=mail'],
  ['broken over two lines', '#v=1&preset=quick&see%0D%0Ads=3&hidden=24,%2016'],
] as const) {
  test(`a link ${how} opens`, async ({ page }) => {
    await page.goto(`/${link}`);
    await expect(page.locator('#field-hidden')).toHaveValue('24, 16');
    await expect(page.locator('#seeds')).toHaveValue('3');
    await expect(page.getByRole('alert')).toBeEmpty();
    // The address is a plain one from here on.
    await expect(page).toHaveURL(/\/(\?fbclid=x)?#v=1&preset=quick&hidden=24,16&seeds=3$/);
  });
}

test('what is said of a refused link stays until the reader acts', async ({ page }) => {
  await page.goto('/#v=1&preset=figure3&sedes=4');
  await settled(page);
  const notice = page.locator('.notice[data-about="link"]');
  await expect(notice).toContainText('sedes=4: there is no such field');
  await expect(notice).toContainText('Figure 3 is shown instead');
  // In the first screen, of a telephone too.
  for (const size of [
    { width: 390, height: 844 },
    { width: 1280, height: 720 },
  ]) {
    await page.setViewportSize(size);
    await expect(notice).toBeInViewport({ ratio: 1 });
  }
  await accessible(page, 'a refused link');
  await notice.getByRole('button').click();
  await expect(notice).toHaveCount(0);
  // Another one, and away with it by choosing what to see.
  await page.goto('/#v=1&preset=figure3&seeds=3 4');
  await expect(notice).toContainText('white space within a number');
  await tab(page, 'Figure 1').click();
  await expect(notice).toHaveCount(0);
});

test.describe('with a clipboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  const shared = async (page: Page) => {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'copy link' }).click();
    await expect(page.locator('#shared-words')).toContainText('The link is copied');
    await page.keyboard.press('Escape');
    await expect(page.locator('#share-dialog')).toBeHidden();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  test('Share gives what is shown: every tab, and the Lab however it stands', async ({ page, browser }) => {
    const elsewhere = async (link: string) => {
      const other = await (await browser.newContext()).newPage();
      await other.goto(link);
      await settled(other);
      return other;
    };
    await page.goto('/');
    // On a page just opened, before any program is there.
    const first = await shared(page);
    expect(first).toMatch(/#v=1&preset=figure2/);
    expect(page.url()).toBe(first);
    for (const name of ['Figure 3', 'Figure 1', 'Figure 2']) {
      await tab(page, name).click();
      const other = await elsewhere(await shared(page));
      await isOpen(other, name);
      await other.close();
    }
    await tab(page, 'Figure 3').click();
    await tab(page, 'Lab').click();
    const plain = await elsewhere(await shared(page));
    await isOpen(plain, 'Lab');
    await expect(plain.locator('#presets [aria-pressed="true"]')).toHaveText('Figure 3');
    await plain.close();
    await page.locator('#field-batch').fill('4');
    await expect(page).toHaveURL(/batch=4/);
    const changed = await elsewhere(await shared(page));
    await isOpen(changed, 'Lab');
    await expect(changed.locator('#field-batch')).toHaveValue('4');
    await changed.close();
  });

  test('pressed first on Figure 3, it gives Figure 3', async ({ page }) => {
    await page.goto('/');
    await tab(page, 'Figure 3').click();
    await page.goto(await shared(page));
    await page.reload();
    await isOpen(page, 'Figure 3');
  });
});

for (const [how, take] of [
  ['missing', () => Object.defineProperty(navigator, 'clipboard', { value: undefined })],
  [
    'refused',
    () => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
    },
  ],
] as const) {
  test(`where the clipboard is ${how} the page says so and shows what to copy`, async ({ page }) => {
    await page.addInitScript(take);
    await open(page);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'copy link' }).click();
    await expect(page.locator('#shared-words')).toContainText('did not let the page copy');
    const link = page.getByLabel('the link of this view');
    await expect(link).toBeFocused();
    await expect(link).toHaveValue(/#v=1&preset=quick/);
    const selected = await link.evaluate((e: HTMLInputElement) => [e.selectionStart, e.selectionEnd]);
    expect(selected).toEqual([0, (await link.inputValue()).length]);
    await accessible(page, 'a link that could not be copied');
    await page.getByRole('button', { name: 'close', exact: true }).click();
    await page.getByRole('button', { name: 'Lab', exact: true }).click();
    await page.locator('#copy-command').click();
    await expect(page.locator('#copied')).toContainText('could not be copied');
    const command = await page.evaluate(() => getSelection()?.toString());
    expect(command).toBe(await page.locator('#command').textContent());
  });
}
