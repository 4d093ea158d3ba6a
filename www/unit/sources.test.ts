// What the page's sources must not say: the catalog, the run and the configuration say it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explanations } from '../src/words';

const root = join(import.meta.dirname, '..');
const html = readFileSync(join(root, 'index.html'), 'utf8');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes('wasm') && name !== 'protocol.ts')
  .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }));

test('no experiment is named', () => {
  const naming = [...sources, { name: 'index.html', text: html }].filter(({ text }) =>
    /figure ?\d/i.test(text),
  );
  expect(naming.map(({ name }) => name)).toEqual([]);
});

test('no layer, matrix or lesion is known by its name', () => {
  const parsing = /endsWith\('_|_from_|startsWith\('item|'h[124]|h\d_/;
  expect(sources.filter(({ text }) => parsing.test(text.replace(/\/\/.*/g, ''))).map((s) => s.name)).toEqual(
    [],
  );
});

test('what explanations fill in is known', () => {
  const names = [...html.matchAll(/data-words="([^"]+)"/g)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => !(name in explanations))).toEqual([]);
});
