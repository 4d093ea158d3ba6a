import { defineConfig } from 'vitest/config';
import { offline } from './offline.ts';
import { site } from './site.ts';

export default defineConfig({
  base: './',
  plugins: [site(), offline()],
  assetsInclude: ['**/*.gz'],
  worker: { format: 'es' },
  // A sandboxed frame is of no origin, and reads what any may read.
  preview: { cors: { origin: '*' } },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  // Pure functions, without a browser; what needs one is in tests/.
  test: { include: ['unit/**/*.test.ts'] },
});
