// Training on the CPU: the same bits in every browser as in the terminal; results out, and in again.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Tab } from './tab';
import { count, expect, seen, test, text } from './test';

/// Four lanes of seconds.
const LINK = '#v=1&preset=quick&tasks=3&samples_per_task=20&hidden=24,16&evaluation_images=20&seeds=2';

type Record = { digest: string; evaluation: { accuracy: { mean: number }[] } };
type Results = { engine: { kind: string }; lanes: { seed: number; condition: string; records: Record[] }[] };

const folder = () => mkdtempSync(join(tmpdir(), 'metacls-'));

/// What the terminal makes of the link.
function inTerminal(): Results {
  const binary = process.env['METACLS'];
  if (!binary) throw new Error('METACLS does not name the binary: run by cargo xtask test');
  const out = join(folder(), 'out.json');
  execFileSync(binary, ['run', LINK, '--engine', 'cpu', '--data', 'digits', '--out', out]);
  return JSON.parse(readFileSync(out, 'utf8'));
}

async function train(tab: Tab) {
  await tab.open(`/${LINK}`);
  await text(tab, '#data-badge').toContain('procedural digits');
  await tab.press('#run');
  await text(tab, '#status').toContain('Done');
}

const exported = (tab: Tab) =>
  tab.saved(async () => {
    await tab.press('#export-menu summary');
    await tab.press('#export');
  });

test('auto takes the CPU with a word, with the bits of the terminal', async ({ tab }) => {
  await train(tab);
  await text(tab, '#engine-badge').toContain('Engine: CPU');
  await text(tab, '#engine-badge').toContain('self-test passed');
  // No adapter, or one that is a program on the CPU: either is said, and what is used instead.
  await text(tab, '#alert').toMatch(/No GPU adapter|program on the CPU/);
  await text(tab, '#alert').toContain('CPU engine');
  const [ours, theirs] = [JSON.parse(await exported(tab)) as Results, inTerminal()];
  expect(ours.engine.kind).toBe('cpu');
  expect(theirs.lanes).toHaveLength(4);
  for (const { records } of theirs.lanes)
    for (const { digest } of records) expect(digest).toMatch(/^[0-9a-f]+$/);
  // Digests of weights among them, so these are all bits.
  expect(ours.lanes).toEqual(theirs.lanes);
  // It is kept in this browser, and still there for whoever comes back.
  await text(tab, '#kept-list li').toContain('through');
  await tab.reload();
  await text(tab, '#kept-list li').toContain('through');
});

test('a run stops, takes a step, shows it, and goes on', async ({ tab }) => {
  // Of minutes, so that it is met in its middle on every machine.
  await tab.open('/#v=1&preset=quick&tasks=20&samples_per_task=1000&hidden=250,250&seeds=2');
  await text(tab, '#data-badge').toContain('procedural digits');
  await tab.press('#run');
  await text(tab, '#status').toContain('Training');
  await tab.press('#pause');
  await text(tab, '#status').toContain('Paused');
  await tab.press('#step');
  await text(tab, '#trace-ask button').toContain('next step');
  await tab.press('#trace-ask button');
  await text(tab, '#trace').toContain('of 4000');
  await count(tab, '#trace canvas').toBe(10);
  await tab.press('#pause');
  await text(tab, '#status').toContain('Training');
});

test('results of another machine are opened, and come out again to the bit', async ({ tab }) => {
  const file = join(folder(), 'results.json');
  writeFileSync(file, gunzipSync(readFileSync('../tests/fixtures/v4/results.json.gz')));
  await tab.open('/#v=1&preset=quick');
  await text(tab, '#data-badge').toContain('procedural digits');
  await tab.give('#open-results', file);
  await text(tab, '#check-source').toContain('two seeds');
  await seen(tab, '#check-run').toBe(true);
  await tab.run(() => {
    const part = document.querySelector<HTMLSelectElement>('#check-part');
    const all = [...(part?.options ?? [])].find((option) => option.text === 'all 2 seeds, 6 lanes');
    if (part && all) part.value = all.value;
  }, null);
  await tab.press('#check-run');
  await text(tab, '#check-result').toContain('The same to the bit.');
  await count(tab, '#check-result li').toBe(6);
  const lanes = await tab.run(
    () => [...document.querySelectorAll('#check-result li')].map((li) => li.textContent ?? ''),
    null,
  );
  for (const lane of lanes) expect(lane).toContain('the same to the bit in all 4 measurements');
});

test('a chart goes out as SVG and its numbers as CSV', async ({ tab }) => {
  await tab.open('/');
  await count(tab, '.charts svg[role="img"]').toBe(4);
  await text(tab, '#at-words').toBe('after 20 of 20 tasks');
  const svg = await tab.saved(() => tab.press('.charts [aria-label$="as SVG"]'));
  expect(svg).toMatch(/^<\?xml [^>]*>\s*<svg[\s\S]*<\/svg>\s*$/);
  expect(svg).toContain('tasks learned');
  const csv = await tab.saved(() => tab.press('.charts [aria-label$="as CSV"]'));
  expect(csv).toMatch(/^seed,condition,tasks_learned/);
  expect(csv.split('\n').length).toBeGreaterThan(100);
});
