// The page's numbers beside the binary's, and what becomes of them when the GPU goes away.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configure, expect, type Lane, open, results, small, status, test } from './page';

type Record = { alpha: number[]; beta: number[]; meta_loss: number | null };

test('the page and the binary agree over the first steps', async ({ page }) => {
  const binary = process.env['METACLS'];
  test.skip(!binary, 'METACLS does not name the binary: run by cargo xtask test');
  await open(page);
  await configure(page, small);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  const ours = await results(page);
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

test('after the GPU process has died the run goes on, with the same numbers', async ({ page, browser }) => {
  await open(page);
  // Long enough to be met in the middle.
  const longer = { ...small, tasks: '6', samples_per_task: '40' };
  await configure(page, longer);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  const whole = await results(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('task 3 of 6');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const gpu = processInfo.find((p) => p.type === 'GPU');
  process.kill(gpu!.id, 'SIGKILL');
  await expect(page.getByRole('alert')).toContainText('The GPU was lost');
  await expect(status(page)).toContainText('Done');
  expect((await results(page)).lanes).toEqual(whole.lanes);
});
