// The worker, started when it is first needed: until then nothing is compiled.
import type { Command, Event } from './protocol';

type Handlers = { event(event: Event): void; failed(message: string): void; started(): void };

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
    worker.onmessage = (message: MessageEvent<Event>) => handlers?.event(message.data);
    worker.onerror = (error) => handlers?.failed(error.message);
    worker.postMessage('hello' satisfies Command);
    handlers?.started();
  }
  return worker;
}

export function send(command: Command) {
  start().postMessage(command);
}
