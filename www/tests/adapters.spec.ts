// Adapters that come late, and devices that never do.
import type { BrowserContext, Page } from '@playwright/test';
import { configure, expect, type Lane, open, results, run, small, status, test, train } from './page';

// One after the other in one process, so that the undisturbed run is made once.
test.describe.configure({ mode: 'default' });

/// Runs something in the worker before its own program.
async function inWorker(context: BrowserContext, script: string) {
  await context.route(/assets\/worker[^/]*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};\n${await response.text()}` });
  });
}

test('a GPU that never answers is given up in words, and the CPU trains', async ({ context, page }) => {
  const asks = 'asked: 0, requestAdapter() { this.asked++; return new Promise(() => {}) }';
  const silent = `{ ${asks}, wgslLanguageFeatures: new Set() }`;
  await inWorker(context, `Object.defineProperty(navigator, 'gpu', { value: ${silent} })`);
  await open(page, 'auto');
  await configure(page, small);
  const start = Date.now();
  await run(page);
  await expect(page.getByRole('alert')).toContainText('did not answer within 8 seconds');
  await expect(page.getByRole('alert')).toContainText('So the CPU engine is used');
  expect(Date.now() - start).toBeGreaterThan(7_000);
  await expect(status(page)).toContainText('Done');
  await expect(page.locator('#engine-badge')).toContainText('Engine: CPU');
  expect((await results(page))['engine']).toMatchObject({ kind: 'cpu' });
  // Who asks for the CPU waits for nothing.
  const asked = () =>
    page.workers()[0]!.evaluate(() => (navigator as unknown as { gpu: { asked: number } }).gpu.asked);
  const before = await asked();
  expect(before).toBeGreaterThan(0);
  await page.locator('#engine').selectOption('cpu');
  await train(page);
  expect(await asked()).toBe(before);
});

test('a device that never comes is an error for who wants the GPU', async ({ context, page }) => {
  await inWorker(context, 'GPUAdapter.prototype.requestDevice = () => new Promise(() => {})');
  await open(page, 'gpu');
  await configure(page, small);
  await run(page);
  await expect(page.getByRole('alert')).toContainText('asked for a device and did not answer');
});

/// What a run on the GPU gives.
async function measured(page: Page): Promise<Lane[]> {
  await open(page, 'gpu');
  await configure(page, small);
  await train(page);
  return (await results(page)).lanes;
}

let undisturbed: Lane[] | undefined;

test('where there is no adapter at first it is asked for again', async ({ context, page }) => {
  await inWorker(
    context,
    `{ const asked = GPU.prototype.requestAdapter; let n = 0;
       GPU.prototype.requestAdapter = function (wanted) {
         return n++ % 2 ? asked.call(this, wanted) : Promise.resolve(null);
       }; }`,
  );
  undisturbed = await measured(page);
  await expect(page.locator('#engine-badge')).toContainText('Engine: GPU');
  await expect(page.locator('#engine-badge')).toContainText('self-test passed');
});

test('a GPU lost in mid-run is opened, named and tested again, with the same numbers', async ({
  context,
  page,
}) => {
  undisturbed ??= await measured(page);
  await inWorker(
    context,
    // In mid-run by its steps: how many submissions they take depends on the machine's speed.
    `{ const asked = GPUAdapter.prototype.requestDevice; let n = 0;
       const post = self.postMessage; let share = 0;
       self.postMessage = (message, ...rest) => {
         const event = message.from === 'trainer' ? message.event : undefined;
         if (event?.type === 'progress') share = event.lane_steps / event.lane_steps_total;
         post.call(self, message, ...rest);
       };
       GPUAdapter.prototype.requestDevice = async function (wanted) {
         const device = await asked.call(this, wanted);
         if (n++ === 0) {
           const { submit } = device.queue;
           device.queue.submit = function (list) {
             submit.call(this, list);
             if (share > 0.3) device.destroy();
           };
         }
         return device;
       }; }`,
  );
  await page.goto('about:blank');
  const again = await measured(page);
  await expect(page.getByRole('alert')).toContainText('was opened again and tested');
  await expect(page.getByRole('alert')).toContainText('with the same numbers');
  expect(again).toEqual(undisturbed);
});

test('a GPU without memory trains fewer networks side by side', async ({ context, page }) => {
  await inWorker(
    context,
    // One network's weights are 78 kB.
    `{ const { createBuffer, popErrorScope } = GPUDevice.prototype; let short = false;
       GPUDevice.prototype.createBuffer = function (wanted) {
         short ||= wanted.label === 'weights' && wanted.size > 100_000;
         return createBuffer.call(this, wanted);
       };
       GPUDevice.prototype.popErrorScope = async function () {
         const error = await popErrorScope.call(this);
         if (!short) return error;
         short = false;
         return new GPUOutOfMemoryError('as a test has it');
       }; }`,
  );
  await open(page, 'gpu');
  await configure(page, small);
  await train(page);
  await expect(page.getByRole('alert')).toContainText('out of memory');
  await expect(page.getByRole('alert')).toContainText('with at most 1 side by side and the same numbers');
  const { lanes } = await results(page);
  expect(lanes.map((lane) => lane.records.length)).toEqual([4, 4]);
});

/// What this browser remembers of adapters: threads of a walk, by name. With `threads` it remembers these of
/// all that it knows.
const remembered = (page: Page, threads?: number) =>
  page.evaluate(
    (threads) =>
      new Promise<Record<string, number>>((told, failed) => {
        const opening = indexedDB.open('metacls-tunings-1');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
          const all: Record<string, number> = {};
          const change = opening.result.transaction('adapters', 'readwrite');
          const walk = change.objectStore('adapters').openCursor();
          walk.onsuccess = () => {
            const at = walk.result;
            if (!at) return;
            if (threads !== undefined) at.update({ threads_of_a_walk: threads });
            all[String(at.key)] = threads ?? (at.value as { threads_of_a_walk: number }).threads_of_a_walk;
            at.continue();
          };
          change.oncomplete = () => {
            opening.result.close();
            told(all);
          };
        };
      }),
    threads,
  );

test('what a GPU likes is measured at the first run on it, and remembered by its name', async ({
  context,
  page,
}) => {
  // What says that it is a program is known without measuring.
  const hidden = `GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false }`;
  await inWorker(context, `Object.defineProperty(${hidden})`);
  const first = await measured(page);
  const found = await remembered(page);
  const names = Object.keys(found);
  expect(names).toHaveLength(1);
  expect(names[0]).toMatch(/swiftshader/i);
  expect(Object.values(found)).toEqual([64]);
  // It is not measured again: another one stays, and is used: more threads add in another order.
  await remembered(page, 256);
  await page.reload();
  const second = await measured(page);
  expect(await remembered(page)).toEqual({ [names[0] ?? '']: 256 });
  expect(second).not.toEqual(first);
  // One that no version has is measured anew.
  await remembered(page, 7);
  await page.reload();
  expect(await measured(page)).toEqual(first);
  expect(await remembered(page)).toEqual(found);
});
