// Chromium, as the page's other tests have it: by Playwright.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserType } from '@playwright/test';
import chromium from '../chromium.json' with { type: 'json' };
import type { KeyName, Program, Tab } from './tab';

export async function byPlaywright(
  type: BrowserType,
  executablePath: string,
  address: string,
): Promise<Program> {
  const args = [...chromium.always, ...chromium['no gpu']];
  const browser = await type.launch({ executablePath, args });
  return { tab: () => tabOf(browser, address), close: () => browser.close() };
}

async function tabOf(browser: Browser, address: string): Promise<Tab> {
  const context = await browser.newContext({ baseURL: address, acceptDownloads: true });
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') said.push(`${m.type()}: ${m.text()}`);
  });
  page.on('pageerror', (e) => said.push(`page error: ${e.message}`));
  return {
    open: async (to) => void (await page.goto(to)),
    leave: async () => void (await page.goto('about:blank')),
    back: async () => void (await page.goBack()),
    reload: async () => void (await page.reload()),
    press: (selector) => page.locator(selector).first().click(),
    key: (name: KeyName) => page.keyboard.press(name),
    give: (selector, path) => page.locator(selector).first().setInputFiles(path),
    run: (work, given) => page.evaluate(work as never, given as never),
    saved: async (deed) => {
      const waiting = page.waitForEvent('download');
      await deed();
      return readFile(await (await waiting).path(), 'utf8');
    },
    complaints: async () => said,
    close: () => context.close(),
  };
}
