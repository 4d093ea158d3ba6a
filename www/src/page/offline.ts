// The page's side of the service worker (service-worker.ts): it is installed once there is something to see,
// and a newer version is told of, never put in place of this one while it is open.
import { get, put } from '../dom';
import type { Asked, Told } from '../service-worker';

/// What a newer version is looked for after, in milliseconds, when the reader comes back to an open page.
const WHILE = 3_600_000;
/// How long a service worker may take to answer or to take over, in milliseconds: reading all files that it
/// keeps may take a phone a while.
const PATIENCE = 60_000;

/// The digest of this page's build (www/offline.ts); the development server's has none.
const build = document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content;

const after = (milliseconds: number) => new Promise<undefined>((done) => setTimeout(done, milliseconds));

/// Waits until the browser has nothing more urgent to do.
const idle = () =>
  new Promise<void>((done) => {
    const later = () =>
      'requestIdleCallback' in globalThis ? requestIdleCallback(() => done(), { timeout: 5_000 }) : done();
    // Safari knows no idle moments: a second after the last of the first view's requests has to do.
    const loaded = () => setTimeout(later, 1_000);
    if (document.readyState === 'complete') loaded();
    else addEventListener('load', loaded, { once: true });
  });

const savesData = () => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

const REFUSED = 'Not kept for use offline: this browser does not let the page be kept.';

const say = (state: string, words: string) => {
  document.documentElement.dataset['offline'] = state;
  put(get('offline-badge'), words);
};

/// What a service worker tells of its build, if it answers.
function ask(worker: ServiceWorker, mine: string): Promise<Told | undefined> {
  const { port1, port2 } = new MessageChannel();
  const told = new Promise<Told>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<Told>) => resolve(data);
  });
  const asked: Asked = { ask: 'build', build: mine, state: worker.state };
  worker.postMessage(asked, [port2]);
  return Promise.race([told, after(PATIENCE)]);
}

export class Offline {
  private registration: ServiceWorkerRegistration | undefined;
  private looked = Date.now();
  /// Other builds that the reader has been told of.
  private readonly known = new Set<string>();

  constructor(private readonly notify: (...lines: string[]) => void) {}

  /// Holds this build's files while the page is open: the service worker lets go of what nobody holds.
  hold() {
    if (!build) return;
    const name = `metacls-page ${new URL('./', location.href).pathname} ${build}`;
    // Refused in a sandboxed frame, which has no service worker either.
    navigator.locks
      ?.request(name, { mode: 'shared' }, () => new Promise(() => undefined))
      .catch(() => undefined);
  }

  /// Has this page kept for when there is no network, and looks for a newer version. Where browsers have no
  /// service workers or forbid them, the page says so and is as it would be without.
  async begin() {
    if (!build) return;
    if (!('locks' in navigator)) return say('refused', REFUSED);
    if (savesData()) return say('saving data', 'Not kept for use offline: this browser saves data.');
    await idle();
    try {
      const container = navigator.serviceWorker;
      container.addEventListener('controllerchange', () => {
        this.follow(container.controller);
        this.meet(container.controller, true);
      });
      const registration = await container.register('./service-worker.js', {
        scope: './',
        updateViaCache: 'none',
      });
      this.registration = registration;
      registration.addEventListener('updatefound', () => this.follow(registration.installing));
      for (const worker of [registration.installing, registration.waiting]) this.follow(worker);
      for (const worker of [registration.waiting, registration.active]) this.meet(worker);
      document.addEventListener('visibilitychange', () => this.look(registration));
    } catch {
      say('refused', REFUSED);
    }
  }

  /// Shows the newer version, as the reader wishes.
  async reload() {
    const waiting = this.registration?.waiting;
    if (waiting) {
      const changed = new Promise((done) => {
        navigator.serviceWorker.addEventListener('controllerchange', done, { once: true });
      });
      const asked: Asked = { ask: 'take over' };
      waiting.postMessage(asked);
      await Promise.race([changed, after(3_000)]);
    }
    location.reload();
  }

  private follow(worker: ServiceWorker | null) {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' || worker.state === 'activated') this.meet(worker);
    });
  }

  /// Asks a service worker which build it is of. What waits, or has come to power while this page was open,
  /// is newer if it is another's.
  private async meet(worker: ServiceWorker | null, isNew = worker?.state === 'installed') {
    if (!worker || !build) return;
    const told = await ask(worker, build);
    if (!told) return;
    if (told.build === build) {
      if (!told.isWhole) return;
      return say('ready', `Works offline: ${(told.bytes / 1e6).toFixed(1)} MB are kept in this browser.`);
    }
    if (!isNew || this.known.has(told.build)) return;
    this.known.add(told.build);
    this.notify(
      'A newer version of this page is there: reload to have it.',
      'Until then this one goes on as it is. No run is interrupted.',
    );
  }

  /// The reader is back: what has waited may have its turn by now, and an hour may have brought something.
  private look(registration: ServiceWorkerRegistration) {
    if (document.visibilityState !== 'visible') return;
    this.meet(registration.waiting);
    if (Date.now() - this.looked < WHILE) return;
    this.looked = Date.now();
    registration.update().catch(() => undefined);
  }
}
