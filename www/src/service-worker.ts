// The service worker: keeps one build of the page whole, so that it opens without a network.
//
// Builds never mix. Each has a cache of its own, and files under assets/ have names that change with their
// content: whichever build's cache a name is found in, it is the file that was asked for. A page holds a lock
// of its cache's name while it is open, and a cache goes only when nobody holds its lock. The document alone
// has one name in all builds: it comes from the network, or from this build's cache.

/// Written by www/offline.ts.
declare const OF_BUILD: { build: string; files: string[]; bytes: number };

/// What the page asks: to know this build, itself being of `build` (`state` is this program's, which can't be
/// sure of it); to have it take over from the one before, at the reader's wish.
export type Asked = { ask: 'build'; build: string; state: ServiceWorkerState } | { ask: 'take over' };
/// `isWhole`: every file is kept, and this program answers for the page that asked.
export type Told = { build: string; bytes: number; isWhole: boolean };

// Just what is used of the service worker's global scope, which TypeScript's library for pages lacks.
type Extendable = Event & { waitUntil(work: Promise<unknown>): void };
type Fetching = Extendable & { request: Request; respondWith(answer: Promise<Response>): void };
type Scope = {
  registration: ServiceWorkerRegistration;
  navigator: { locks: LockManager; connection?: { saveData?: boolean } };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', act: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', act: (event: Fetching) => void): void;
  addEventListener(type: 'message', act: (event: Extendable & MessageEvent<Asked>) => void): void;
};
const scope = self as unknown as Scope;

/// How long a document may take, in milliseconds, before the kept one is shown.
const PATIENCE = 3_000;

const { build, files, bytes } = OF_BUILD;
const root = new URL(scope.registration.scope);
/// An origin's caches and locks are shared by all that it serves: names have the folder in them, and its end.
const family = `metacls-page ${root.pathname} `;
const own = family + build;
const addressOf = (file: string) => new URL(file, root).href;

/// A file as one of the page's caches has it. A broken cache has nothing.
async function kept(address: string, ...names: string[]): Promise<Response | undefined> {
  try {
    for (const cacheName of names) {
      const found = await caches.match(address, { cacheName, ignoreVary: true });
      if (found) return found;
    }
  } catch {
    // The network is asked instead.
  }
  return undefined;
}

/// The page's caches, this build's first.
async function all(): Promise<string[]> {
  const names = await caches.keys().catch((): string[] => []);
  return [own, ...names.filter((name) => name.startsWith(family) && name !== own)];
}

/// A file of this build from the network. Fails where the host has another build by now.
async function fetched(file: string): Promise<Response> {
  const isDocument = file === '';
  const answer = await fetch(addressOf(file), {
    cache: isDocument ? 'no-cache' : 'default',
    priority: 'low',
  } as RequestInit);
  const isHtml = /^text\/html/i.test(answer.headers.get('content-type') ?? '');
  if (!answer.ok || isHtml !== isDocument) throw new Error(`${file}: ${answer.status}`);
  if (!isDocument) return answer;
  const text = await answer.text();
  if (!text.includes(build)) throw new Error('the document is of another build');
  // Made anew, for a browser refuses to show what it was led to by another address.
  const headers = new Headers(answer.headers);
  for (const name of ['content-encoding', 'content-length']) headers.delete(name);
  return new Response(text, { headers });
}

/// Keeps what is not kept yet, one file after the other, so that the page's own requests come first.
async function fill() {
  const cache = await caches.open(own);
  for (const file of files) {
    const address = addressOf(file);
    if (await kept(address, own)) continue;
    const earlier = file === '' ? undefined : await kept(address, ...(await all()));
    await cache.put(address, earlier ?? (await fetched(file)));
  }
}

async function install() {
  if (scope.navigator.connection?.saveData) throw new Error('the reader saves data');
  const isNew = !(await caches.has(own));
  try {
    await fill();
  } catch (error) {
    // The build before goes on; what is half kept takes no room.
    if (isNew) await caches.delete(own);
    throw error;
  }
}

/// The caches of builds that pages are open of.
async function inUse(): Promise<Set<string | undefined>> {
  const { held = [] } = await scope.navigator.locks.query();
  return new Set(held.map(({ name }) => name).filter((name) => name?.startsWith(family)));
}

/// Lets go of other builds that no page is open of. One about to take over has no page yet, and stays.
async function sweep() {
  const { waiting, installing } = scope.registration;
  if (waiting || installing) return;
  const used = await inUse();
  const names = (await all()).filter((name) => name !== own && !used.has(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}

/// A page of this build is there. It is answered for, with every file; or, while another build answers, this
/// one takes over if no page of another is open.
async function meet(state: ServiceWorkerState): Promise<boolean> {
  if (state === 'activated') {
    await scope.clients.claim();
    await fill();
    await sweep();
    return true;
  }
  const used = await inUse();
  used.delete(own);
  if (state === 'installed' && used.size === 0) void scope.skipWaiting();
  return false;
}

async function answered(asked: Asked, port: MessagePort | undefined) {
  if (asked.ask === 'take over') return scope.skipWaiting();
  const isWhole = asked.build === build && (await meet(asked.state).catch(() => false));
  port?.postMessage({ build, bytes, isWhole } satisfies Told);
}

/// An answer with its body at hand.
async function whole(coming: Promise<Response>): Promise<Response> {
  const answer = await coming;
  await answer.clone().arrayBuffer();
  return answer;
}

/// The document as the host has it now. Where the network is slow, gone or in trouble: this build's.
async function documentFor(request: Request): Promise<Response> {
  // Asked for at once; a failure is met below, once it is known whether there is anything else.
  const fresh = whole(fetch(request, { cache: 'no-cache' }));
  fresh.catch(() => undefined);
  const old = await kept(addressOf(''), own);
  if (!old) return fresh;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(old), PATIENCE));
  return Promise.race([fresh.then((answer) => (answer.status < 500 ? answer : old)), late]).catch(() => old);
}

const assetFor = async (request: Request) => (await kept(request.url, ...(await all()))) ?? fetch(request);

/// Beside a page without a network there is no MNIST: images.ts keeps what it was served.
const listFor = (request: Request) => fetch(request).catch(() => Response.json({ files: [] }));

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim().then(sweep)));
scope.addEventListener('message', (event) => event.waitUntil(answered(event.data, event.ports[0])));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { href } = root;
  if (request.method !== 'GET' || !request.url.startsWith(href)) return;
  const path = request.url.slice(href.length).split(/[?#]/)[0] ?? '';
  if (request.mode === 'navigate') {
    // Whatever else lies in the folder is not this page's.
    if (path === '' || path === 'index.html') event.respondWith(documentFor(request));
  } else if (path.startsWith('assets/')) event.respondWith(assetFor(request));
  else if (path === 'mnist/files.json') event.respondWith(listFor(request));
});
