import { readFile } from 'node:fs/promises';
import {
  configure,
  expect,
  idx,
  open,
  pausedAt,
  results,
  run,
  shoot,
  small,
  status,
  test,
  train,
} from './page';

test('a network learns procedural digits on the GPU, and the page shows it', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page);
  // Less than quick: a software GPU takes its time.
  await configure(page, { tasks: '3', hidden: '48, 32' });
  const start = Date.now();
  await train(page);
  console.log(`60 steps of two lanes took ${((Date.now() - start) / 1000).toFixed(1)} s in the browser`);
  await expect(page.locator('#engine-badge')).toContainText('Engine: GPU');
  await expect(page.locator('#engine-badge')).toContainText('self-test passed');
  const file = await results(page);
  const meta = file.lanes.find((l) => l.condition === 'meta');
  const course = meta!.records.map((r) => r.evaluation.accuracy[0]!.mean);
  expect(course.at(-1)!).toBeGreaterThan(0.2);
  expect(course.at(-1)!).toBeGreaterThan(course[1]!);
  expect(course).toHaveLength(4);
  const active = meta!.records.at(-1)!.evaluation.active;
  expect(active.at(-1)!).toBeLessThan(active[0]!);
  // The page shows the file's numbers.
  await page.getByText('The numbers as a table').click();
  await expect(page.locator('#table tr').last()).toContainText(course.at(-1)!.toFixed(3));
  await expect(page.locator('.charts svg[role="img"]')).toHaveCount(4);
  await page.getByText('The numbers as a table').click();
  await shoot(page, 'done');
});

test('where the GPU is a program on the CPU, auto takes the CPU engine and says so', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, small);
  await train(page);
  await expect(page.locator('#engine-badge')).toContainText('Engine: CPU');
  await expect(page.getByRole('alert')).toContainText('program on the CPU');
});

test('pause, step, resume; reset gives the identical run', async ({ page }) => {
  await open(page);
  await configure(page, small);
  await pausedAt(page, 0.3);
  await page.getByRole('button', { name: 'resume' }).click();
  await expect(status(page)).toContainText('Done');
  const first = await results(page);
  await page.getByRole('button', { name: 'reset' }).click();
  await expect(status(page)).toContainText('Paused at task 1');
  await page.getByRole('button', { name: 'step', exact: true }).click();
  await expect
    .poll(() => page.locator('#progress').evaluate((e: HTMLProgressElement) => e.value))
    .toBe(1 / 12);
  await expect(status(page)).toContainText('Paused at task 1');
  await page.getByRole('button', { name: 'one task' }).click();
  await expect(status(page)).toContainText('Paused at task 2');
  await page.getByRole('button', { name: 'resume' }).click();
  await expect(status(page)).toContainText('Done');
  const second = await results(page);
  expect(second.lanes).toEqual(first.lanes);
});

test('the configuration editor refuses what is out of range, beside the field', async ({ page }) => {
  await open(page);
  await configure(page, { batch: '99' });
  const row = page.locator('.field', { has: page.locator('#field-batch') });
  await expect(row.locator('.problem')).toContainText('1 to 16');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await configure(page, { batch: '4' });
  await expect(row.locator('.problem')).toHaveCount(0);
  await expect(row).toHaveClass(/changed/);
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('dropped IDX files are used, broken ones are refused in words', async ({ page }) => {
  await open(page, 'auto');
  const images = { name: 'my-images.gz', mimeType: 'application/gzip', buffer: idx(140, true) };
  const labels = { name: 'my-labels.gz', mimeType: 'application/gzip', buffer: idx(140, false) };
  await page.locator('#files').setInputFiles([images, labels]);
  await expect(page.locator('#data-badge')).toContainText('custom IDX files');
  await expect(page.locator('#data-badge')).toContainText('120 to train, 20 to test; digest');
  const broken = { ...images, buffer: images.buffer.subarray(0, 200) };
  await page.locator('#files').setInputFiles([broken, labels]);
  await expect(page.getByRole('alert')).toContainText('my-images.gz');
  await expect(page.locator('#data-badge')).toContainText('custom IDX files');
  await configure(page, small);
  await train(page);
  expect((await results(page))['data']).toMatchObject({ kind: 'custom', train: 120, test: 20 });
});

test('files dropped on the page are used', async ({ page }) => {
  await open(page);
  const transfer = await page.evaluateHandle(
    ([images, labels]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(images)], 'i.gz'));
      transfer.items.add(new File([new Uint8Array(labels)], 'l.gz'));
      return transfer;
    },
    [[...idx(70, true)], [...idx(70, false)]] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.locator('#data-badge')).toContainText('60 to train, 10 to test');
});

