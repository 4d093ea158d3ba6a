import { defineConfig } from '@playwright/test';
import chromium from './chromium.json' with { type: 'json' };

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const withGpu = [...chromium.always, ...chromium.gpu];
const withoutGpu = [...chromium.always, ...chromium['no gpu']];

export default defineConfig({
  testDir: 'tests',
  timeout: 240_000,
  expect: { timeout: 120_000 },
  // Most of a test is waiting, for a page or for the other core.
  workers: 2,
  fullyParallel: true,
  reporter: 'list',
  outputDir: 'test-results',
  use: { baseURL: 'http://localhost:4173', acceptDownloads: true },
  webServer: { command: 'npx vite preview --port 4173 --strictPort', url: 'http://localhost:4173' },
  projects: [
    {
      name: 'webgpu',
      testIgnore: ['fallback.spec.ts', 'timing.spec.ts'],
      use: { launchOptions: { executablePath, args: withGpu } },
    },
    {
      name: 'timing',
      testMatch: 'timing.spec.ts',
      dependencies: ['webgpu', 'no webgpu'],
      use: { launchOptions: { executablePath, args: withGpu } },
    },
    {
      name: 'no webgpu',
      testMatch: 'fallback.spec.ts',
      use: { launchOptions: { executablePath, args: withoutGpu } },
    },
  ],
});
