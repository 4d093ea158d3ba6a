// Firefox by WebDriver BiDi, the protocol that it speaks by itself. Of Selenium the connection alone is
// taken: the rest of it wants a driver beside the browser, which Debian has not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bidi, { type Index } from 'selenium-webdriver/bidi/index.js';
import { folderIn, saved } from './downloads';
import { KEYS } from './keys';
import { ended, line, started, unheard, until } from './processes';
import type { Program, Tab } from './tab';

// The types say that the module has the class; it is the class.
const Connection = bidi as unknown as typeof Index;

type Send = <R>(method: string, params: object) => Promise<R>;

/// What the browser answers.
type Answer = { type: 'success'; result: unknown } | { type: 'error'; error: string; message: string };

/// What a script gave, as the protocol tells it.
type Given = {
  type: 'success' | 'exception';
  result?: { type: string; value?: string; sharedId?: string };
  exceptionDetails?: { text: string };
};

type Entry = { level: string; text: string | null; source: { context?: string } };

export async function byBidi(program: string, address: string): Promise<Program> {
  const home = mkdtempSync(join(tmpdir(), 'metacls-firefox-'));
  const downloads = folderIn(home);
  const preferences = {
    'browser.download.folderList': 2,
    'browser.download.dir': downloads,
    'browser.download.alwaysOpenPanel': false,
    'browser.helperApps.neverAsk.saveToDisk': 'application/json,text/csv,image/svg+xml,image/png',
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.update.disabledForTesting': true,
    'toolkit.telemetry.server': '',
  };
  const written = Object.entries(preferences).map(([name, value]) => {
    return `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`;
  });
  writeFileSync(join(home, 'user.js'), written.join('\n'));
  const args = ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port', '0'];
  const browser = await started(program, args, { ...process.env, HOME: home });
  const [, server] = await line(browser, 2, /WebDriver BiDi listening on (ws:\S+)/);
  unheard(browser);
  const connection = new Connection(`${server}/session`);
  await connection.waitForConnection();
  const send: Send = async (method, params) => {
    const answer = (await connection.send({ method, params })) as Answer;
    if (answer.type === 'success') return answer.result as never;
    throw new Error(`${method}: ${answer.error}: ${answer.message}`);
  };
  await send('session.new', { capabilities: {} });
  await send('session.subscribe', { events: ['log.entryAdded'] });
  return {
    tab: () => tabOf(connection, send, address, downloads),
    close: async () => {
      await send('browser.close', {}).catch(() => undefined);
      await ended(browser);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/// Where a press on an element falls, once there is one that can be pressed: it is brought into sight first,
/// and what lies over it would be pressed instead.
function middle(selector: string) {
  const found = document.querySelector<HTMLButtonElement>(selector);
  if (!found?.checkVisibility() || found.disabled) return null;
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, width, height } = found.getBoundingClientRect();
  const [x, y] = [Math.floor(left + width / 2), Math.floor(top + height / 2)];
  const hit = document.elementFromPoint(x, y);
  const isPressed = hit !== null && (found.contains(hit) || hit.contains(found));
  return isPressed ? { x, y } : null;
}

async function tabOf(connection: Index, send: Send, address: string, downloads: string): Promise<Tab> {
  const { userContext } = await send<{ userContext: string }>('browser.createUserContext', {});
  const { context } = await send<{ context: string }>('browsingContext.create', { type: 'tab', userContext });
  await send('browsingContext.setViewport', { context, viewport: { width: 1440, height: 900 } });
  const said: string[] = [];
  connection.on('log.entryAdded', ({ level, text, source }: Entry) => {
    if (source.context === context && ['error', 'warn'].includes(level)) said.push(`${level}: ${text}`);
  });
  const call = async (work: string, given: unknown, isElement = false) => {
    const answer = await send<Given>('script.callFunction', {
      functionDeclaration: work,
      awaitPromise: true,
      target: { context },
      arguments: [{ type: 'string', value: JSON.stringify(given) ?? 'null' }],
      userActivation: false,
    });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails?.text);
    return isElement ? answer.result?.sharedId : answer.result?.value;
  };
  const run: Tab['run'] = async (work, given) => {
    const text = await call(
      `async (given) => JSON.stringify((await (${work})(JSON.parse(given))) ?? null)`,
      given,
    );
    return JSON.parse(text ?? 'null');
  };
  const perform = (actions: object[]) => send<void>('input.performActions', { context, actions });
  return {
    run,
    open: (to) => {
      const url = new URL(to, address).href;
      return send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    leave: () => send('browsingContext.navigate', { context, url: 'about:blank', wait: 'complete' }),
    back: () => send('browsingContext.traverseHistory', { context, delta: -1 }),
    reload: () => send('browsingContext.reload', { context, wait: 'complete' }),
    press: async (selector) => {
      const { x, y } = await until(
        `a press on ${selector}`,
        async () => (await run(middle, selector)) ?? undefined,
      );
      const actions = [
        { type: 'pointerMove', x, y },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await perform([{ type: 'pointer', id: 'mouse', actions }]);
    },
    key: (name) => {
      const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value: KEYS[name] }));
      return perform([{ type: 'key', id: 'keyboard', actions }]);
    },
    give: async (selector, path) => {
      const sharedId = await call('(of) => document.querySelector(JSON.parse(of))', selector, true);
      await send('input.setFiles', { context, element: { sharedId }, files: [path] });
    },
    // What is being written has a second file beside it.
    saved: (deed) => saved(downloads, '.part', deed),
    complaints: async () => said,
    close: () => send('browser.removeUserContext', { userContext }),
  };
}
