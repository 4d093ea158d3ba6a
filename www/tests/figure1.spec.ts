// The whole of Figure 1, made again in the browser, beside the stored file: hours, so on request alone
// (FIGURE1=all, or a number of seeds). MNIST has to lie beside the page (dist/mnist).
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, results, status, test } from './page';

const wanted = process.env['FIGURE1'];

// MNIST is taken where it lies: nobody has chosen digits.
test.use({ images: null });

type Lane = { seed: number; condition: string; records: { tasks_learned: number; digest?: string }[] };

test('figure 1 has the digests of the stored file', async ({ page }) => {
  test.skip(!wanted, 'FIGURE1 does not say how many seeds');
  test.setTimeout(24 * 3600_000);
  const stored = JSON.parse(gunzipSync(readFileSync('../stored/figure1.json.gz')).toString()) as {
    config: { seeds: number };
    lanes: Lane[];
  };
  const seeds = wanted === 'all' ? stored.config.seeds : Number(wanted);
  await page.goto(`/#v=1&preset=figure1&conditions=baseline,meta&seeds=${seeds}`);
  await expect(page.locator('#data-badge')).toContainText('MNIST (verified)');
  await page.locator('#engine').selectOption('cpu');
  const begin = Date.now();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(status(page)).toContainText('Done', { timeout: 24 * 3600_000 });
  const minutes = (Date.now() - begin) / 60_000;
  const found = (await results(page)) as unknown as { lanes: Lane[] };
  const badge = (await page.locator('#engine-badge').textContent()) ?? '';
  const on = /\d+ workers?/.exec(badge)?.[0] ?? 'no workers';
  console.log(`${found.lanes.length} lanes of ${seeds} seeds: ${minutes.toFixed(1)} minutes on ${on}`);
  // Lanes of a stored run that this one does not have (other seeds, other conditions) are not compared.
  const key = ({ seed, condition }: Lane) => `${seed} ${condition}`;
  const digests = (lane: Lane) => lane.records.map((r) => [r.tasks_learned, r.digest]);
  const onRecord = new Map(stored.lanes.map((lane) => [key(lane), digests(lane)]));
  expect(found.lanes.length).toBeGreaterThan(0);
  for (const lane of found.lanes) {
    expect(lane.records.every((r) => r.digest !== undefined)).toBe(true);
    expect(digests(lane), key(lane)).toEqual(onRecord.get(key(lane)));
  }
});
