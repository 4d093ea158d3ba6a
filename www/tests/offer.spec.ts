// Which images: asked before the first run on a host without MNIST, answered in one press, and remembered.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Route } from '@playwright/test';
import { expect, hold, idx, run, shoot, status, test } from './page';

// Nobody has chosen anything, and servers that fail are part of this.
test.use({ images: null, expected: /Failed to load resource/ });

const root = join(import.meta.dirname, '..', '..');
const mirror = readFileSync(join(root, 'src/data/mnist.mirror'), 'utf8').trim();
const folder = process.env['METACLS_MNIST'];

/// A run of seconds whose settings want MNIST.
const LINK =
  '/#v=1&preset=figure1&seeds=1&conditions=baseline,meta&tasks=3&samples_per_task=20&hidden=24,16' +
  '&evaluation_images=20';

const dialog = (page: Page) => page.getByRole('dialog');
const mnist = (page: Page) => dialog(page).getByRole('button', { name: 'MNIST' });
const digits = (page: Page) => dialog(page).getByRole('button', { name: 'procedural digits' });
const cancel = (page: Page) => dialog(page).getByRole('button', { name: 'cancel' });
const badge = (page: Page) => page.locator('#data-badge');
const chosen = (page: Page) => page.evaluate(() => localStorage.getItem('metacls-images'));

/// A mirror that answers so. Gives the addresses that it was asked for.
async function stand(page: Page, answer: (name: string, route: Route) => Promise<unknown> | unknown) {
  const asked: string[] = [];
  const { origin } = new URL(mirror);
  await page.route(`${origin}/**`, (route) => {
    const address = route.request().url();
    asked.push(address);
    return answer(address.slice(address.lastIndexOf('/') + 1), route);
  });
  return asked;
}

/// Bytes as a host gives them whose files other pages may read.
const give = (route: Route, body: Buffer) =>
  route.fulfill({
    body,
    contentType: 'application/octet-stream',
    headers: { 'access-control-allow-origin': '*' },
  });

const real = (name: string, route: Route) => give(route, readFileSync(join(folder!, name)));

/// Opens the page on settings that want MNIST, where there is none.
async function open(page: Page, link = LINK) {
  await page.goto(link);
  await expect(badge(page)).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
}

/// The run that was asked for, the page's first or a later one, comes to its end, with no question left.
async function trains(page: Page, runs = 1) {
  await expect(page.locator('#kept-list li').filter({ hasText: ': through' })).toHaveCount(runs);
  await expect(status(page)).toContainText('Done');
  await expect(dialog(page)).toBeHidden();
}

/// Nothing has begun.
async function rests(page: Page) {
  await expect(dialog(page)).toBeHidden();
  await page.waitForTimeout(500);
  await expect(status(page)).toHaveText('Ready.');
  await expect(page.locator('#source-badge')).toHaveText('stored run');
}

test('procedural digits: asked once, remembered over a reload', async ({ page }) => {
  const asked = await stand(page, (_, route) => route.abort());
  await open(page);
  await run(page);
  await expect(dialog(page)).toContainText('Which images?');
  await expect(dialog(page)).toContainText('This run asks for MNIST');
  await expect(dialog(page)).toContainText(`From ${new URL(mirror).host}`);
  await expect(dialog(page)).toContainText('not the paper’s setting');
  await expect(status(page)).toHaveText('Ready.');
  await digits(page).click();
  await trains(page);
  await expect(badge(page)).toContainText('Images to train on: procedural digits');
  await expect(page.locator('#claims')).toContainText('not the paper’s setting');
  await run(page);
  await trains(page, 2);
  await page.reload();
  await expect(badge(page)).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await run(page);
  await trains(page, 3);
  expect(asked).toEqual([]);
});

