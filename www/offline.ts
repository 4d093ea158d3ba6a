// The service worker as Vite builds it: one build's files, named by the digest of them all. index.html bears
// that digest too, so that page and service worker know whether they are of the same build.
import { createHash } from 'node:crypto';
import type { Plugin } from 'vitest/config';

/// The program's name: the same in every build, for that is how browsers find a newer one.
const NAME = 'service-worker.js';

type Emitted = Record<string, string | Uint8Array>;

/// What a service worker knows of its build: `files` lie beside it, '' being the folder's document.
export function record(emitted: Emitted) {
  const digest = createHash('sha256');
  for (const [name, content] of Object.entries(emitted).sort(([a], [b]) => (a < b ? -1 : 1))) {
    digest.update(`${name} ${content.length}\n`).update(content);
  }
  const kept = Object.keys(emitted).filter((name) => name !== NAME);
  return {
    build: digest.digest('hex').slice(0, 16),
    // The document first: where a host has another build's by now, nothing else is asked for.
    files: kept.map((name) => (name === 'index.html' ? '' : name)).sort(),
    bytes: kept.reduce((sum, name) => sum + Buffer.byteLength(emitted[name] ?? ''), 0),
  };
}

/// index.html with its build's digest.
export const marked = (html: string, build: string) =>
  html.replace('</head>', `  <meta name="build" content="${build}" />\n  </head>`);

export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/service-worker.ts', fileName: NAME });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[NAME];
        const page = bundle['index.html'];
        if (worker?.type !== 'chunk' || page?.type !== 'asset') return this.error('a file is missing');
        // Browsers take a service worker of one file only.
        if (worker.imports.length > 0) this.error(`${NAME} shares code with the page`);
        const emitted: Emitted = {};
        for (const [name, one] of Object.entries(bundle)) {
          emitted[name] = one.type === 'chunk' ? one.code : one.source;
        }
        const known = record(emitted);
        worker.code = `const OF_BUILD = ${JSON.stringify(known)};\n${worker.code}`;
        page.source = marked(String(page.source), known.build);
      },
    },
  };
}
