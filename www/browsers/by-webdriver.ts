// WebKit as GNOME's browsers have it: WebKitWebDriver starts its MiniBrowser, which wants a screen.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builder, By, type WebDriver } from 'selenium-webdriver';
import { folderIn, saved } from './downloads';
import { KEYS } from './keys';
import { ended, line, started, unheard, until } from './processes';
import type { Program, Tab } from './tab';

/// A port that nobody has.
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/// A screen that nobody sees: its program says on another channel which number it got.
async function screen() {
  const args = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
  const child = await started('Xvfb', args);
  const [number] = await line(child, 3, /^\d+$/);
  unheard(child);
  return { child, name: `:${number}` };
}

export async function byWebDriver(driver: string, address: string): Promise<Program> {
  const home = mkdtempSync(join(tmpdir(), 'metacls-webkit-'));
  const downloads = folderIn(home);
  writeFileSync(join(home, 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const { child: shown, name } = await screen();
  const port = await freePort();
  const env = {
    ...process.env,
    DISPLAY: name,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    // Nothing of the machine's desktop, and no GPU.
    GDK_BACKEND: 'x11',
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
    NO_AT_BRIDGE: '1',
  };
  const serving = await started(driver, [`--port=${port}`, '--host=127.0.0.1'], env);
  unheard(serving);
  const server = `http://127.0.0.1:${port}`;
  await until('the WebDriver of WebKit', () => fetch(`${server}/status`).catch(() => undefined));
  return {
    tab: () => tabOf(server, address, downloads),
    close: async () => {
      await ended(serving);
      await ended(shown);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function tabOf(server: string, address: string, downloads: string): Promise<Tab> {
  const driver = await new Builder()
    .usingServer(server)
    .withCapabilities({ browserName: 'MiniBrowser' })
    .build();
  await driver.manage().setTimeouts({ script: 240_000, pageLoad: 60_000 });
  await driver.manage().window().setRect({ x: 0, y: 0, width: 1440, height: 900 });
  const find = (selector: string) => driver.findElement(By.css(selector));
  return {
    open: async (to) => {
      const wanted = new URL(to, address).href;
      await driver.get(wanted);
      await watch(driver);
    },
    leave: () => driver.get('about:blank'),
    back: () => driver.navigate().back(),
    reload: async () => {
      await driver.navigate().refresh();
      await watch(driver);
    },
    press: async (selector) => {
      await until(`a press on ${selector}`, () =>
        inPage(driver, ready, selector).then((is) => is || undefined),
      );
      await find(selector).click();
    },
    key: (name) => driver.actions().sendKeys(KEYS[name]).perform(),
    give: (selector, path) => find(selector).sendKeys(path),
    run: (work, given) => inPage(driver, work, given),
    saved: (deed) => saved(downloads, '.wkdownload', deed),
    complaints: () => inPage(driver, () => (window as unknown as { said?: string[] }).said ?? [], null),
    close: () => driver.quit(),
  };
}

/// Brings an element into sight, once there is one that can be pressed.
function ready(selector: string): boolean {
  const found = document.querySelector<HTMLButtonElement>(selector);
  if (!found?.checkVisibility() || found.disabled) return false;
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  return true;
}

/// This driver tells nothing of the console: what fails after the page has come is written down in the page.
const watch = (driver: WebDriver) =>
  inPage(
    driver,
    () => {
      const said: string[] = [];
      addEventListener('error', (e) => said.push(`page error: ${e.message}`));
      addEventListener('unhandledrejection', (e) => said.push(`unhandled: ${String(e.reason)}`));
      Object.assign(window, { said });
    },
    null,
  );

async function inPage<G, R>(driver: WebDriver, work: (given: G) => R | Promise<R>, given: G): Promise<R> {
  const answer = await driver.executeAsyncScript<{ is: R } | { failed: string }>(
    `const done = arguments[arguments.length - 1];
     Promise.resolve().then(() => (${work})(arguments[0]))
       .then((is) => done({ is: is === undefined ? null : is }),
          (error) => done({ failed: String(error) }));`,
    given,
  );
  if ('failed' in answer) throw new Error(answer.failed);
  return answer.is;
}
