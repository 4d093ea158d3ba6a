// What leaves the page: charts for paper, tables for spreadsheets, everything in one file, print.
import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { csvParse } from 'd3-dsv';
import { strFromU8, unzipSync } from 'fflate';
import { accessible, configure, expect, open, small, test, train } from './page';

/// What a press saves: the files that come of it, all of them.
async function saved(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }[]> {
  const downloads: Download[] = [];
  const take = (download: Download) => downloads.push(download);
  page.on('download', take);
  await press();
  await expect.poll(() => downloads.length).toBeGreaterThan(0);
  // A second one would come with the first.
  await page.waitForTimeout(500);
  page.off('download', take);
  return Promise.all(
    downloads.map(async (download) => ({
      name: download.suggestedFilename(),
      bytes: await readFile(await download.path()),
    })),
  );
}

/// The one file that a button saves.
async function file(page: Page, name: string | RegExp, exact = true) {
  const files = await saved(page, () => page.getByRole('button', { name, exact }).first().click());
  expect(files, `files of ${name}`).toHaveLength(1);
  return files[0]!;
}

async function fromMenu(page: Page, name: string) {
  await page.locator('#export-menu summary').click();
  const one = await file(page, name);
  await page.locator('#export-menu summary').click();
  return one;
}

/// What an SVG document is made of, as a program without style sheets reads it.
const read = (page: Page, svg: string) =>
  page.evaluate((text) => {
    const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    const inherited = (of: Element, name: string): string | null =>
      of.getAttribute(name) ?? (of.parentElement ? inherited(of.parentElement, name) : null);
    const number = (name: string) => Number(root.getAttribute(name));
    const ground = root.querySelector(':scope > rect');
    return {
      tag: root.tagName,
      size: [number('width'), number('height')],
      box: root.getAttribute('viewBox'),
      font: root.getAttribute('font-family'),
      title: root.querySelector(':scope > title')?.textContent,
      words: root.querySelector(':scope > desc')?.textContent,
      ground: [...(ground?.attributes ?? [])].map((a) => [a.name, a.value]),
      inks: [...new Set([...root.querySelectorAll('text')].map((t) => inherited(t, 'fill')))],
      texts: [...root.querySelectorAll('text')].map((t) => t.textContent),
      groups: root.querySelectorAll(':scope > g').length,
    };
  }, svg);

