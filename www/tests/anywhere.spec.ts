// The page on other screens, in other colours, under fingers, without storage, behind other pages and tabs.
import type { BrowserContext, Page } from '@playwright/test';
import { accessible, configure, expect, hold, open, results, run, small, status, test } from './page';

const FIGURE3 = '/#v=1&preset=figure3&seeds=1&at=12&cut=R&layer=h2&unit=1';

const shown = async (page: Page) => {
  await expect(page.locator('#panels-source')).toContainText('40 seeds');
  await expect(page.locator('.charts svg[role="img"]').first()).toBeVisible();
  await expect(page.locator('.empty')).toHaveCount(0);
};

/// What is wider than the window, or cut by what holds it without a way to scroll.
const cutOff = (page: Page) =>
  page.evaluate(() => {
    const name = (e: Element) => `${e.tagName}#${e.id}.${e.className} ${e.textContent?.slice(0, 30)}`;
    const scrolls = (e: Element | null): boolean =>
      e !== null && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    const isSeen = (e: Element) => e.checkVisibility() && !e.closest('.skip, .hidden');
    const all = [...document.body.querySelectorAll<HTMLElement>('*')].filter(isSeen);
    return all
      .filter((e) => {
        const { right, left } = e.getBoundingClientRect();
        const isOut = (right > innerWidth + 0.5 || left < -0.5) && !scrolls(e.parentElement);
        const { overflowX } = getComputedStyle(e);
        const cuts = /hidden|clip/.test(overflowX) && e.scrollWidth > e.clientWidth + 1;
        // A field scrolls in itself.
        return isOut || (cuts && !(e instanceof SVGElement || e instanceof HTMLInputElement));
      })
      .map(name);
  });

const picture = (page: Page, name: string, fullPage = true) =>
  page.screenshot({ path: `test-results/states/anywhere-${name}.png`, fullPage });

for (const scale of [1.25, 2]) {
  test.describe(`on a screen of scale ${scale}`, () => {
    test.use({ deviceScaleFactor: scale });
    test('cells stand on its pixels', async ({ page }) => {
      await page.goto('/');
      await shown(page);
      const canvases = await page.locator('.lane canvas').evaluateAll((all: HTMLCanvasElement[]) =>
        all.map((canvas) => {
          const { width, height } = canvas.getBoundingClientRect();
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, 1);
          // A cell's edge that falls within a pixel leaves it half painted.
          const half = data.filter((v, i) => i % 4 === 3 && v !== 0 && v !== 255).length;
          return { across: canvas.width / width, down: canvas.height / height, half };
        }),
      );
      expect(canvases).toHaveLength(8);
      for (const { across, down, half } of canvases) {
        expect(across).toBeCloseTo(scale, 3);
        expect(down).toBeCloseTo(scale, 3);
        expect(half).toBe(0);
      }
      expect(await cutOff(page)).toEqual([]);
      await picture(page, `scale-${scale}`, false);
    });
  });
}

test('moved to a screen of another scale the page is drawn for that', async ({ page, context }) => {
  await page.goto('/');
  await shown(page);
  const canvas = page.locator('.lane canvas').first();
  const across = () => canvas.evaluate((c: HTMLCanvasElement) => c.width / c.getBoundingClientRect().width);
  expect(await across()).toBeCloseTo(1, 3);
  const session = await context.newCDPSession(page);
  // Chromium tells nothing of an emulated scale alone: the window's size changes with it.
  for (const [deviceScaleFactor, width] of [
    [2, 1279],
    [1.25, 1281],
    [1, 1280],
  ] as const) {
    const size = { width, height: 720, mobile: false, deviceScaleFactor };
    await session.send('Emulation.setDeviceMetricsOverride', size);
    await expect.poll(across).toBeCloseTo(deviceScaleFactor, 2);
  }
});

