// What a visitor meets first, and what a reader can check: the stored runs, time, links, exports.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { accessible, configure, expect, open, results, small, status, test } from './page';

const at = (page: Page) => page.getByRole('slider', { name: 'Tasks learned' });

/// What a network's cells look like, as text.
const cells = (page: Page, condition: string) =>
  page.evaluate(
    (t) =>
      [...document.querySelectorAll<HTMLCanvasElement>(`.lane.${t} canvas`)].map((c) => c.toDataURL()).join(),
    condition,
  );

/// Moves the handle as a hand does.
async function move(page: Page, to: number) {
  await at(page).fill(String(to));
  await expect(page.locator('#at-words')).toContainText(to === 0 ? 'untrained' : `after ${to} of`);
}

test('the stored run is seen at once, before anything is compiled', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (r) => asked.push(r.url()));
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.goto('/');
  await expect(page.locator('.lane canvas')).toHaveCount(8);
  const first = await page.evaluate(() => performance.getEntriesByName('first-picture')[0]?.startTime);
  console.log(`first picture after ${first?.toFixed(0)} ms`);
  await expect(page.locator('#source-badge')).toHaveText('stored run');
  await expect(page.locator('#callout')).toContainText('Drag the handle back to task 0');
  expect(
    asked.filter((url) => url.includes('.wasm') || url.includes('worker') || url.includes('mnist')),
  ).toEqual([]);
  // The two networks start identical, cell for cell but for their colour; in the end they do not.
  const active = (condition: string) =>
    page.locator(`.lane.${condition} .bars span:first-child`).allTextContents();
  expect(await active('baseline')).not.toEqual(await active('meta'));
  await move(page, 0);
  // Cells and words come with the next frame.
  await expect(page.locator('#callout')).toContainText('identical');
  expect(await active('baseline')).toEqual(await active('meta'));
  await expect(page.locator('#claims')).toContainText('holds');
  await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`nothing moves as the page opens at ${width} x ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.addInitScript(() => {
      const shifts: { value: number; of: string[] }[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, sources } = entry as unknown as { value: number; sources: { node: Node | null }[] };
          shifts.push({
            value,
            of: sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 80) ?? ''),
          });
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto('/');
    await expect(page.locator('#at-words')).toContainText('after 20 of');
    await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
    const shifts = await page.evaluate(
      () => (window as unknown as { shifts: { value: number; of: string[] }[] }).shifts,
    );
    const sum = shifts.reduce((total, { value }) => total + value, 0);
    expect(sum, JSON.stringify(shifts)).toBeLessThan(0.01);
  });
}

test('a stored run is taken along whole', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 3', exact: true }).click();
  await expect(page.locator('#lesion-answer')).toContainText('0.0005');
  await page.locator('#export-menu summary').click();
  const saved = async (name: string) => {
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toContain('metacls-figure3-seeds0to39');
    return readFile(await download.path(), 'utf8');
  };
  const rows = (await saved('results (CSV)')).trim().split('\r\n');
  const items = rows
    .filter((r) => /^\d+,meta,20,,accuracy item without h4_L,/.test(r))
    .map((r) => Number(r.split(',')[5]));
  expect(items).toHaveLength(40);
  // The number in the page's table is these forty's mean.
  const shown = items.reduce((a, b) => a + b, 0) / 40;
  await page.getByRole('button', { name: 'Cut h4_L', exact: true }).click();
  await expect(page.locator('#lesion-answer')).toContainText(shown.toFixed(4));
  const json = JSON.parse(await saved('results (JSON)')) as { lanes: unknown[]; draws: string };
  expect(json.lanes).toHaveLength(80);
});

test('under reduced motion nothing plays', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('#callout')).toContainText('after 20 tasks');
  const before = await cells(page, 'meta');
  await page.waitForTimeout(600);
  expect(await cells(page, 'meta')).toEqual(before);
});

// axe looks at each figure where its pictures are taken, in states.spec.ts.
test('each figure shows its stored run, its claims and its panels', async ({ page }) => {
  await page.goto('/');
  for (const [figure, claims] of [
    ['Figure 1', 3],
    ['Figure 2', 5],
    ['Figure 3', 3],
  ] as const) {
    await page.getByRole('button', { name: figure, exact: true }).click();
    await expect(page.locator('#panels-source')).toContainText('40 seeds');
    await expect(page.locator('#claims .verdict.holds')).toHaveCount(claims);
    await expect(page.locator('.empty')).toHaveCount(0);
    // Units, schematics and a step walked through are there before anything is trained.
    await expect(page.locator('#inspector')).toContainText('Input: a 7');
    await expect(page.locator('#schematics figcaption b').filter({ hasText: /^(1a|1b|3a|3b)/ })).toHaveCount(
      4,
    );
    await expect(page.locator('#trace')).toContainText('in task 5');
    await page.locator('.lane.meta canvas').last().focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('img', { name: 'learned in 20 tasks of unit' })).toHaveCount(2);
  }
  await page.getByRole('button', { name: 'Cut h4_L', exact: true }).click();
  await expect(page.locator('#lesion-answer')).toContainText('without h4_L');
  await expect(page.locator('#lesion-answer')).toContainText('0.0005');
  await expect(page.locator('#callout')).toContainText('Without h4_L. meta: category');
  await accessible(page, 'lesion');
  // The same where the pathway stands, and back.
  await page.getByRole('button', { name: 'cut h4_R, meta' }).click();
  await expect(page.locator('#callout')).toContainText('Without h4_R');
  await page.getByRole('button', { name: 'cut h4_R, meta' }).click();
  await expect(page.locator('#callout')).toContainText('Nothing rewarded silence');
  await page.getByRole('button', { name: 'Lab' }).click();
  await expect(page.locator('#field-batch')).toBeVisible();
  await accessible(page, 'lab');
  await page.getByText('The numbers as a table').click();
  await page.getByText('How it works').click();
  await accessible(page, 'all open');
});

test('a link opens the same state elsewhere, and its run is the same to the bit', async ({
  page,
  browser,
}) => {
  await open(page, 'auto');
  await configure(page, { ...small, eta_beta: '0.07' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  await expect(page.locator('#command')).toContainText('metacls run "#v=1&preset=quick');
  const first = await results(page);
  await move(page, 2);
  await expect.poll(() => page.url()).toContain('at=2');
  const link = page.url();
  expect(link).toContain(
    '#v=1&preset=quick&tasks=3&samples_per_task=20&hidden=24,16&eta_beta=0.07&evaluation_images=20&at=2',
  );
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await expect(other.locator('#field-eta_beta')).toHaveValue('0.07');
  await expect(other.locator('#data-badge')).toContainText('procedural');
  await other.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(other)).toContainText('Done');
  expect((await results(other)).lanes).toEqual(first.lanes);
  await other.close();
});

test('a link that can’t be read says so and opens the nearest preset', async ({ page }) => {
  for (const [link, words] of [
    ['v=1&preset=figure3&sedes=4', 'sedes=4'],
    ['v=9&preset=figure3', 'newer page'],
    ['rubbish', 'no link of this page'],
  ] as const) {
    await page.goto('about:blank');
    await page.goto(`/#${link}`);
    await expect(page.getByRole('alert')).toContainText(words);
    const figure = link.includes('figure3') ? 'Figure 3' : 'Figure 2';
    await expect(page.getByRole('button', { name: figure, exact: true })).toHaveAttribute(
      'aria-current',
      'page',
    );
  }
  await accessible(page, 'a refused link');
});

