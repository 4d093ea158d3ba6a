// Forks on the page: a run that is through goes on otherwise from the strip of time, and is held beside its
// trunk; stored ones.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { accessible, catalogOf, expect, run, shoot, status, test } from './page';

const LINK =
  'v=1&preset=quick&tasks=3&samples_per_task=20&hidden=24,16&evaluation_images=20' +
  '&conditions=baseline,meta&seeds=2&tab=lab';

test('a run goes on otherwise after a task, and both are shown with their difference', async ({ page }) => {
  await page.goto(`/#${LINK}`);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await run(page);
  await expect(status(page).first()).toContainText('Done');
  const open = page.getByRole('button', { name: 'go on otherwise' });
  await expect(open).toBeEnabled();
  await open.click();
  // At its end there is nothing to go on with.
  await expect(page.locator('#fork-after')).toContainText('from 1 to 2');
  await expect(page.getByRole('button', { name: 'Train the branch' })).toBeDisabled();
  await page.locator('#at').fill('1');
  await expect(page.locator('#fork-after')).toHaveText('After 1 of 3 tasks:');
  await page.getByLabel('what changes', { exact: true }).selectOption({ label: 'weights are drawn anew in' });
  await page.getByLabel('layer', { exact: true }).selectOption('h2');
  await page.locator('#fork-seeds').fill('2');
  await accessible(page, 'the form of a fork');
  await page.getByRole('button', { name: 'Train the branch' }).click();
  await expect(page.locator('#fork-shown-title')).toHaveText('Quick, gone on otherwise');
  await expect(page.locator('#fork-source')).toContainText(
    'otherwise after 1 task: reset:h2; 2 seeds paired',
  );
  await expect(page.locator('#fork-plots figure svg')).toHaveCount(2);
  // Before the fork they are the same to the bit: the difference after one task is 0.
  const waiting = page.waitForEvent('download');
  await page.locator('#fork-plots figure').nth(1).getByRole('button', { name: 'as CSV' }).click();
  const csv = readFileSync(await (await waiting).path(), 'utf8').split('\r\n');
  expect(csv[1]).toContain('tasks learned 0');
  expect(csv[1]).toContain(',0,0,0,');
  expect(csv[2]).toContain(',0,0,0,');
  // What is saved the terminal tells, with the same numbers.
  const saving = page.waitForEvent('download');
  await page.locator('#fork-save').click();
  const path = await (await saving).path();
  const told = execFileSync(process.env['METACLS'] ?? 'metacls', ['report', path], { encoding: 'utf8' });
  expect(told).toContain('otherwise after 1 tasks: reset:h2');
  await page.getByText('At the end of the stream, as a table').click();
  const cell = await page.locator('#fork-table tbody tr').first().locator('td').nth(2).textContent();
  expect(told).toContain(cell ?? 'nothing');
  await page.reload();
  await page.locator('#open-results').setInputFiles({
    name: 'fork.json',
    mimeType: 'application/json',
    buffer: readFileSync(path),
  });
  await expect(page.locator('#fork-shown-title')).toHaveText('Quick, gone on otherwise');
});

test('what can’t change at a fork is refused in words', async ({ page }) => {
  await page.goto(`/#${LINK}&at=1`);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await run(page);
  await expect(status(page).first()).toContainText('Done');
  await page.getByRole('button', { name: 'go on otherwise' }).click();
  await page.locator('#at').fill('2');
  await page.getByLabel('what changes', { exact: true }).selectOption('other');
  await page.locator('#fork-value').fill('tasks=7');
  await page.getByRole('button', { name: 'Train the branch' }).click();
  await expect(page.locator('#fork-words')).toContainText('learn_alpha=false');
});

test('a stored fork is told in a paragraph, and shown with both courses', async ({ page }) => {
  const [story] = catalogOf().forks;
  if (!story) throw new Error('no fork is stored');
  await page.goto('/');
  const card = page.locator('#answered-forks li').filter({ hasText: story.title });
  await expect(card).toContainText(story.question);
  await card.getByRole('button', { name: 'Show the fork' }).click();
  await expect(page.locator('#fork-shown-title')).toHaveText(story.title);
  await expect(page.locator('#fork-plots figure svg').first()).toBeVisible();
  await page.getByText('At the end of the stream, as a table').click();
  await shoot(page, 'fork');
});
