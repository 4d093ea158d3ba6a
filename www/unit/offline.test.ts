// A build as its service worker knows it (offline.ts).
import { expect, test } from 'vitest';
import { marked, record } from '../offline';

const emitted = {
  'service-worker.js': 'keep()',
  'index.html': '<head></head>',
  'assets/a-1.js': 'é',
  'assets/b.gz': new Uint8Array(5),
};

test('a build lists all its files but the service worker, the document first, with their size', () => {
  expect(record(emitted)).toMatchObject({ files: ['', 'assets/a-1.js', 'assets/b.gz'], bytes: 13 + 2 + 5 });
});

test('each byte of each file is in its digest, the service worker’s too, and their order is not', () => {
  const { build } = record(emitted);
  expect(build).toMatch(/^[0-9a-f]{16}$/);
  expect(record(Object.fromEntries(Object.entries(emitted).reverse())).build).toBe(build);
  for (const name of Object.keys(emitted)) {
    expect(record({ ...emitted, [name]: 'other' }).build, name).not.toBe(build);
  }
  expect(record({ ...emitted, 'assets/b.gz': '', 'assets/c.gz': new Uint8Array(5) }).build).not.toBe(build);
});

test('the document bears it', () => {
  expect(marked('<head>\n  </head>', 'abc')).toContain('<meta name="build" content="abc" />\n  </head>');
});
