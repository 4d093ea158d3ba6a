// The worker: passes what the page asks to the analyst or the trainer, what one has for the other between them, and the rest
// back.

import type { Message, News } from './client';
import type { Command, Event, Request, Response } from './protocol';
import { reason } from './reason';
import { fetched } from './unpack';
import initAnalyst, { Analyst } from './wasm/analyst.js';
import analyst from './wasm/analyst_bg.wasm.gz?url';
import initTrainer, { Trainer } from './wasm/trainer.js';
import trainer from './wasm/trainer_bg.wasm.gz?url';

// Just what is used of the worker's global scope and of WebGPU.
type AdapterText = {
  vendor?: string;
  architecture?: string;
  description?: string;
  device?: string;
  isFallbackAdapter?: boolean;
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
    `Snapshot after the connection, then ${then}.`,
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
/// Everything that the analyst is asked; the rest is for the trainer.
const REQUESTS: Record<NameOf<Request>, true> = {
  hello: true,
  check: true,
  run: true,
  open: true,
  convert: true,
  measured: true,
  write_link: true,
  read_link: true,
};
const nameOf = (message: Message) => (typeof message === 'string' ? message : Object.keys(message)[0]);
const isRequest = (message: Message): message is Extract<Message, Request> => nameOf(message) in REQUESTS;

let trainerProgram: Promise<Trainer> | undefined;

/// The trainer, loaded when it is first needed.
async function load(ask: (question: Request) => void): Promise<Trainer> {
  await initTrainer({ module_or_path: fetched(trainer) });
  const tell = (event: Event) => {
    if (event.type === 'measured') ask({ measured: event });
    else post(event);
  };
  const loaded = new Trainer(tell, breathe);
  loaded.name_adapter(...(await adapter().catch((): [string, boolean] => ['', false])));
  return loaded;
}

/// Serves the page with both programs.
function serve() {
  const answered = (answer: Response) => {
    if (answer.type === 'usable') command({ run: answer });
    else post(answer);
  };
  const analystProgram = new Analyst(answered);
  const ask = (question: Request) => guarded(() => analystProgram.handle(question));
  const command = (command: Command) => {
    trainerProgram ??= load(ask);
    const mine = trainerProgram;
    mine.then(
      (trainer) => guarded(() => trainer.handle(command)),
      (error) => {
        if (trainerProgram !== mine) return;
        // Said once; the next command asks for it again.
        trainerProgram = undefined;
        missing(error, 'press Run again');
      },
    );
  };
  const handle = (message: Message) => (isRequest(message) ? ask(message) : command(message));
  self.addEventListener('error', (event) => stopped(event.message));
  self.addEventListener('unhandledrejection', (event) => stopped(event.reason));
  waiting.forEach(handle);
  scope.onmessage = (message) => handle(message.data);
}

initAnalyst({ module_or_path: fetched(analyst) }).then(serve, (error) => missing(error, 'reload the page'));
