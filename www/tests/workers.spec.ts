// Lanes spread over workers: the same results with one and with several, and with one that ends in mid-run.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { PATIENCE } from '../src/lane-workers';
import { expect, hold, pausedAt, results, run, status, test } from './page';

// One after the other in one process, so that what one core gives is measured once.
test.describe.configure({ mode: 'default' });

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html', '.css': 'text/css' };

/// What a file of the page is changed to, told by its name; undefined where it is not there.
type Alter = (name: string, text: string) => string | undefined;

/// The page on a computer of so many cores, as its workers see it.
const cores =
  (count: number): Alter =>
  (name, text) =>
    name.startsWith('worker-')
      ? `Object.defineProperty(navigator,'hardwareConcurrency',{get:()=>${count}});${text}`
      : text;

let server: Server | undefined;

function stop() {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
}

test.afterEach(stop);

/// The page with some of its scripts altered: workers are out of reach of Playwright's own ways.
async function serve(alter: Alter): Promise<string> {
  stop();
  server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://here').pathname.slice(1) || 'index.html';
    const file = join('dist', name);
    const type = TYPES[extname(name)];
    if (!existsSync(file)) return response.writeHead(404).end();
    const bytes = readFileSync(file);
    const content = type ? alter(name.slice(name.lastIndexOf('/') + 1), bytes.toString()) : bytes;
    if (content === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': type ?? 'application/octet-stream' }).end(content);
  });
  await new Promise<void>((resolve) => server?.listen(0, resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

/// Four seeds under two conditions: eight lanes, some seconds.
const LINK = '#v=1&preset=quick&seeds=4&tasks=4&samples_per_task=60&evaluation_images=40&hidden=48,32';

async function open(page: Page, address: string) {
  // Not another fragment of the page that is there.
  await page.goto('about:blank');
  await page.goto(address + LINK);
  await expect(page.locator('#data-badge')).toContainText('procedural digits');
  await page.locator('#engine').selectOption('cpu');
}

const badge = (page: Page) => page.locator('#engine-badge');

/// What a file of results has but for the times.
async function lanes(page: Page) {
  await expect(status(page)).toContainText('Done');
  const { training_seconds: _, evaluation_seconds: __, ...rest } = await results(page);
  return rest;
}

let alone: Awaited<ReturnType<typeof lanes>> | undefined;

/// What one core gives.
async function onOneCore(page: Page) {
  if (alone) return alone;
  await open(page, await serve(cores(1)));
  await run(page);
  alone = await lanes(page);
  await expect(badge(page)).not.toContainText('workers');
  return alone;
}

for (const count of [2, 4]) {
  test(`one core and ${count} give the same results`, async ({ page }) => {
    const expected = await onOneCore(page);
    await open(page, await serve(cores(count)));
    await run(page);
    expect(await lanes(page)).toEqual(expected);
    await expect(badge(page)).toContainText(/\d workers/);
  });
}

test('on workers a run stops, goes on, and begins again', async ({ page }) => {
  const expected = await onOneCore(page);
  await open(page, await serve(cores(4)));
  const held = await hold(page, 0.3);
  await run(page);
  await held.reached();
  await page.getByRole('button', { name: 'pause' }).click();
  await held.release(0.5);
  await expect(status(page)).toContainText('Paused at task');
  await page.getByRole('button', { name: 'reset' }).click();
  await expect(status(page)).toContainText('Paused at task 1');
  await page.getByRole('button', { name: 'resume' }).click();
  await held.reached();
  // Now while the workers are busy.
  await held.release();
  await page.getByRole('button', { name: 'reset' }).click();
  await expect(status(page)).toContainText('Paused at task 1');
  await page.getByRole('button', { name: 'resume' }).click();
  expect(await lanes(page)).toEqual(expected);
});

test('what is asked while a step on workers ends is answered', async ({ page }) => {
  // Answers of the lane workers take a while, as on a slow machine: the units after the step among them.
  const alter: Alter = (name, text) =>
    name.startsWith('lane-worker-')
      ? `const say=self.postMessage.bind(self);
         self.postMessage=(...said)=>setTimeout(()=>say(...said),30);${text}`
      : cores(2)(name, text);
  await open(page, await serve(alter));
  await pausedAt(page, 0.3);
  for (let round = 0; round < 12; round++) {
    const of = round % 2 === 0 ? 'baseline' : 'meta';
    await page.evaluate(
      async ([ask, wait]) => {
        document.getElementById('step')?.click();
        await new Promise((resolve) => setTimeout(resolve, wait));
        const buttons = [...document.querySelectorAll<HTMLButtonElement>('#trace-ask button')];
        buttons.find(({ textContent }) => textContent === ask)?.click();
      },
      [`Trace ${of}’s next step`, 15 * round] as const,
    );
    await expect(page.locator('#trace').getByRole('group')).toHaveAccessibleName(`The step of ${of}, seed 0`);
  }
});

for (const [what, ends] of [
  ['fails', 'throw new Error("the test ended it")'],
  ['falls silent', 'return close()'],
] as const) {
  test(`a worker that ${what} in mid-run loses nothing`, async ({ page }) => {
    const expected = await onOneCore(page);
    // One of the lane workers ends at a request that it gets after the test has said so; from then on the
    // page's worker waits a tenth as long for answers.
    const alter: Alter = (name, text) => {
      if (name.startsWith('worker-'))
        return `const wait=self.setTimeout.bind(self);new BroadcastChannel('end').onmessage=()=>{
          self.setTimeout=(f,ms,...more)=>wait(f,ms===${PATIENCE * 1000}?ms/10:ms,...more)};
          ${cores(4)(name, text)}`;
      if (!name.startsWith('lane-worker-')) return text;
      return `let ends=false;self.addEventListener('message',()=>{if(ends){${ends}}});
        navigator.locks.request('the one',{ifAvailable:true},(lock)=>{if(!lock)return;
        new BroadcastChannel('end').onmessage=()=>{ends=true};return new Promise(()=>{})});${text}`;
    };
    await open(page, await serve(alter));
    const held = await hold(page, 0.3);
    await run(page);
    await held.reached();
    await page.evaluate(() => new BroadcastChannel('end').postMessage(null));
    await held.release();
    await expect(page.getByRole('alert')).toContainText('on the 2 workers that are left');
    expect(await lanes(page)).toEqual(expected);
    await expect(badge(page)).toContainText('2 workers');
  });
}

test.describe('without workers', () => {
  test.use({ expected: /404/ });
  test('a run goes on on one core, and the page says so', async ({ page }) => {
    const expected = await onOneCore(page);
    const alter: Alter = (name, text) => (name.startsWith('lane-worker-') ? undefined : cores(4)(name, text));
    await open(page, await serve(alter));
    await run(page);
    await expect(page.getByRole('alert')).toContainText('No workers could be started');
    expect(await lanes(page)).toEqual(expected);
  });
});