/// A colour's luminance, 0 to 1, as WCAG has it.
function luminance(hex: string): number {
  expect(hex).toMatch(/^#[0-9a-f]{6}$/i);
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};

/// Only what every program that reads SVG knows.
const FOREIGN = /currentColor|var\(|<style|class=|system-ui/;

async function legible(page: Page, svg: string, ground: string) {
  expect(svg).not.toMatch(FOREIGN);
  const chart = await read(page, svg);
  const [width, height] = chart.size;
  expect(chart.tag).toBe('svg');
  expect(chart.box).toBe(`0 0 ${width} ${height}`);
  expect(chart.font).toMatch(/^Helvetica, .*, sans-serif$/);
  expect(chart.ground).toEqual([
    ['width', String(width)],
    ['height', String(height)],
    ['fill', ground],
  ]);
  expect(chart.words).not.toBe('');
  expect(chart.texts.length).toBeGreaterThan(3);
  for (const ink of chart.inks) expect(contrast(ink ?? '', ground), `${ink} on ${ground}`).toBeGreaterThan(3);
  return chart;
}

test('a chart of two pictures is one file, on paper whatever the screen is, or as it stands there', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 3', exact: true }).click();
  await expect(page.locator('#panels-source')).toContainText('40 seeds');
  await expect(page.locator('#chart-accuracy > svg')).toHaveCount(2);
  const name = 'Accuracy on all tasks as SVG';
  const dark = await file(page, name);
  expect(dark.name).toBe('metacls-accuracy.svg');
  const chart = await legible(page, dark.bytes.toString(), '#ffffff');
  expect(chart.title).toBe('Accuracy on all tasks');
  expect(chart.groups).toBe(2);
  expect(chart.words).toContain('Bands and bars: SEM.');
  expect(chart.texts.join(' ')).toContain('category');
  expect(chart.texts.join(' ')).toContain('item');
  // What it is: each picture's upright axis with its unit, and under all the run.
  expect(chart.texts).toContain('y: category task, accuracy, share of images');
  expect(chart.texts).toContain('y: item task, accuracy, share of images');
  const said = chart.texts.join(' ');
  expect(said).toContain('Figure 3: seeds 0 to 39 under baseline, meta, on MNIST (verified),');
  expect(said).toContain('after 20 of 20 tasks. Bands and bars: SEM.');
  const size = await page
    .locator('#chart-accuracy > svg')
    .evaluateAll((all) => all.map((svg) => Number(svg.getAttribute('height'))));
  expect(chart.size[1]).toBeGreaterThan(size.reduce((a, b) => a + b));

  // As a picture too, of the same shape.
  const png = await file(page, 'Accuracy on all tasks as PNG');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect([16, 20].map((at) => png.bytes.readUInt32BE(at))).toEqual(chart.size.map((x) => 3 * x));

  // The choice is one for all charts, and stays.
  const choice = page.getByRole('combobox', { name: 'colours of SVG and PNG' });
  await choice.first().selectOption('as on screen');
  await expect(choice.last()).toHaveValue('screen');
  await legible(page, (await file(page, name)).bytes.toString(), '#14161a');
  const other = await file(page, /^Claim 7.*as SVG/, false);
  await legible(page, other.bytes.toString(), '#14161a');
  await accessible(page, 'charts saved as on screen');

  // In a light window paper is the same, to the byte.
  await choice.last().selectOption('for paper');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(page.locator('#chart-accuracy > svg')).toHaveCount(2);
  await page.waitForTimeout(300);
  expect((await file(page, name)).bytes.equals(dark.bytes)).toBe(true);
});

/// The records of a CSV file that is strictly as RFC 4180 has it.
function records(text: string): string[][] {
  const all: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let record: string[] = [];
  while (cell.lastIndex < text.length) {
    const from = cell.lastIndex;
    const found = cell.exec(text);
    if (!found) throw new Error(`not RFC 4180 at ${from}: ${JSON.stringify(text.slice(from, from + 60))}`);
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    all.push(record);
    record = [];
  }
  expect(record).toEqual([]);
  return all;
}

/// Reads a table in two ways, which must agree. Gives its records by column.
function table(bytes: Buffer): Record<string, string>[] {
  const text = bytes.toString();
  const [head = [], ...rows] = records(text);
  // One expectation for all rows: Playwright keeps each, and results have tens of thousands.
  expect(rows.filter((row) => row.length !== head.length)).toEqual([]);
  const parsed = csvParse(text);
  expect(parsed.columns).toEqual(head);
  const again = parsed.map((row) => head.map((column) => row[column]));
  expect(JSON.stringify(again) === JSON.stringify(rows), 'both readings agree').toBe(true);
  return parsed as Record<string, string>[];
}

const NUMBER = /^-?\d+(\.\d+)?(e-?\d+)?$/;

test('tables open in a spreadsheet: strict CSV, decimal points, a unit for every number', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
  const rows = table((await fromMenu(page, 'results (CSV)')).bytes);
  expect(Object.keys(rows[0]!)).toEqual([
    'seed',
    'condition',
    'tasks_learned',
    'on_task',
    'metric',
    'value',
    'unit',
  ]);
  const units = new Map(rows.map((row) => [row['metric'], row['unit']]));
  const isSound = (row: Record<string, string>) =>
    NUMBER.test(row['value'] ?? '') && ['share', 'nats', 'tasks', '1'].includes(row['unit'] ?? '');
  expect(rows.filter((row) => !isSound(row))).toEqual([]);
  const names = await page.getByRole('button', { name: / as CSV$/ }).all();
  for (const one of names.slice(0, 8)) {
    const label = (await one.getAttribute('aria-label')) ?? '';
    const [chart] = await saved(page, () => one.click());
    const isClaim = /^Claim /.test(label);
    // A chart's numbers have the units of the results, and the ends of a mean's band say what they are.
    const isAlike = (row: Record<string, string>) =>
      NUMBER.test(row['value'] ?? '') &&
      (isClaim || row['unit'] === units.get(row['metric'])) &&
      (row['band'] === '') === (row['low'] === '');
    const others = table(chart!.bytes).filter((row) => !isAlike(row));
    expect(others, label).toEqual([]);
  }
});

