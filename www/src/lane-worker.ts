// A lane worker: a worker with the training program, which trains the lanes that the trainer's worker gives
// it.

import { reason } from './reason';
import { buffersOf } from './transfer';
import init, { LaneWorker } from './wasm/trainer.js';

// Just what is used of the worker's global scope.
type LaneWorkerScope = {
  postMessage(message: object, transfer?: ArrayBuffer[]): void;
  onmessage: ((message: MessageEvent) => void) | null;
};
const scope = self as unknown as LaneWorkerScope;

function serve() {
  const worker = new LaneWorker();
  scope.onmessage = (message: MessageEvent<object>) => {
    try {
      const answer: object = worker.take(message.data);
      scope.postMessage({ Answer: answer }, buffersOf(answer));
    } catch (error) {
      scope.postMessage({ Gone: reason(error) });
    }
  };
  scope.postMessage({ ready: true });
}

// The first message has the program; the requests come after it is there.
scope.onmessage = (message: MessageEvent<WebAssembly.Module>) =>
  void init({ module_or_path: message.data }).then(serve, (error: unknown) =>
    scope.postMessage({ Gone: reason(error) }),
  );
