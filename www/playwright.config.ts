import { defineConfig } from '@playwright/test';

const args = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
const gpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

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
      use: { launchOptions: { executablePath, args: [...args, ...gpu] } },
    },
    {
      name: 'timing',
      testMatch: 'timing.spec.ts',
      dependencies: ['webgpu', 'no webgpu'],
      use: { launchOptions: { executablePath, args: [...args, ...gpu] } },
    },
    {
      name: 'no webgpu',
      testMatch: 'fallback.spec.ts',
      use: {
        launchOptions: {
          executablePath,
          args: [...args, '--disable-features=WebGPU,WebGPUService', '--disable-gpu'],
        },
      },
    },
  ],
});