test('too small a data set fails in words, and the page goes on', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, { ...small, evaluation_images: '10000' });
  await run(page);
  await expect(page.getByRole('alert')).toContainText('10000 test images');
  // On a telephone the button on top is far from the words: they come into sight.
  await page.setViewportSize({ width: 390, height: 844 });
  await configure(page, { evaluation_images: '9999' });
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await page.getByRole('button', { name: 'Train it on this machine' }).click();
  await expect(page.getByRole('alert')).toContainText('9999 test images');
  await expect(page.getByRole('alert').locator('p').first()).toBeInViewport({ ratio: 1 });
  await configure(page, small);
  await train(page);
});

test('one seed has effects, and neither interval nor p; two have both', async ({ page }) => {
  await page.goto(
    '/#v=1&preset=figure1&data=digits&conditions=baseline,meta&tasks=3&samples_per_task=20&hidden=24,16' +
      '&evaluation_images=20&seeds=1',
  );
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await train(page);
  const claims = page.locator('#claims');
  await expect(page.locator('#claims-source')).toContainText('One seed judges nothing');
  await expect(claims).toContainText('accuracy, meta less baseline');
  const effects = (await claims.locator('[data-column="effect"]').allTextContents()).slice(1);
  expect(effects.filter((words) => /^-?\d/.test(words)).length).toBeGreaterThan(2);
  await expect(claims).not.toContainText(/[[\]✓✗]| p [\d<]|interval \d/);
  // The chart has its one point, and its file empty cells where an interval would be.
  const chart = page.locator('#panels figure', { hasText: 'Claim 1' });
  await expect(chart.locator('svg[role="img"]')).toHaveAttribute('aria-label', /, 1 seed$/);
  const saved = page.waitForEvent('download');
  await chart.getByRole('button', { name: 'as CSV' }).click();
  const rows = (await readFile(await (await saved).path(), 'utf8')).trim().split('\r\n').slice(1);
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/,-?[\d.e-]+,,,,$/);

  await page.locator('#seeds').fill('2');
  await train(page);
  await expect(page.locator('#claims-source')).toContainText('This run: 2 seeds');
  await expect(claims).toContainText(/\[-?\d/);
  await expect(claims).toContainText(/ p \d/);
  await expect(claims).toContainText(/[✓✗]/);
});

test('enlarged for a lecture room nothing is wider than the window', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/');
  await expect(page.locator('#panels svg[role="img"]')).not.toHaveCount(0);
  const projector = page.getByRole('button', { name: 'Projector', exact: true });
  const cells = page.locator('.lane canvas').first();
  const before = (await cells.boundingBox())?.width ?? 0;
  await projector.click();
  await expect(projector).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await cells.boundingBox())?.width).toBeGreaterThan(1.3 * before);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(300);
    await page.screenshot({ path: `test-results/states/projector-${colorScheme}-1440.png` });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  }
  await projector.click();
  await expect.poll(async () => (await cells.boundingBox())?.width).toBeCloseTo(before, 0);
  // A telephone is no lecture room.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(projector).toBeHidden();
});

test('a run that is refused leaves the one that is there, and it goes on', async ({ page }) => {
  await open(page, 'cpu');
  await configure(page, { ...small, samples_per_task: '40' });
  await pausedAt(page, 0.3);
  // More images than there are of the page's own digits.
  await configure(page, { evaluation_images: '5000' });
  await run(page);
  await expect(page.getByRole('alert')).toContainText('5000');
  await expect(status(page)).toContainText('Paused');
  await page.getByRole('button', { name: 'resume' }).click();
  await expect(status(page)).toContainText('Done');
});
