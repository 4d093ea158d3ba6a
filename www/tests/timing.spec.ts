// What is measured in time has the machine to itself: it runs after all other tests.
import { configure, expect, open, small, status, test } from './page';

// One after the other.
test.describe.configure({ mode: 'default' });

/// Long enough on the CPU engine for a dozen presses.
const long = { ...small, samples_per_task: '400', hidden: '250, 250' };

const kinds = [
  { engine: 'gpu', words: 'the software GPU', runs: 3, fields: small },
  { engine: 'cpu', words: 'all cores', runs: 10, fields: long },
] as const;

for (const { engine, words, runs, fields } of kinds)
  test(`while eight lanes train on ${words} the page answers, and its memory stays`, async ({ page }) => {
    await open(page, engine);
    await configure(page, { ...fields, tasks: '2', seeds: '4' });
    // The browser's own measure: from a key to the paint that shows what it did.
    await page.evaluate(() => {
      const waits: number[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.name === 'keydown') waits.push(entry.duration);
      });
      observer.observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
      Object.assign(window, { waits });
    });
    const heap: number[] = [];
    let presses = 0;
    for (let run = 0; run < runs; run++) {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await expect
        .poll(() => page.locator('#progress').evaluate((e: HTMLProgressElement) => e.value))
        .toBeGreaterThan(0);
      await page.locator('#spread').focus();
      for (let i = 0; i === 0 || (i < 12 && !(await status(page).textContent())?.startsWith('Done')); i++) {
        const before = await page.locator('#spread').inputValue();
        await page.keyboard.press(presses++ % 2 ? 'ArrowUp' : 'ArrowDown');
        expect(await page.locator('#spread').inputValue()).not.toBe(before);
        await page.waitForTimeout(80);
      }
      await expect(status(page)).toContainText('Done');
      const session = await page.context().newCDPSession(page);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      heap.push(usedSize / 1e6);
    }
    const waits = await page.evaluate(() => (window as unknown as { waits: number[] }).waits);
    // What takes less than a frame is not reported.
    while (waits.length < presses) waits.push(16);
    waits.sort((a, b) => a - b);
    console.log(
      `input to paint: median ${waits[waits.length >> 1]!.toFixed(0)} ms,`,
      `98th percentile ${waits[Math.ceil(0.98 * waits.length) - 1]!.toFixed(0)},`,
      `worst ${waits.at(-1)!.toFixed(0)} ms of ${waits.length}`,
    );
    console.log(`heap after each run: ${heap.map((h) => `${h.toFixed(1)} MB`).join(', ')}`);
    // A run's records are let go with it.
    expect(heap.at(-1)).toBeLessThan(heap[0]! * 1.3 + 2);
  });
