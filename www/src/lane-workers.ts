// Workers that train lanes side by side, each with a copy of the training program, as the trainer's worker
// has them: started when the CPU engine is first wanted, told by requests, given up when they fall silent.
import { reason } from './reason';
import { buffersOf } from './transfer';

/// What becomes of a request: what the worker answers, or why there is none any more (src/engine/spread.rs).
export type Reply = { Answer: unknown } | { Gone: string };

/// What a lane worker is here; tests give one of their own.
export type Port = Pick<Worker, 'postMessage' | 'onmessage' | 'onerror' | 'terminate'>;

/// Seconds after which a lane worker that owes an answer counts as gone: its work comes in pieces of a
/// twentieth of a second, and a browser tells nobody of a worker that it has ended.
export const PATIENCE = 30;
/// More do not help: then the trainer's own part of the work takes longest.
const MOST = 16;

/// How many are wanted of so many cores: all of two; of more all but one, which the page needs to answer the
/// reader. A computer of little memory (gigabytes, as the browser rounds them) gets two.
export function wanted(cores = 1, memory = 8): number {
  const most = memory < 4 ? 2 : MOST;
  return Math.min(cores > 2 ? cores - 1 : cores, most);
}

type LaneWorker = {
  port: Port;
  owed: ((reply: Reply) => void)[];
  timer: ReturnType<typeof setTimeout> | undefined;
};

export class LaneWorkers {
  private readonly alive = new Map<number, LaneWorker>();
  private starting: Promise<void> | undefined;
  private numbered = 0;

  constructor(
    private readonly make: () => Port,
    private readonly program: WebAssembly.Module,
    private readonly count: number,
    private readonly patience = PATIENCE,
  ) {}

  /// Those that are there; `again` starts as many as are missing first.
  async find(again: boolean): Promise<{ workers: number[]; wanted: number }> {
    const wanted = this.count > 1 ? this.count : 0;
    if (again && wanted > 0) {
      const missing = wanted - this.alive.size;
      this.starting ??= Promise.all(Array.from({ length: missing }, () => this.start())).then(() => {
        this.starting = undefined;
      });
      await this.starting;
    }
    return { workers: [...this.alive.keys()], wanted };
  }

  /// Sends a request. The reply never fails: a lane worker that does is gone.
  send(number: number, request: object): Promise<Reply> {
    const worker = this.alive.get(number);
    if (!worker) return Promise.resolve({ Gone: 'it stopped before' });
    return new Promise((resolve) => {
      worker.owed.push(resolve);
      if (worker.owed.length === 1) this.wait(number, worker);
      try {
        worker.port.postMessage(request, buffersOf(request));
      } catch (error) {
        this.giveUp(number, reason(error));
      }
    });
  }

  /// Starts one; it counts once it is ready.
  private async start() {
    const number = ++this.numbered;
    let port: Port;
    try {
      port = this.make();
    } catch {
      // A browser may allow none here.
      return;
    }
    const worker: LaneWorker = { port, owed: [], timer: undefined };
    const ready = new Promise<Reply>((resolve) => worker.owed.push(resolve));
    this.alive.set(number, worker);
    port.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ('Gone' in data) return this.giveUp(number, data.Gone);
      clearTimeout(worker.timer);
      worker.owed.shift()?.(data);
      if (worker.owed.length > 0) this.wait(number, worker);
    };
    port.onerror = (event) => {
      event.preventDefault();
      this.giveUp(number, event.message || 'its program can not be had');
    };
    this.wait(number, worker);
    try {
      port.postMessage(this.program);
    } catch (error) {
      this.giveUp(number, reason(error));
    }
    await ready;
  }

  private wait(number: number, worker: LaneWorker) {
    clearTimeout(worker.timer);
    worker.timer = setTimeout(
      () => this.giveUp(number, `it has not answered for ${this.patience} seconds`),
      this.patience * 1000,
    );
  }

  private giveUp(number: number, why: string) {
    const worker = this.alive.get(number);
    if (!worker) return;
    this.alive.delete(number);
    clearTimeout(worker.timer);
    worker.port.terminate();
    for (const resolve of worker.owed) resolve({ Gone: why });
  }
}