test('MNIST: fetched in one press, kept, and changed under Images', async ({ page }) => {
  test.skip(!folder, 'METACLS_MNIST does not name a folder with MNIST’s files');
  const asked = await stand(page, real);
  await open(page);
  await run(page);
  await mnist(page).click();
  await trains(page);
  await expect(badge(page)).toContainText('MNIST (verified), from the mirror');
  expect(asked.map((address) => address.slice(0, mirror.length))).toEqual(Array(4).fill(mirror));
  await page.reload();
  await expect(badge(page)).toContainText('MNIST (verified), kept in this browser');
  await page.locator('#engine').selectOption('cpu');
  await run(page);
  await trains(page, 2);
  // Changed, it is remembered too, though MNIST is still kept.
  await page.getByText('Images', { exact: true }).click();
  await page.locator('#digits').click();
  await expect(badge(page)).toContainText('procedural digits');
  await page.reload();
  await expect(badge(page)).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await run(page);
  await trains(page, 3);
  await page.getByText('Images', { exact: true }).click();
  await page.getByRole('button', { name: 'MNIST, kept in this browser' }).click();
  await expect(badge(page)).toContainText('MNIST (verified), kept in this browser');
  expect(await chosen(page)).toBe('mnist');
  expect(asked).toHaveLength(4);
});

test('what does not come, or is another, is said, and both choices stay', async ({ page }) => {
  let answer: (name: string, route: Route) => Promise<unknown> = (_, route) => route.fulfill({ status: 503 });
  await stand(page, (name, route) => answer(name, route));
  await open(page);
  await run(page);
  const others = (name: string) => idx(name.startsWith('train') ? 60 : 30, name.includes('images'));
  for (const [words, next] of [
    ['503', (name: string, route: Route) => give(route, others(name))],
    ['by its SHA-256 it is not MNIST', (_: string, route: Route) => route.abort()],
    ['the server could not be reached', (_: string, route: Route) => route.abort()],
  ] as const) {
    await mnist(page).click();
    await expect(dialog(page)).toContainText(`MNIST could not be fetched from ${new URL(mirror).host} (`);
    await expect(dialog(page)).toContainText(words);
    await expect(dialog(page)).toContainText('Try again, or take procedural digits.');
    await expect(mnist(page)).toBeFocused();
    await expect(digits(page)).toBeEnabled();
    answer = next;
  }
  await expect(page.locator('#alert .notice')).toHaveCount(0);
  expect(await chosen(page)).toBeNull();
  await expect(badge(page)).toContainText('procedural digits');
  await digits(page).click();
  await trains(page);
  expect(await chosen(page)).toBe('digits');
});

test('Escape and cancel start nothing, also while MNIST comes', async ({ page }) => {
  const asked = await stand(page, () => undefined);
  const given: string[] = [];
  page.on('requestfailed', (request) => given.push(request.url()));
  await open(page);
  for (const leave of [() => page.keyboard.press('Escape'), () => cancel(page).click()]) {
    await run(page);
    await expect(dialog(page)).toBeVisible();
    await leave();
    await rests(page);
    await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeFocused();
    await run(page);
    await mnist(page).click();
    await expect(dialog(page)).toContainText('Fetching MNIST from');
    await expect(dialog(page)).toContainText('0 of 11 MB');
    await expect(mnist(page)).toBeDisabled();
    await leave();
    await rests(page);
  }
  await expect.poll(() => given.length).toBe(8);
  expect(asked).toHaveLength(8);
  expect(await chosen(page)).toBeNull();
  await expect(page.locator('#alert .notice')).toHaveCount(0);
  // Digits end a fetch that takes too long.
  await run(page);
  await mnist(page).click();
  await digits(page).click();
  await trains(page);
  await expect.poll(() => given.length).toBe(12);
  await expect(badge(page)).toContainText('procedural digits');
});

