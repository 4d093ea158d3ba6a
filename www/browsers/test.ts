// A tab of the browser that the project names, and what is asked of the page in it.
import { type BrowserType, test as base, expect } from '@playwright/test';
import { byBidi } from './by-bidi';
import { byPlaywright } from './by-playwright';
import { byWebDriver } from './by-webdriver';
import type { Program, Tab } from './tab';

export type Kind = 'chromium' | 'firefox' | 'webkit';

/// `kind` is the project's, `program` the browser's or its driver's.
export type Options = { kind: Kind; program: string };

type Running = { running: Program };

export const test = base.extend<{ tab: Tab }, Options & Running>({
  kind: ['chromium', { option: true, scope: 'worker' }],
  program: ['', { option: true, scope: 'worker' }],
  running: [
    async ({ kind, program, playwright }, use, { project }) => {
      const address = project.use.baseURL ?? '';
      const running = await start(kind, program, playwright.chromium, address);
      await use(running);
      await running.close();
    },
    { scope: 'worker' },
  ],
  tab: async ({ running }, use) => {
    const tab = await running.tab();
    await use(tab);
    const complaints = await tab.complaints();
    await tab.close();
    expect(complaints, 'the console').toEqual([]);
  },
});
export { expect };

function start(kind: Kind, program: string, chromium: BrowserType, address: string): Promise<Program> {
  switch (kind) {
    case 'chromium':
      return byPlaywright(chromium, program, address);
    case 'firefox':
      return byBidi(program, address);
    case 'webkit':
      return byWebDriver(program, address);
  }
}

/// Waits for an element's text.
export const text = (tab: Tab, selector: string) =>
  expect.poll(() => tab.run((of) => document.querySelector(of)?.textContent ?? '', selector), {
    message: selector,
  });

/// Waits for a number of elements, seen or not.
export const count = (tab: Tab, selector: string) =>
  expect.poll(() => tab.run((of) => document.querySelectorAll(of).length, selector), { message: selector });

/// Waits until an element is seen, or is not.
export const seen = (tab: Tab, selector: string) =>
  expect.poll(() => tab.run((of) => document.querySelector(of)?.checkVisibility() ?? false, selector), {
    message: selector,
  });

/// Waits for the address.
export const address = (tab: Tab) => expect.poll(() => tab.run(() => location.href, null));
