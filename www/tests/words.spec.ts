// Words follow the configuration: nothing on the page that a field of the Lab makes false.
import { configure, expect, hold, open, run, small, status, test, train } from './page';

test('pathways of other sizes, another batch and another bound are spoken of as they are', async ({
  page,
}) => {
  await open(page, 'auto');
  await configure(page, { ...small, hidden: '64, 32', pathways: '40, 10', batch: '3', clip_norm: '1' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  await expect(page.locator('.lane.meta .layer-name')).toHaveText(['h3_L', 'h3_R', 'h2', 'h1']);
  await expect(page.locator('#lesion-buttons button')).toHaveText([
    'Intact',
    'Cut h3_L',
    'Cut h3_R',
    'Cut 10 random units of h3_L',
  ]);
  await expect(page.locator('#lesion-answer')).toContainText('h3_L has four times the units of h3_R');
  await page.getByRole('button', { name: 'Cut h3_L', exact: true }).click();
  await expect(page.locator('#lesion-answer')).toContainText('without h3_L');
  await page.getByText('How it works').click();
  await expect(page.locator('.prose').first()).toContainText('sees three new images');
  await expect(page.locator('.prose').first()).toContainText('The stream is three tasks');
  await page.getByRole('button', { name: 'reset' }).click();
  await expect(status(page)).toContainText('Paused at task 1');
  await page.getByRole('button', { name: 'one task' }).click();
  await expect(status(page)).toContainText('Paused at task 2');
  await page.getByRole('button', { name: 'Trace meta’s next step' }).click();
  await expect(page.locator('#trace')).toContainText('Three new digits come one after the other');
  await page.getByRole('button', { name: '2 The look-ahead' }).click();
  await expect(page.locator('#trace')).toContainText('the mean of these three numbers');
  await page.getByRole('button', { name: '3 The gradients' }).click();
  await expect(page.locator('#trace')).toContainText('a norm of 1 if');
});

test('of equal pathways no random units are cut, for that is not measured', async ({ page }) => {
  await open(page, 'auto');
  await configure(page, { ...small, hidden: '24', pathways: '20, 20' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done');
  await expect(page.locator('#lesion-buttons button')).toHaveText(['Intact', 'Cut h2_L', 'Cut h2_R']);
});

test('while a figure’s first seed trains, its claims are spoken of as that figure’s', async ({ page }) => {
  await page.goto('/#v=1&preset=figure1&seeds=2');
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  const held = await hold(page, 0);
  await run(page);
  await held.reached();
  await expect(status(page)).toContainText('Training');
  await expect(page.locator('#claims-source')).toContainText('What Figure 1 claims is held against this run');
  await expect(page.locator('#claims')).toBeEmpty();
});

test('another stream is spoken of and drawn as it is', async ({ page }) => {
  const settings = 'tasks=3&samples_per_task=20&evaluation_images=20&hidden=24,16';
  await page.goto(`/#v=1&preset=quick&seeds=1&${settings}&stream=classes&order=mixed&own_heads=true`);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
  await train(page);
  await expect(page.locator('#at-words')).toHaveText('after 3 of 3 stretches');
  const stream = page.locator('#schematics figure', { hasText: 'The stream' }).first();
  await expect(stream).toContainText(
    '3 tasks, all shuffled together: each task with classes of its own, told apart among these only.',
  );
  await expect(stream.locator('.sample figcaption')).toHaveText([/classes/, /classes/, /classes/]);
  await page.getByText('How it works').click();
  await expect(page.locator('.prose').first()).toContainText(
    'The stream is three tasks, each with classes of its own, told apart among these only, all shuffled',
  );
});
