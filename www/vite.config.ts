import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: './',
  assetsInclude: ['**/*.gz'],
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  // Pure functions, without a browser; what needs one is in tests/.
  test: { include: ['unit/**/*.test.ts'] },
});
