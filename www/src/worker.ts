// The training worker: passes commands to the wasm and events back, and nothing else.
import init, { Session } from './wasm/metacls.js';
import type { Command, Event } from './protocol';

// Just what is used of the worker's global scope and of WebGPU.
type AdapterText = {
  vendor?: string; architecture?: string; description?: string; device?: string; isFallbackAdapter?: boolean;
};
type WorkerScope = {
  postMessage(event: Event): void;
  onmessage: ((message: MessageEvent<Command>) => void) | null;
  navigator: { gpu?: { requestAdapter(options?: object): Promise<{ info: AdapterText } | null> } };
};
const scope = self as unknown as WorkerScope;

const post = (event: Event) => scope.postMessage(event);

function fail(error: unknown) {
  const what = `The training program stopped: ${error instanceof Error ? error.message : String(error)}`;
  post({ type: 'state', state: 'failed', words: what });
  post({
    type: 'failed',
    what,
    meaning: 'Nothing more can be trained in this page; charts and what was exported stay.',
    advice: 'Reload the page. If it happens again, use a current browser.',
  });
}

// Lets messages in: a task of its own on the event loop, which timers would delay by milliseconds.
const channel = new MessageChannel();
let turned: (() => void) | undefined;
channel.port1.onmessage = () => turned?.();
const breathe = () =>
  new Promise<void>((resolve) => {
    turned = resolve;
    channel.port2.postMessage(null);
  });

/// The adapter's name, and whether it is a program on the CPU.
async function adapter(): Promise<[string, boolean]> {
  const adapter = await scope.navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  const info = adapter?.info;
  if (!info) return ['', false];
  const words = [info.vendor, info.architecture, info.description || info.device];
  const name = words.filter(Boolean).join(' ');
  return [name, info.isFallbackAdapter === true || /swiftshader|llvmpipe/i.test(name)];
}

const waiting: Command[] = [];
scope.onmessage = (message) => waiting.push(message.data);

try {
  await init();
  const session = new Session(post, breathe);
  session.name_adapter(...(await adapter().catch((): [string, boolean] => ['', false])));
  const handle = (command: Command) => {
    try {
      session.handle(command);
    } catch (error) {
      fail(error);
    }
  };
  self.addEventListener('error', (event) => fail(event.message));
  self.addEventListener('unhandledrejection', (event) => fail(event.reason));
  waiting.forEach(handle);
  scope.onmessage = (message) => handle(message.data);
} catch (error) {
  fail(error);
}
