// The worker, started when it is first needed: until then nothing is compiled. The analyst is asked and answers; the
// trainer is told and tells.
import type { Command, Request, Response, Words } from './protocol';
import { buffers, type Inbound, type Outbound, type RunEvent } from './wire';

type Handlers = {
  /// What the trainer tells, never of a run before the newest.
  event(event: RunEvent): void;
  failed(failure: Words): void;
  started(): void;
};

let worker: Worker | undefined;
let handlers: Handlers | undefined;
/// The newest run's number.
let newest = 0;
let asked = 0;
const waiting = new Map<number, (response: Response) => void>();

export function listen(to: Handlers) {
  handlers = to;
}

export const isStarted = () => worker !== undefined;

function take(message: Outbound) {
  switch (message.from) {
    case 'analyst':
      waiting.get(message.id)?.(message.response);
      waiting.delete(message.id);
      break;
    case 'trainer':
      if (message.run !== null && message.run < newest) return;
      newest = message.run ?? newest;
      handlers?.event(message.event);
      break;
    case 'worker':
      handlers?.failed(message.failure);
      break;
  }
}

/// Loads the worker with the analyst, once.
export function start(): Worker {
  if (!worker) {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = (message: MessageEvent<Outbound>) => take(message.data);
    worker.onerror = (error) =>
      handlers?.failed({
        what: `The training program could not be loaded: ${error.message}`,
        meaning: 'Nothing can be trained in this page; the stored runs stay.',
        advice: 'Reload it in a current browser.',
      });
    handlers?.started();
  }
  return worker;
}

const post = (message: Inbound) => start().postMessage(message, buffers(message));

/// Asks the analyst; a file's bytes go with the question.
export function ask(request: Request): Promise<Response> {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    post({ to: 'analyst', id, request });
  });
}

/// Tells the trainer; the files' bytes go with the command.
export function command(command: Command) {
  post({ to: 'trainer', command });
}
