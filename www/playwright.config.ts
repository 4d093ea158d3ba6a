import { defineConfig } from '@playwright/test';
import chromium from './chromium.json' with { type: 'json' };

/// Where the page is served; work trees on one machine take a port each.
const port = process.env['PORT'] ?? '4173';
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
  // A service worker would answer what tests count and stand in for; offline.spec.ts has it.
  use: {
    baseURL: `http://localhost:${port}`,
    acceptDownloads: true,
    serviceWorkers: 'block',
    // What plays by itself keeps a software GPU busy for seconds; opening.spec.ts sees it.
    contextOptions: { reducedMotion: 'reduce' },
  },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
  },
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