test.describe('magnified to 200%', () => {
  test.use({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  test('nothing is wider than the window or cut', async ({ page }) => {
    await page.goto('/');
    for (const figure of ['Figure 1', 'Figure 2', 'Figure 3', 'Lab']) {
      await page.getByRole('button', { name: figure, exact: true }).click();
      await shown(page);
      if (figure === 'Lab') await expect(page.locator('#field-batch')).toBeVisible();
      expect(await cutOff(page), figure).toEqual([]);
      await picture(page, `200-${figure.toLowerCase().replace(' ', '')}`);
    }
    for (const title of ['The look-ahead', 'The gradients', 'The update']) {
      await page.locator('#trace button', { hasText: title }).click();
      expect(await cutOff(page), title).toEqual([]);
    }
    await page.locator('#export-menu summary').click();
    expect(await cutOff(page), 'the menu').toEqual([]);
    await page.locator('#export-menu summary').click();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(page.locator('#shared-qr svg')).toBeVisible();
    expect(await cutOff(page), 'the share dialog').toEqual([]);
    const { top, bottom } = await page.locator('#share-dialog').evaluate((e) => e.getBoundingClientRect());
    expect(top).toBeGreaterThanOrEqual(0);
    expect(bottom).toBeLessThanOrEqual(450);
    await picture(page, '200-share', false);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Tour', exact: true }).click();
    await expect(page.locator('#tour-count')).toHaveText('1 of 7');
    expect(await cutOff(page), 'the tour').toEqual([]);
  });
});

/// How a button looks, as far as one is told from another.
const look = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((e) => {
      const { backgroundColor, color, borderColor } = getComputedStyle(e);
      return { backgroundColor, color, borderColor };
    });

for (const colorScheme of ['light', 'dark'] as const) {
  test(`in forced colours on ${colorScheme} what is chosen, and how much, is seen`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, forcedColors: 'active' });
    await page.goto('/');
    await page.getByRole('button', { name: 'Figure 3', exact: true }).click();
    await shown(page);
    await page.getByRole('button', { name: 'Cut h4_L', exact: true }).click();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    for (const [chosen, other] of [
      ['.tab[aria-current="page"]', '.tab:not([aria-current])'],
      ['#lesion-buttons [aria-pressed="true"]', '#lesion-buttons [aria-pressed="false"]'],
      ['#trace [aria-pressed="true"]', '#trace [aria-pressed="false"]'],
      ['#contents [aria-current]', '#contents li:not([hidden]) button:not([aria-current])'],
      ['#run', '#new-seed'],
    ] as const) {
      const [a, b] = [await look(page, chosen), await look(page, other)];
      expect(a.backgroundColor, chosen).not.toBe(b.backgroundColor);
      expect(a.color, chosen).not.toBe(a.backgroundColor);
      expect(b.color, other).not.toBe(b.backgroundColor);
    }
    // Bars are there, and as long as before; cells and charts have more colours than the system forces.
    const bars = await page
      .locator('.lane .bars span')
      .evaluateAll((all) => all.map((e) => getComputedStyle(e).backgroundImage));
    expect(bars.length).toBeGreaterThan(0);
    for (const bar of bars) expect(bar).toContain('linear-gradient');
    const inks = await page.locator('#chart-alpha svg').evaluate((svg) => {
      const drawn = [...svg.querySelectorAll('path, line, circle')];
      return new Set(drawn.map((e) => getComputedStyle(e).stroke)).size;
    });
    expect(inks).toBeGreaterThan(4);
    // A chart's words have its own colour, which the system's ground must let stand out.
    const contrast = await page
      .locator('#chart-alpha svg text')
      .first()
      .evaluate((e) => {
        const light = (colour: string) => {
          const [r, g, b] = (colour.match(/\d+/g) ?? []).slice(0, 3).map((c) => {
            const part = Number(c) / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        };
        const two = [getComputedStyle(e).fill, getComputedStyle(document.body).backgroundColor].map(light);
        return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
      });
    expect(contrast).toBeGreaterThan(7);
    await picture(page, `forced-${colorScheme}`);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(page.locator('#shared-qr svg')).toBeVisible();
    await picture(page, `forced-${colorScheme}-share`, false);
  });
}

/// Everything that is drawn by script, as it stands.
const drawn = (page: Page) =>
  page.evaluate(() => [
    ...[...document.querySelectorAll('canvas')].map((c) => c.toDataURL()),
    ...[...document.querySelectorAll('svg')].map((s) => s.outerHTML),
  ]);

/// Waits until nothing more has been drawn for a while.
async function settled(page: Page) {
  let before = '';
  await expect
    .poll(
      async () => {
        const last = before;
        before = (await drawn(page)).join();
        return before === last;
      },
      { intervals: [500] },
    )
    .toBe(true);
}

/// How a state is reached.
type Reach = (page: Page) => Promise<unknown>;

/// States that a change of the system's colours must reach, each from a page just opened, and those that a
/// press takes it to from there.
const states: { name: string; reach: Reach; further?: { name: string; reach: Reach }[] }[] = [
  {
    name: 'a figure',
    reach: (page) => page.goto('/'),
    further: ['What the step sees', 'The look-ahead', 'The update'].map((stage) => ({
      name: `a traced step: ${stage}`,
      reach: (page) => page.locator('#trace button', { hasText: stage }).click(),
    })),
  },
  { name: 'a unit and a lesion', reach: (page) => page.goto(FIGURE3) },
  { name: 'a step of the tour', reach: (page) => page.goto('/#v=1&preset=figure2&tour=5') },
  {
    name: 'the share dialog',
    reach: async (page) => {
      await page.goto('/');
      await page.getByRole('button', { name: 'Share', exact: true }).click();
      await expect(page.locator('#shared-qr svg')).toBeVisible();
    },
  },
  {
    name: 'a run of this machine',
    reach: async (page) => {
      await open(page, 'auto');
      await configure(page, small);
      await run(page);
      await expect(status(page)).toContainText('Done');
      await page.getByLabel('Digit', { exact: true }).selectOption('3');
      await expect(page.locator('#inspector')).toContainText('a 3 at');
    },
  },
];

test('a change of the system’s colours reaches every picture, in any state', async ({ page, browser }) => {
  test.setTimeout(600_000);
  for (const { name, reach, further = [] } of states) {
    // From the first dark, and turned dark: the same.
    const other = await browser.newContext({
      colorScheme: 'dark',
      reducedMotion: 'reduce',
      serviceWorkers: 'block',
    });
    const dark = await other.newPage();
    await page.goto('about:blank');
    for (const state of [{ name, reach }, ...further]) {
      await test.step(state.name, async () => {
        await page.emulateMedia({ colorScheme: 'light' });
        for (const one of [dark, page]) {
          await state.reach(one);
          await expect(
            one.locator('.charts svg[role="img"]:visible, #chart-alpha svg').first(),
          ).toBeAttached();
          // A run of one seed says in words what it has no chart of.
          if (name !== 'a run of this machine') await expect(one.locator('.empty')).toHaveCount(0);
          // What comes piece by piece is there.
          await settled(one);
        }
        const light = await drawn(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        const wanted = await drawn(dark);
        expect(light.length).toBe(wanted.length);
        expect(light).not.toEqual(wanted);
        await expect
          .poll(async () => {
            const now = await drawn(page);
            return now.filter((one, i) => one !== wanted[i]).length;
          }, `pictures that stayed light in ${state.name}`)
          .toBe(0);
      });
    }
    await other.close();
  }
});

test('back and forward go from view to view', async ({ page }) => {
  await page.goto('/');
  await shown(page);
  await page.goto('/#v=1&preset=figure1&seeds=1&at=3');
  await expect(page.locator('#at-words')).toHaveText('after 3 of 20 tasks');
  await page.goto(FIGURE3);
  await expect(page.locator('#at-words')).toHaveText('after 12 of 20 tasks');
  await page.goto('/#v=1&preset=figure2&tour=5');
  await expect(page.locator('#tour-count')).toHaveText('5 of 7');
  await page.goBack();
  await expect(page.locator('#tour')).toBeHidden();
  await expect(page.locator('#at-words')).toHaveText('after 12 of 20 tasks');
  await expect(page.locator('#lesion-buttons [aria-pressed="true"]')).toContainText('h4_R');
  await expect(page).toHaveURL(FIGURE3);
  await page.goBack();
  await expect(page.locator('#at-words')).toHaveText('after 3 of 20 tasks');
  await expect(page.locator('.tab[aria-current]')).toHaveText('Figure 1');
  await page.goBack();
  await expect(page.locator('.tab[aria-current]')).toHaveText('Figure 2');
  await expect(page.locator('#at-words')).toHaveText('after 20 of 20 tasks');
  await page.goForward();
  await expect(page.locator('#at-words')).toHaveText('after 3 of 20 tasks');
  await page.goForward();
  await page.goForward();
  await expect(page.locator('#tour-count')).toHaveText('5 of 7');
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveCount(0);
});

test('the way to the network by keyboard leaves the address as it is', async ({ page }) => {
  await page.goto(FIGURE3);
  await expect(page.locator('#at-words')).toHaveText('after 12 of 20 tasks');
  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#stage')).toBeFocused();
  await expect(page).toHaveURL(FIGURE3);
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveCount(0);
});

/// Runs something in every worker of the page before its own program.
async function inWorkers(context: BrowserContext, script: string) {
  await context.route(/assets\/(worker|lane-worker)[^/]*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};\n${await response.text()}` });
  });
}

test.describe('without cookies or storage', () => {
  // As Chromium has it where all cookies are blocked: every door is there, and shut.
  const shut = `{
    const no = () => new DOMException('Access is denied for this document.', 'SecurityError');
    const throws = () => { throw no(); };
    const rejects = () => Promise.reject(no());
    for (const name of ['localStorage', 'sessionStorage', 'cookieStore'])
      if (name in self) Object.defineProperty(self, name, { get: throws });
    if (self.document) Object.defineProperty(Document.prototype, 'cookie', { get: throws, set: throws });
    IDBFactory.prototype.open = throws;
    IDBFactory.prototype.databases = rejects;
    for (const name of ['open', 'match', 'has', 'keys', 'delete']) CacheStorage.prototype[name] = rejects;
    for (const name of ['getDirectory', 'estimate', 'persist', 'persisted'])
      StorageManager.prototype[name] = rejects;
    for (const name of ['request', 'query']) LockManager.prototype[name] = rejects;
    if (self.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register = rejects;
  }`;

  test('everything works, and what is not kept is said', async ({ page, context }) => {
    await page.addInitScript(shut);
    await inWorkers(context, shut);
    await page.goto('/');
    await shown(page);
    await expect(page.locator('#offline-badge')).toContainText('Not kept for use offline');
    await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveCount(0);
    await expect(page.locator('#kept')).toBeHidden();
    await open(page, 'auto');
    await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveCount(0);
    await configure(page, small);
    await run(page);
    await expect(status(page)).toContainText('Done');
    const said = page.locator('.notice[data-about="kept"]');
    await expect(said).toContainText("This run can't be kept in this browser");
    await expect(said).toContainText('lets the page store nothing');
    await expect(said).toContainText('Export its results');
    expect((await results(page)).lanes).toHaveLength(2);
    await accessible(page, 'without storage');
    await page.getByRole('button', { name: 'reset' }).click();
    await expect(status(page)).toContainText('Paused at task 1');
    await page.getByRole('button', { name: 'resume' }).click();
    await expect(status(page)).toContainText('Done');
  });
});

test('in a hidden tab training goes on, and time and speed are those of the training', async ({ page }) => {
  // A tab behind another one: no frames, and the page is told. Playwright keeps every tab in sight.
  await page.addInitScript(() => {
    const { requestAnimationFrame: frame } = window;
    const waiting: FrameRequestCallback[] = [];
    let isHidden = false;
    window.requestAnimationFrame = (work) => (isHidden ? waiting.push(work) : frame(work));
    Object.defineProperty(document, 'hidden', { get: () => isHidden });
    Object.defineProperty(document, 'visibilityState', { get: () => (isHidden ? 'hidden' : 'visible') });
    Object.assign(window, {
      hide: (to: boolean) => {
        isHidden = to;
        document.dispatchEvent(new Event('visibilitychange'));
        if (!to) for (const work of waiting.splice(0)) frame(work);
      },
    });
  });
  const hide = (to: boolean) =>
    page.evaluate((is) => (window as unknown as { hide(to: boolean): void }).hide(is), to);
  await open(page, 'auto');
  await configure(page, { ...small, samples_per_task: '100' });
  const held = await hold(page, 0.3);
  await run(page);
  await held.reached();
  await hide(true);
  // It stands still for a while that no clock of the run's may count.
  await page.waitForTimeout(3_000);
  const before = Date.now();
  await held.release(0.6); // The second of three tasks ends there, at the latest.
  await held.reached();
  await expect(page.locator('#speed')).toContainText('lane-steps/s, about');
  const words = (await page.locator('#speed').textContent()) ?? '';
  const [speed, left] = [Number(/^(\d+)/.exec(words)?.[1]), Number(/about (\d+) s/.exec(words)?.[1])];
  await held.release();
  await expect(status(page)).toContainText('Done');
  const took = (Date.now() - before) / 1000;
  console.log(`${words}; the rest took ${took.toFixed(1)} s`);
  await hide(false);
  // Sixty steps of two lanes: at that speed they take less than the tab stood still.
  const file = await results(page);
  const spent = Number(file['training_seconds']);
  expect(spent).toBeLessThan(took + 1);
  expect(120 / speed).toBeLessThan(took + 1);
  expect(left).toBeLessThanOrEqual(Math.ceil(took) + 1);
  await expect(page.locator('#at-words')).toHaveText('after 3 of 3 tasks');
  await expect(page.locator('#progress')).toHaveJSProperty('value', 1);
});

test.describe('under fingers', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  /// What is pressed and smaller than that; a checkbox or file input is pressed by its label, too.
  const smallerThan = (page: Page, selector: string, wide: number, high: number) =>
    page.evaluate(
      ([of, w, h]) =>
        [...document.querySelectorAll<HTMLElement>(of)].flatMap((e) => {
          if (!e.checkVisibility() || e.closest('.skip:not(:focus)')) return [];
          const box = (e.matches('[type="checkbox"], [type="file"]') && e.closest('label')) || e;
          const { width, height } = box.getBoundingClientRect();
          const name = `${e.tagName}#${e.id}.${e.className} ${e.textContent?.slice(0, 30)}`;
          return width < w - 0.01 || height < h - 0.01 ? [`${name}: ${width} x ${height}`] : [];
        }),
      [selector, wide, high] as const,
    );
  const ALL = 'a[href], button, input, select, textarea, summary, [role="button"]';
  const PRIMARY =
    'nav button, #export-menu summary, .primary, .controls .row > button:not(.term), #play, #at, ' +
    'select:not(.small), ' +
    '.controls input:not([type="file"]), #lesion-buttons button, #tour button, .copying button, ' +
    '#shared-close, ' +
    '#trace button, #trace-ask button, #presets button, .question button, #check button, ' +
    'main summary, .field input:not([type="checkbox"])';

  test('everything that is pressed is large enough', async ({ page }) => {
    expect(page.viewportSize()?.width).toBe(390);
    await page.goto('/');
    expect(await page.evaluate(() => matchMedia('(pointer: coarse)').matches)).toBe(true);
    const large = async (what: string) => {
      expect(await smallerThan(page, ALL, 24, 24), `${what}: all`).toEqual([]);
      expect(await smallerThan(page, PRIMARY, 24, 44), `${what}: primary`).toEqual([]);
      expect(await cutOff(page), what).toEqual([]);
      await picture(page, `touch-${what.replaceAll(' ', '-')}`);
    };
    for (const figure of ['Figure 2', 'Figure 3']) {
      await page.getByRole('button', { name: figure, exact: true }).tap();
      await shown(page);
      await large(figure);
    }
    await page.getByText('Images', { exact: true }).tap();
    await page.getByText('The numbers as a table').tap();
    await page.getByRole('button', { name: 'Lab', exact: true }).tap();
    await expect(page.locator('#field-batch')).toBeVisible();
    await large('Lab');
    await page.locator('#export-menu summary').tap();
    await large('the menu');
    await page.locator('#export-menu summary').tap();
    await page.getByRole('button', { name: 'Share', exact: true }).tap();
    await expect(page.locator('#shared-qr svg')).toBeVisible();
    await large('share');
    await page.getByRole('button', { name: 'close', exact: true }).tap();
    await page.getByRole('button', { name: 'Tour', exact: true }).tap();
    await expect(page.locator('#tour-count')).toHaveText('1 of 7');
    await large('tour');
  });

  test('nothing waits for a pointer to hover', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Figure 3', exact: true }).tap();
    await shown(page);
    // A unit, its layer, a word and a lesion, by fingers alone.
    const cells = page.locator('canvas[aria-label^="meta, layer h1"]');
    await cells.tap({ position: { x: 10, y: 5 } });
    await expect(page.locator('.card').first()).toContainText('h1 unit');
    await page.locator('.lane.meta .layer-name', { hasText: 'h2' }).tap();
    await expect(page.locator('.card').first()).toContainText('units lie above the threshold');
    await page.locator('button[data-term="accuracy"]').tap();
    await expect(page.locator('#term-accuracy')).toBeVisible();
    await page.getByRole('button', { name: 'cut h4_R, meta' }).tap();
    await expect(page.locator('#callout')).toContainText('Without h4_R');
    await page.locator('[aria-label="Accuracy on all tasks as a table"]').first().tap();
    await expect(page.locator('.charts .numbers tbody tr')).not.toHaveCount(0);
  });
});
