// index.html's own script: what says why the page does not start must run where nothing else does.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const html = readFileSync(join(import.meta.dirname, '..', 'index.html'), 'utf8');
const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';

test('the one script in it is allowed by its digest', () => {
  const digest = createHash('sha256').update(script).digest('base64');
  expect(script).toContain('file:');
  expect(html).toContain(`'sha256-${digest}'`);
  expect(html.match(/<script/g)).toHaveLength(2);
});

test('it is of the oldest JavaScript', () => {
  expect(script.replace(/\/\/.*/g, '')).not.toMatch(/=>|\b(const|let|class|import)\b|`|\?\./);
});

test('the page may fetch from MNIST’s mirror, and from no other host', () => {
  const mirror = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'data', 'mnist.mirror'), 'utf8');
  const { origin, pathname } = new URL(mirror.trim());
  expect(pathname.endsWith('/')).toBe(true);
  expect(/connect-src ([^;]*);/.exec(html)?.[1]).toBe(`'self' ${origin}`);
});
