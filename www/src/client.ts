// The worker, started when it is first needed: until then nothing is compiled.
import type { Command, Event, Request, Response } from './protocol';

/// What the page asks.
export type Message = Exclude<Request, { measured: unknown }> | Exclude<Command, { run: unknown }>;
/// What it is told.
export type News = Exclude<Response, { type: 'usable' }> | Exclude<Event, { type: 'measured' }>;

type Handlers = { news(news: News): void; failed(message: string): void; started(): void };

let worker: Worker | undefined;
let handlers: Handlers | undefined;

export function listen(to: Handlers) {
  handlers = to;
}

export const isStarted = () => worker !== undefined;

/// Loads the training program, once.
export function start(): Worker {
  if (!worker) {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = (message: MessageEvent<News>) => handlers?.news(message.data);
    worker.onerror = (error) => handlers?.failed(error.message);
    worker.postMessage('hello' satisfies Message);
    handlers?.started();
  }
  return worker;
}

export function send(message: Message) {
  start().postMessage(message);
}