test('every control is reached by keyboard, and its focus is seen', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 3', exact: true }).click();
  await expect(page.locator('#panels-source')).toContainText('40 seeds');
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await expect(page.locator('#field-batch')).toBeVisible();
  await expect(page.locator('#data-badge')).not.toBeEmpty();
  const wanted = await page.evaluate(() => {
    const all = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, summary, [tabindex="0"]'),
    ];
    const seen = all.filter((e) => e.checkVisibility() && !(e as HTMLButtonElement).disabled);
    for (const [i, e] of seen.entries()) e.dataset['control'] = String(i);
    return seen.length;
  });
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.locator('body').press('Home');
  const reached = new Set<string>();
  const unseen: string[] = [];
  for (let i = 0; i < wanted + 40; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement;
      return {
        control: e.dataset['control'],
        outline: getComputedStyle(e).outlineStyle,
        name: e.outerHTML.slice(0, 80),
      };
    });
    if (at.control === undefined) continue;
    reached.add(at.control);
    if (at.outline === 'none') unseen.push(at.name);
  }
  console.log(`${reached.size} of ${wanted} controls reached by Tab`);
  expect(unseen).toEqual([]);
  expect(reached.size).toBe(wanted);
});

test('units are met by keyboard, weights and competition shown', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, small);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  await page.locator('.lane.meta canvas').last().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('#inspector')).toContainText('meta, h1 unit');
  // Both networks' weights, and what they have learned.
  await expect(page.locator('#inspector canvas.field')).toHaveCount(4);
  await page.keyboard.press('Enter');
  await expect(page.locator('#inspector svg')).toHaveCount(2);
  await expect(page.locator('#inspector')).toContainText('units lie above the threshold');
  // Another digit, at once, of the run that is over.
  const before = await cells(page, 'meta');
  await page.getByLabel('Digit', { exact: true }).selectOption('3');
  await expect(page.locator('#inspector')).toContainText('a 3 at');
  await expect.poll(() => cells(page, 'meta')).not.toEqual(before);
  await accessible(page, 'done');
});