const MENU = 'everything (ZIP)';

/// A ZIP file's content as text by path, in the order in which it lies.
const unpacked = (bytes: Buffer) =>
  new Map(Object.entries(unzipSync(new Uint8Array(bytes))).map(([name, held]) => [name, strFromU8(held)]));

test('everything of a stored run is one file, the same bytes after a reload and in a dark window', async ({
  page,
}) => {
  const shown = async () => {
    await page.goto('/');
    await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
  };
  await shown();
  const first = await fromMenu(page, MENU);
  const run = 'metacls-figure2-seeds0to39';
  expect(first.name).toBe(`${run}.zip`);
  const files = unpacked(first.bytes);
  const titles = await page.locator('#panels figcaption').allTextContents();
  const panels = [...files.keys()].slice(4);
  expect([...files.keys()].slice(0, 4)).toEqual(
    ['methods.md', 'results.json', 'results.csv', 'units.csv'].map((name) => `${run}/${name}`),
  );
  expect(panels).toHaveLength(titles.length);
  for (const [i, name] of panels.entries()) {
    expect(name).toMatch(new RegExp(`^${run}/figure/${String.fromCharCode(97 + i)}-[a-z0-9-]+\\.svg$`));
    const chart = await legible(page, files.get(name)!, '#ffffff');
    expect(titles[i]).toContain(chart.title!.slice(3));
    expect(chart.texts.some((words) => words?.startsWith('y: '))).toBe(true);
    expect(chart.texts.join(' ')).toContain('Figure 2: seeds 0 to 39 under baseline, meta,');
  }
  const of = (name: string) => files.get(`${run}/${name}`)!;
  expect(of('results.json')).toBe((await fromMenu(page, 'results (JSON)')).bytes.toString());
  expect(of('results.csv')).toBe((await fromMenu(page, 'results (CSV)')).bytes.toString());
  const metrics = new Set(table(Buffer.from(of('results.csv'))).map((row) => row['metric']));
  const units = table(Buffer.from(of('units.csv')));
  for (const metric of metrics) expect(units.map((row) => row['name'])).toContain(metric);
  const methods = of('methods.md');
  const { config, draws, data } = JSON.parse(of('results.json'));
  for (const knob of Object.keys(config).filter((knob) => knob !== 'schema')) {
    expect(methods).toContain(`(\`${knob}\`)`);
  }
  for (const part of [draws, data.digest, 'Zhou & Schapiro', '- Engine: ', '- Code: metacls ']) {
    expect(methods).toContain(part);
  }
  const link = /- Link: <(.+)>/.exec(methods)?.[1] ?? '';
  expect(link).toBe(`${new URL(page.url()).origin}/#v=1&preset=figure2`);

  expect((await fromMenu(page, MENU)).bytes.equals(first.bytes), 'pressed again').toBe(true);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await shown();
  expect((await fromMenu(page, MENU)).bytes.equals(first.bytes), 'after a reload').toBe(true);
  await page.goto('about:blank');
  // Its link opens the run's settings.
  await page.goto(link);
  await expect(page.getByRole('button', { name: 'Figure 2', exact: true })).toHaveAttribute(
    'aria-current',
    'page',
  );
  await expect(page.locator('#seeds')).toHaveValue('40');
  await expect(page.getByRole('alert')).toBeEmpty();
});

