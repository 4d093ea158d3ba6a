// The page in several browsers: those that are named in the environment (cargo xtask test names them all).
import { defineConfig } from '@playwright/test';
import type { Kind, Options } from './browsers/test';

const port = process.env['PORT'] ?? '4173';

/// A project where its browser, or the browser's driver, is named.
const project = (kind: Kind, program: string | undefined) =>
  program ? [{ name: kind, use: { kind, program } }] : [];

export default defineConfig<object, Options>({
  testDir: 'browsers',
  timeout: 240_000,
  expect: { timeout: 120_000 },
  // Once more where a browser or its driver failed; the report calls such a test flaky.
  retries: 1,
  // A browser of its own for each would have the two cores wait for one another.
  workers: 1,
  reporter: 'list',
  outputDir: 'test-results/browsers',
  use: { baseURL: `http://localhost:${port}` },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
  },
  projects: [
    ...project('chromium', process.env['CHROMIUM']),
    ...project('firefox', process.env['FIREFOX']),
    ...project('webkit', process.env['WEBKIT_DRIVER']),
  ],
});