test('results, charts and rows go out, and results come in again', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, small);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  const saved = async (click: () => Promise<void>) => {
    const waiting = page.waitForEvent('download');
    await click();
    const download = await waiting;
    return { name: download.suggestedFilename(), path: await download.path() };
  };
  const svg = await saved(() =>
    page
      .getByRole('button', { name: /every seed as SVG/ })
      .first()
      .click(),
  );
  expect(await readFile(svg.path, 'utf8')).toContain('<text');
  const png = await saved(() =>
    page
      .getByRole('button', { name: /every seed as PNG/ })
      .first()
      .click(),
  );
  expect((await readFile(png.path)).subarray(1, 4).toString()).toBe('PNG');
  await page.locator('#export-menu summary').click();
  const csv = await saved(() => page.getByRole('button', { name: 'results (CSV)' }).click());
  const json = await saved(() => page.getByRole('button', { name: 'results (JSON)' }).click());
  const rows = (await readFile(csv.path, 'utf8')).trim().split('\r\n');
  expect(rows[0]).toBe('seed,condition,tasks_learned,on_task,metric,value,unit');
  const file = JSON.parse(await readFile(json.path, 'utf8')) as {
    lanes: { records: { alpha: number[] }[] }[];
  };
  const alpha = file.lanes[1]!.records.at(-1)!.alpha[0];
  const row = rows.find((r) => r.startsWith('0,meta,3,,alpha hidden1,'));
  expect(Number(row!.split(',')[5])).toBe(alpha);
  await page.locator('#open-results').setInputFiles(json.path);
  await expect(page.locator('#source-badge')).toHaveText('stored run');
  await expect(page.locator('#panels-source')).toContainText('procedural digits');
  await page
    .locator('#open-results')
    .setInputFiles({ name: 'no.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await expect(page.getByRole('alert')).toContainText('no.json: not results of metacls');
});