test('everything of a run of this machine is one file, and its results open again', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, { ...small, eta_beta: '0.07' });
  await train(page);
  const first = await fromMenu(page, MENU);
  expect((await fromMenu(page, MENU)).bytes.equals(first.bytes), 'pressed again').toBe(true);
  const files = unpacked(first.bytes);
  const folder = first.name.replace('.zip', '');
  const methods = files.get(`${folder}/methods.md`)!;
  expect(methods).toContain('beta at 0.07');
  expect(methods).toContain('3 tasks were learned one after the other, each of 20 training images');
  expect(methods).toContain('2 of 2 came to their end');
  expect([...files.keys()].filter((name) => name.endsWith('.svg')).length).toBeGreaterThan(4);
  const results = Buffer.from(files.get(`${folder}/results.json`)!);
  await page
    .locator('#open-results')
    .setInputFiles({ name: 'results.json', mimeType: 'application/json', buffer: results });
  await expect(page.locator('#source-badge')).toHaveText('stored run');
  // Opened again it is the same run: the same numbers, methods and pictures.
  const again = unpacked((await fromMenu(page, MENU)).bytes);
  for (const [name, text] of files) expect(again.get(name) === text, name).toBe(true);
  expect(again.size).toBe(files.size);
});

/// What is seen of the page as it is printed.
const printed = (page: Page) =>
  page.evaluate(() => {
    const is = (selector: string) => document.querySelector(selector)?.checkVisibility() ?? false;
    const all = [...document.querySelectorAll<HTMLDetailsElement>('main details:not(#images)')];
    return {
      open: all.filter((d) => d.open).length,
      folded: all.filter((d) => !d.open).length,
      controls: ['.controls', 'nav', '.time', '.exits', '#train'].filter(is),
      ground: getComputedStyle(document.body).backgroundColor,
      ink: getComputedStyle(document.body).color,
      chart: document.querySelector<SVGElement>('#panels svg')?.style.color,
      // Some words of the page are buttons.
      missing: [...document.querySelectorAll('main .term, main .layer-name')]
        .filter((word) => !word.closest('.controls') && !word.checkVisibility())
        .map((word) => word.textContent),
      begins: ['panels', 'schematics'].map((id) => {
        const section = document.getElementById(id)?.closest('main > section');
        return section ? getComputedStyle(section).breakBefore : '';
      }),
      source: document.querySelector('#printed')?.textContent,
    };
  });

test('the page prints light, open and without controls, and is as it was afterwards', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/');
  await page.getByRole('button', { name: 'Figure 3', exact: true }).click();
  await expect(page.locator('#panels-source')).toContainText('40 seeds');
  await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
  await page.waitForTimeout(300);
  const before = await printed(page);
  await page.evaluate(() => {
    const seen: string[] = [];
    for (const type of ['beforeprint', 'afterprint']) addEventListener(type, () => seen.push(type));
    Object.assign(window, { seen });
  });
  const pdf = await page.pdf({ format: 'A4', path: 'test-results/printed.pdf' });
  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual([
    'beforeprint',
    'afterprint',
  ]);
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  console.log(`${pages} pages, ${(pdf.length / 1000).toFixed(0)} kB`);
  expect(pages).toBeGreaterThan(4);
  expect(pages).toBeLessThan(20);
  await expect.poll(() => printed(page)).toEqual({ ...before, source: expect.any(String) });

  // The same by hand, to look at while it lasts.
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const during = await printed(page);
  expect(during).toMatchObject({ folded: 0, controls: [], ink: 'rgb(28, 27, 25)', chart: 'rgb(28, 27, 25)' });
  expect(during.missing).toEqual([]);
  expect(during.begins).toEqual(['page', 'page']);
  expect(during.ground).toBe('rgb(255, 255, 255)');
  expect(during.source).toContain('Figure 3, a stored run: seeds 0 to 39; on MNIST (verified)');
  expect(during.source).toContain(`${new URL(page.url()).origin}/#v=1&preset=figure3`);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main .scroll')]
      .filter((e) => e.checkVisibility() && getComputedStyle(e).overflow !== 'visible')
      .map((e) => e.id),
  );
  expect(cut).toEqual([]);
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect.poll(async () => (await printed(page)).chart).toBe(before.chart);
  expect(await printed(page)).toEqual({ ...before, source: during.source });
});
