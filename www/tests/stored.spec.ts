// Each stored run's first lane, begun again in this browser: the same bits as on record. Needs MNIST
// (METACLS_MNIST); the whole of Figure 1 is figure1.spec.ts's, on request.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { catalogOf, expect, pausedAt, results, test } from './page';

const mnist = process.env['METACLS_MNIST'];

// Nobody has taken digits: what is served beside the page is used.
test.use({ images: null });

type Lane = { seed: number; condition: string; records: { tasks_learned: number; digest?: string }[] };

const digests = (lane: Lane) => lane.records.map((r) => [r.tasks_learned, r.digest]);

for (const { id, config } of catalogOf().experiments.filter((e) => e.stored)) {
  test(`${id} begins with the stored bits`, async ({ page, context }) => {
    test.skip(!mnist, 'METACLS_MNIST names no folder with MNIST');
    const files = readdirSync(mnist ?? '.').filter((name) => name.endsWith('.gz'));
    await context.route('**/mnist/*', (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
      return name === 'files.json'
        ? route.fulfill({ json: { files } })
        : route.fulfill({ path: join(mnist ?? '.', name), contentType: 'application/gzip' });
    });
    await page.goto(`/#v=1&preset=${id}&seeds=1&conditions=meta`);
    await expect(page.locator('#data-badge')).toContainText('MNIST (verified)');
    await page.locator('#engine').selectOption('cpu');
    // What is said on the way may be over before it is read: a run on two cores takes seconds.
    await pausedAt(page, 1.5 / config.tasks);
    const [found] = (await results(page)).lanes as unknown as Lane[];
    const file = gunzipSync(readFileSync(`../stored/${id}.json.gz`)).toString();
    const stored = (JSON.parse(file).lanes as Lane[]).find((l) => l.seed === 0 && l.condition === 'meta');
    if (!found || !stored) throw new Error('a lane is missing');
    expect(found.records.length).toBeGreaterThanOrEqual(2);
    expect(found.records.every((r) => /^[0-9a-f]{16}$/.test(r.digest ?? ''))).toBe(true);
    expect(digests(found)).toEqual(digests(stored).slice(0, found.records.length));
  });
}
