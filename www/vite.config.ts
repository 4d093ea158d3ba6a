import { defineConfig } from 'vitest/config';
import { offline } from './offline.ts';
import { site } from './site.ts';

export default defineConfig({
  base: './',
  plugins: [site(), offline()],
  assetsInclude: ['**/*.gz'],
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  // Pure functions, without a browser; what needs one is in tests/.
  test: { include: ['unit/**/*.test.ts'] },
});