test('every number of every chart is in the exported file', async ({ page }) => {
  await open(page, 'auto');
  await page.locator('#seeds').fill('3');
  await configure(page, { ...small });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  const download = async (click: () => Promise<void>) => {
    const waiting = page.waitForEvent('download');
    await click();
    return (await readFile(await (await waiting).path(), 'utf8'))
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','));
  };
  await page.locator('#export-menu summary').click();
  const exported = await download(() => page.getByRole('button', { name: 'results (CSV)' }).click());
  await page.locator('#export-menu summary').click();
  // seed, condition, tasks_learned, on_task and metric name a number.
  const held = new Map(exported.map((row) => [row.slice(0, 5).join(), Number(row[5])]));
  // Chromium stops a page's downloads after the tenth: the rest are taken from where they are made.
  await page.evaluate(() => {
    const made: Promise<string>[] = [];
    URL.createObjectURL = (blob) => {
      made.push((blob as Blob).text());
      return '#';
    };
    HTMLAnchorElement.prototype.click = () => undefined;
    Object.assign(window, { lastFile: () => made.at(-1) });
  });
  const table = async (click: () => Promise<void>) => {
    await click();
    const text = await page.evaluate(() => (window as unknown as { lastFile(): Promise<string> }).lastFile());
    return text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','));
  };
  let singles = 0;
  let means = 0;
  for (const button of await page.getByRole('button', { name: / as CSV$/ }).all()) {
    // What a claim compares belongs to no single row.
    if (/^Claim /.test((await button.getAttribute('aria-label')) ?? '')) continue;
    for (const row of await table(() => button.click())) {
      const [seed, condition, tasks, task, metric, value] = row;
      if (seed !== 'mean') {
        expect(held.get([seed, condition, tasks, task, metric].join()), row.join()).toBe(Number(value));
        singles += 1;
        continue;
      }
      const all = ['0', '1', '2'].map((s) => held.get([s, condition, tasks, task, metric].join()));
      expect(all, row.join()).not.toContain(undefined);
      expect(
        Math.abs((all as number[]).reduce((a, b) => a + b, 0) / 3 - Number(value)),
        row.join(),
      ).toBeLessThan(1e-12);
      means += 1;
    }
  }
  console.log(`${singles} numbers of seeds and ${means} means found in the exported file`);
  expect(singles).toBeGreaterThan(60);
  expect(means).toBeGreaterThan(60);
  // The table says the same, to its digits.
  await page.getByText('The numbers as a table').click();
  const cells = await page.locator('#table tbody tr').last().locator('td').allTextContents();
  const [condition, tasks, , accuracy] = cells;
  const all = ['0', '1', '2'].map(
    (s) => held.get([s, condition, tasks, '', 'accuracy category intact'].join())!,
  );
  expect(accuracy!.split(' ')[0]).toBe((all.reduce((a, b) => a + b, 0) / 3).toFixed(3));
  // A chart's own table opens beneath it.
  const beside = page.locator('.charts');
  await beside.getByRole('button', { name: 'Accuracy on all tasks as a table' }).click();
  await expect(page.locator('.charts .numbers tbody tr')).not.toHaveCount(0);
  await accessible(page, 'a table beneath a chart');
});

test('one step is traced with the numbers that the engine then has', async ({ page }) => {
  await open(page, 'auto');
  // One step a task: what a trace foretells is measured right after it.
  await configure(page, { ...small, samples_per_task: '5', evaluation_images: '5' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  const file = (await results(page)) as unknown as {
    lanes: { records: { alpha: number[]; beta: number[]; meta_loss: number }[] }[];
  };
  await page.getByRole('button', { name: 'reset' }).click();
  await expect(status(page)).toContainText('Paused at task 1');
  await page.getByRole('button', { name: 'one task' }).click();
  await expect(status(page)).toContainText('Paused at task 2');
  await page.getByRole('button', { name: 'Trace meta’s next step' }).click();
  await expect(page.locator('#trace')).toContainText('Step 2 of 3, in task 2');
  await expect(page.locator('#trace canvas')).toHaveCount(10);
  await accessible(page, 'trace');
  const foretold = file.lanes[1]!.records[2]!;
  await page.getByRole('button', { name: '2 The look-ahead' }).click();
  await expect(page.locator('#trace svg')).toHaveCount(1);
  await expect(page.locator('#trace')).toContainText(foretold.meta_loss.toFixed(4));
  await page.getByRole('button', { name: '3 The gradients' }).click();
  await page.getByRole('button', { name: '4 The update' }).click();
  for (const alpha of foretold.alpha) await expect(page.locator('#trace')).toContainText(alpha.toFixed(6));
  for (const beta of foretold.beta) await expect(page.locator('#trace')).toContainText(beta.toFixed(5));
});
