// Where images come from: beside the page, kept in this browser, the reader's files, a public mirror.
import mnist from '../../src/data/mnist.sha256?raw';
import type { Message } from './legacy';
import type { Origin, File as Sent } from './protocol';
import { reason } from './reason';
import { plain } from './unpack';

/// MNIST's files as they are served and kept.
const NAMES = mnist
  .trim()
  .split('\n')
  .map((line) => `${line.split(/ +/)[1]}.gz`);

/// A public copy that allows reads from other pages, at a fixed revision. The worker verifies it by SHA-256.
export const MIRROR = {
  host: 'raw.githubusercontent.com',
  base: 'https://raw.githubusercontent.com/MohamedHesham02/MNIST_DCGAN_pytorch/5aa0ca760fd81c24dca9f3797c232ef57572dbf7/DCGAN/data/MNIST/raw/',
};

const CACHE = 'metacls-mnist-1';

type Use = (message: Message) => void;

/// Hands files to the worker, unpacked.
async function useFiles(use: Use, files: Sent[], origin: Origin) {
  use({ use_files: { files: await Promise.all(files.map(plain)), origin } });
}

function fetchAll(base: string): Promise<Sent[]> {
  return Promise.all(
    NAMES.map(async (name) => {
      const answer = await fetch(base + name);
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
      return { name, bytes: new Uint8Array(await answer.arrayBuffer()) };
    }),
  );
}

async function kept(): Promise<Sent[] | undefined> {
  if (!('caches' in globalThis)) return undefined;
  const cache = await caches.open(CACHE);
  const answers = await Promise.all(NAMES.map((name) => cache.match(`./kept/${name}`)));
  if (!answers.every((a) => a !== undefined)) return undefined;
  return Promise.all(
    answers.map(async (a, i) => ({ name: NAMES[i], bytes: new Uint8Array(await a.arrayBuffer()) })),
  );
}

let candidate: Sent[] | undefined;

/// Keeps the files last offered; called once the worker has verified them as MNIST.
export async function keep() {
  if (!candidate || !('caches' in globalThis)) return;
  const cache = await caches.open(CACHE);
  await Promise.all(
    candidate.map((f, i) => cache.put(`./kept/${NAMES[i] ?? f.name}`, new Response(f.bytes.slice().buffer))),
  );
  candidate = undefined;
}

/// The first source there is; digits where there is none.
export async function begin(use: Use) {
  try {
    const list = (await (await fetch('./mnist/files.json')).json()) as { files: string[] };
    if (list.files.length > 0) {
      await useFiles(use, await fetchAll('./mnist/'), 'served');
      return;
    }
  } catch {
    // Nothing is served beside the page: the next source is asked.
  }
  const held = await kept().catch(() => undefined);
  try {
    if (held) return await useFiles(use, held, 'kept');
  } catch {
    // What this browser kept is damaged: as if it were not there.
  }
  use('use_digits');
}

export async function offer(files: globalThis.File[], use: Use) {
  const sent = await Promise.all(
    files.map(async (f) => ({ name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) })),
  );
  // Only files that come under MNIST's own names can be kept under them.
  const order = NAMES.map((n) => sent.find((f) => f.name === n || `${f.name}.gz` === n));
  candidate = order.every((f) => f !== undefined) ? order : undefined;
  await useFiles(use, sent, 'dropped');
}

export async function fromMirror(use: Use) {
  const files = await fetchAll(MIRROR.base);
  candidate = files;
  await useFiles(use, files, 'mirror');
}

/// Takes images by file input, by drop, from the mirror, or back to the page's own digits.
export function listen(use: Use, open: (file: Sent) => void, refuse: (reason: string) => void) {
  const refused = (error: unknown) => refuse(reason(error));
  const files = document.getElementById('files') as HTMLInputElement;
  files.addEventListener('change', () => {
    if (files.files?.length) offer([...files.files], use).catch(refused);
  });
  document.getElementById('digits')?.addEventListener('click', () => use('use_digits'));
  const results = document.getElementById('open-results') as HTMLInputElement;
  results.addEventListener('change', async () => {
    const file = results.files?.[0];
    if (file) plain({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }).then(open, refused);
  });
  const mirror = document.getElementById('mirror') as HTMLButtonElement;
  mirror.textContent = `fetch MNIST (11 MB) from ${MIRROR.host}`;
  mirror.addEventListener('click', () => {
    mirror.disabled = true;
    fromMirror(use)
      .catch((error: unknown) => {
        refuse(`the mirror could not be read (${reason(error)})`);
      })
      .finally(() => (mirror.disabled = false));
  });
  document.addEventListener('dragover', (e) => {
    e.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', () => document.body.classList.remove('dropping'));
  document.addEventListener('drop', (e) => {
    e.preventDefault();
    document.body.classList.remove('dropping');
    if (e.dataTransfer?.files.length) offer([...e.dataTransfer.files], use).catch(refused);
  });
}
