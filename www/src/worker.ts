// The worker: passes what the page asks to the desk or the bench, what one has for the other between them, and the rest
// back.
import initBench, { Bench } from './wasm/bench.js';
import initDesk, { Desk } from './wasm/desk.js';
import desk from './wasm/desk_bg.wasm.gz?url';
import bench from './wasm/bench_bg.wasm.gz?url';
import type { Message, News } from './client';
import type { Answer, Command, Event, Question } from './protocol';
import { reason } from './reason';
import { fetched } from './unpack';

// Just what is used of the worker's global scope and of WebGPU.
type AdapterText = {
  vendor?: string; architecture?: string; description?: string; device?: string; isFallbackAdapter?: boolean;
};
type WorkerScope = {
  postMessage(news: News): void;
  onmessage: ((message: MessageEvent<Message>) => void) | null;
  navigator: { gpu?: { requestAdapter(options?: object): Promise<{ info: AdapterText } | null> } };
};
const scope = self as unknown as WorkerScope;

const post = (news: News) => scope.postMessage(news);

function fail(what: string, meaning: string, advice: string) {
  post({ type: 'state', state: 'failed', words: what });
  post({ type: 'failed', what, meaning, advice });
}

const stopped = (error: unknown) =>
  fail(
    `The training program stopped: ${reason(error)}`,
    'Nothing more can be trained in this page; charts and what was exported stay.',
    'Reload the page. If it happens again, use a current browser.',
  );

const missing = (error: unknown, then: string) =>
  fail(
    `The training program could not be loaded: ${reason(error)}`,
    'Nothing can be trained until it is there; stored runs and charts stay.',
    `Look after the connection, then ${then}.`,
  );

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

const waiting: Message[] = [];
scope.onmessage = (message) => waiting.push(message.data);

/// Does something with a program; what it throws is told.
function guarded(work: () => void) {
  try {
    work();
  } catch (error) {
    stopped(error);
  }
}

type NameOf<T> = T extends string ? T : keyof T;
/// Everything that the desk is asked; the rest is for the bench.
const QUESTIONS: Record<NameOf<Question>, true> = {
  hello: true, check: true, run: true, open: true, convert: true, measured: true, write_link: true, read_link: true,
};
const nameOf = (message: Message) => (typeof message === 'string' ? message : Object.keys(message)[0]);
const isQuestion = (message: Message): message is Extract<Message, Question> => nameOf(message) in QUESTIONS;

let atBench: Promise<Bench> | undefined;

/// The bench, loaded when it is first needed.
async function load(ask: (question: Question) => void): Promise<Bench> {
  await initBench({ module_or_path: fetched(bench) });
  const tell = (event: Event) => {
    if (event.type === 'measured') ask({ measured: event });
    else post(event);
  };
  const loaded = new Bench(tell, breathe);
  loaded.name_adapter(...(await adapter().catch((): [string, boolean] => ['', false])));
  return loaded;
}

/// Serves the page with both programs.
function serve() {
  const answered = (answer: Answer) => {
    if (answer.type === 'usable') command({ run: answer });
    else post(answer);
  };
  const atDesk = new Desk(answered);
  const ask = (question: Question) => guarded(() => atDesk.handle(question));
  const command = (command: Command) => {
    const mine = (atBench ??= load(ask));
    mine.then(
      (bench) => guarded(() => bench.handle(command)),
      (error) => {
        if (atBench !== mine) return;
        // Said once; the next command asks for it again.
        atBench = undefined;
        missing(error, 'press Run again');
      },
    );
  };
  const handle = (message: Message) => (isQuestion(message) ? ask(message) : command(message));
  self.addEventListener('error', (event) => stopped(event.message));
  self.addEventListener('unhandledrejection', (event) => stopped(event.reason));
  waiting.forEach(handle);
  scope.onmessage = (message) => handle(message.data);
}

initDesk({ module_or_path: fetched(desk) }).then(serve, (error) => missing(error, 'reload the page'));
