import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  assetsInclude: ['**/*.gz'],
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0 },
});
