// The page's numbers beside the binary's, and what becomes of them when the GPU goes away.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import {
  configure,
  expect,
  hold,
  killGpu,
  type Lane,
  open,
  ownBrowser,
  results,
  run,
  small,
  status,
  test,
  train,
} from './page';

// One after the other in one process, so that the undisturbed run is made once.
test.describe.configure({ mode: 'default' });
test.use(ownBrowser());

type Record = { alpha: number[]; beta: number[]; meta_loss: number | null };

let whole: Lane[] | undefined;

test('the page and the binary agree over the first steps', async ({ page }) => {
  const binary = process.env['METACLS'];
  test.skip(!binary, 'METACLS does not name the binary: run by cargo xtask test');
  await open(page);
  await configure(page, small);
  await train(page);
  const ours = await results(page);
  whole = ours.lanes;
  const folder = mkdtempSync(join(tmpdir(), 'metacls-'));
  writeFileSync(join(folder, 'small.json'), JSON.stringify(ours['config']));
  execFileSync(binary!, [
    'run',
    join(folder, 'small.json'),
    '--data',
    'digits',
    '--out',
    join(folder, 'out.json'),
  ]);
  const theirs = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as { lanes: Lane[] };
  expect(ours.lanes).toHaveLength(theirs.lanes.length);
  let worst = 0;
  ours.lanes.forEach((lane, i) => {
    // Before training, and after the first task's four steps: adapters differ in rounding only.
    for (const t of [0, 1]) {
      const of = (l: Lane | undefined) => (l as unknown as { records: Record[] }).records[t]!;
      const numbers = (r: Record) => [...r.alpha, ...r.beta, r.meta_loss ?? 0];
      const [a, b] = [numbers(of(lane)), numbers(of(theirs.lanes[i]))];
      a.forEach((x, n) => {
        worst = Math.max(worst, Math.abs(x - b[n]!) / Math.max(1e-2, Math.abs(x)));
      });
    }
  });
  console.log(`largest relative difference between page and binary: ${worst.toExponential(1)}`);
  expect(worst).toBeLessThan(1e-3);
});

/// What a run on the GPU gives that nothing happens to.
async function undisturbed(page: Page): Promise<Lane[]> {
  await open(page);
  await configure(page, small);
  await train(page);
  return (await results(page)).lanes;
}

test('after the GPU process has died the run goes on, with the same numbers', async ({ page, browser }) => {
  whole ??= await undisturbed(page);
  await open(page);
  await configure(page, small);
  const held = await hold(page, 1 / 3);
  await run(page);
  await held.reached();
  await killGpu(browser);
  await held.release();
  await expect(page.getByRole('alert')).toContainText('The GPU was lost');
  await expect(status(page)).toContainText('Done');
  expect((await results(page)).lanes).toEqual(whole);
});

/// After which task of three the GPU's process is killed.
const killed = Number(process.env['KILLED_AT'] ?? 1);

test(`a run goes on after the GPU process was killed after task ${killed}, and its tab closed`, async ({
  page,
  context,
  browser,
}) => {
  whole ??= await undisturbed(page);
  await open(page);
  await configure(page, small);
  const held = await hold(page, killed / 3);
  await run(page);
  await held.reached();
  await killGpu(browser);
  await held.release((killed + 0.5) / 3);
  await held.reached();
  await expect(page.locator('#kept-list li').first()).toContainText('under way');
  await page.close();
  const next = await context.newPage();
  await next.goto('/');
  await next.locator('#go-on').getByRole('button', { name: 'Go on' }).click();
  await expect(status(next)).toContainText('Done');
  expect((await results(next)).lanes).toEqual(whole);
});