test('by keyboard alone', async ({ page }) => {
  await stand(page, () => undefined);
  await open(page);
  await page.getByRole('button', { name: 'Run', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(mnist(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(cancel(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await rests(page);
  // Space on the page runs, and so asks.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press(' ');
  await expect(mnist(page)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(digits(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await trains(page);
});

test('the button on top asks as well, before anything was loaded', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Train it on this machine' }).click();
  await expect(dialog(page)).toContainText('Which images?');
  await page.keyboard.press('Escape');
  await rests(page);
});

test('settings for the page’s own digits ask nothing', async ({ page }) => {
  await open(page, LINK.replace('figure1', 'figure1&data=digits'));
  await run(page);
  await trains(page);
  expect(await chosen(page)).toBeNull();
});

test('a measurement of speed asks nothing', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'measure speed' }).click();
  await expect(page.locator('#bench')).toContainText('steps');
  await expect(dialog(page)).toBeHidden();
});

test('a browser that keeps nothing for the page is asked once a visit', async ({ page }) => {
  await page.addInitScript(() => {
    const get = () => {
      throw new DOMException('not allowed', 'SecurityError');
    };
    Object.defineProperty(window, 'localStorage', { get });
  });
  await open(page);
  await run(page);
  await digits(page).click();
  await trains(page);
  await run(page);
  await trains(page, 2);
});

test.describe('MNIST that was chosen and is gone', () => {
  test.use({ images: 'mnist' });

  test('is fetched again by the run, and can be given up', async ({ page }) => {
    const asked = await stand(page, () => undefined);
    await open(page);
    expect(asked).toEqual([]);
    await run(page);
    await expect(dialog(page)).toContainText('Fetching MNIST from');
    await expect(cancel(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await rests(page);
    await run(page);
    await digits(page).click();
    await trains(page);
    expect(await chosen(page)).toBe('digits');
  });
});

test('a stored run is checked on MNIST alone', async ({ page }) => {
  await stand(page, folder ? real : (_, route) => route.abort());
  await page.goto('/');
  await page.locator('#engine').selectOption('cpu');
  const check = page.getByRole('button', { name: 'Check this run' });
  await check.click();
  await expect(dialog(page)).toContainText('This run needs MNIST');
  await expect(digits(page)).toBeHidden();
  await cancel(page).click();
  const result = page.locator('#check-result');
  await expect(result).toContainText('It was run on MNIST (verified), and here are procedural digits');
  await expect(status(page)).toHaveText('Ready.');
  await check.click();
  await mnist(page).click();
  if (!folder) return expect(dialog(page)).toContainText('Try again, or cancel.');
  await expect(result).toContainText('It is being run again');
  await expect(status(page)).toContainText(/Training|Measuring|Done/);
});

test('a kept run goes on with MNIST alone', async ({ page }) => {
  test.skip(!folder, 'METACLS_MNIST does not name a folder with MNIST’s files');
  await stand(page, real);
  await open(page);
  const held = await hold(page, 0.6);
  await run(page);
  await mnist(page).click();
  await held.reached();
  await expect(page.locator('#kept-list li')).toContainText('under way');
  // The browser has made room, and forgotten.
  await page.evaluate(async () => {
    await caches.delete('metacls-mnist-1');
    localStorage.clear();
  });
  page.on('dialog', (one) => one.accept());
  await page.goto('about:blank');
  await page.goto('/');
  const goOn = page.locator('#go-on').getByRole('button', { name: 'Go on' });
  await goOn.click();
  await expect(dialog(page)).toContainText('This run needs MNIST');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await goOn.click();
  await mnist(page).click();
  await trains(page);
  await expect(badge(page)).toContainText('MNIST (verified), from the mirror');
});

test('looked at: the question, its answer on the way, and a failure', async ({ page }) => {
  test.slow();
  let answer: (route: Route) => Promise<unknown> | undefined = () => undefined;
  await stand(page, (_, route) => answer(route));
  await open(page);
  await run(page);
  await expect(dialog(page)).toBeVisible();
  await shoot(page, 'offer');
  await mnist(page).click();
  await expect(dialog(page)).toContainText('Fetching');
  await shoot(page, 'offer-fetching');
  await cancel(page).click();
  answer = (route) => route.abort();
  await run(page);
  await mnist(page).click();
  await expect(dialog(page)).toContainText('could not be reached');
  await shoot(page, 'offer-failed');
});
