// The worker: passes requests to the analyst and commands to the trainer, what the trainer measured to the
// analyst, and what they say back to the page.

import { adapterOf, type Gpu, rest } from './adapter';
import { Keeper } from './kept/keeper';
import { LaneWorkers, wanted } from './lane-workers';
import type { Command, Event } from './protocol';
import { reason } from './reason';
import { recalled, remember } from './tuning';
import { unpacked } from './unpack';
import initAnalyst, { Analyst } from './wasm/analyst.js';
import analyst from './wasm/analyst_bg.wasm.gz?url';
import initTrainer, { Trainer } from './wasm/trainer.js';
import trainer from './wasm/trainer_bg.wasm.gz?url';
import type { Inbound, Made, Outbound } from './wire';

// Just what is used of the worker's global scope.
type WorkerScope = {
  postMessage(message: Outbound): void;
  onmessage: ((message: MessageEvent<Inbound>) => void) | null;
  navigator: { gpu?: Gpu; hardwareConcurrency?: number; deviceMemory?: number };
};
const scope = self as unknown as WorkerScope;

const post = (message: Outbound) => scope.postMessage(message);

const fail = (what: string, meaning: string, advice: string) =>
  post({ from: 'worker', failure: { what, meaning, advice } });

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

// Lets messages in: a task of its own on the event loop, which timers would delay by milliseconds. Two runs
// may wait at a time, of which one was replaced: each has its own turn.
const channel = new MessageChannel();
const turns: (() => void)[] = [];
channel.port1.onmessage = () => turns.shift()?.();
const breathe = () =>
  new Promise<void>((resolve) => {
    turns.push(resolve);
    channel.port2.postMessage(null);
  });

const waiting: Inbound[] = [];
scope.onmessage = (message) => waiting.push(message.data);

/// Does something with a program; what it throws is reported.
function guarded(work: () => void) {
  try {
    work();
  } catch (error) {
    stopped(error);
  }
}

const keeper = new Keeper((news) => post({ from: 'keeper', news }));

const startLaneWorker = () => new Worker(new URL('./lane-worker.ts', import.meta.url), { type: 'module' });

let trainerProgram: Promise<Trainer> | undefined;

/// The trainer, loaded when it is first needed.
async function load(of: Analyst): Promise<Trainer> {
  const module = await WebAssembly.compile(await unpacked(trainer));
  await initTrainer({ module_or_path: module });
  const { hardwareConcurrency, deviceMemory } = scope.navigator;
  // One program, compiled once, for all.
  const workers = new LaneWorkers(startLaneWorker, module, wanted(hardwareConcurrency, deviceMemory));
  const told = (run: number | null, event: Event) => {
    if (event.type === 'keep') return keeper.take(event);
    if (event.type !== 'measured') return post({ from: 'trainer', run, event });
    const said = of.measured(event) as Made;
    if (said.type !== 'results') return post({ from: 'trainer', run, event: said });
    // A file is made for who asked.
    if (event.export) post({ from: 'trainer', run, event: { ...said, ...event.export } });
  };
  return new Trainer({
    post: (run, event) => told(run ?? null, event),
    breathe,
    rest,
    adapter: async () => {
      const found = await adapterOf(scope.navigator.gpu);
      return { ...found, tuning: await recalled(found.name) };
    },
    remember: (name, tuning) => void remember(name, tuning),
    find: (again) => workers.find(again),
    send: (number, request) => workers.send(number, request),
  });
}

/// Serves the page with both programs.
function serve() {
  const analystProgram = new Analyst();
  const command = (command: Command) => {
    trainerProgram ??= load(analystProgram);
    const mine = trainerProgram;
    mine.then(
      (trainer) => guarded(() => trainer.handle(command)),
      (error: unknown) => {
        if (trainerProgram !== mine) return;
        // Said once; the next command asks for it again.
        trainerProgram = undefined;
        missing(error, 'press Run again');
      },
    );
  };
  const handle = (message: Inbound) => {
    if (message.to === 'trainer') return command(message.command);
    if (message.to === 'keeper') return keeper.retry();
    const { id, request } = message;
    guarded(() => post({ from: 'analyst', id, response: analystProgram.answer(request) }));
  };
  self.addEventListener('error', (event) => stopped(event.message));
  self.addEventListener('unhandledrejection', (event) => stopped(event.reason));
  waiting.forEach(handle);
  scope.onmessage = (message) => handle(message.data);
}

initAnalyst({ module_or_path: unpacked(analyst) }).then(serve, (error: unknown) =>
  missing(error, 'reload the page'),
);
