// The worker as the page sees it: asked for answers, told what to do; started when it is first needed, so
// that until then nothing is compiled.
import type { KeeperNews } from './kept/keeper';
import type { Command, File, Request, Response, Words } from './protocol';
import { reason } from './reason';
import { buffers, type Inbound, type Outbound, type RunEvent } from './wire';

type Answer<T extends Response['type']> = Extract<Response, { type: T }>;

/// What a record was opened as, or why it was not.
export type Opened = Extract<
  Response,
  { type: 'opened' | 'configured' | 'watched' | 'sweep' | 'fork' | 'refused' }
>;

const isOpened = (response: Response): response is Opened =>
  ['opened', 'configured', 'watched', 'sweep', 'fork', 'refused'].includes(response.type);

type Handlers = {
  /// The programs are being loaded.
  started(): void;
  /// What the trainer tells of its newest run.
  event(event: RunEvent): void;
  /// What was kept of a run, or could not be.
  keeper(news: KeeperNews): void;
  /// A program can't be had, or can't go on.
  failed(words: Words): void;
};

/// What a worker is to the client; tests give one of their own.
export type Port = Pick<Worker, 'postMessage' | 'onmessage' | 'onerror'>;

const unloadable = (message: string, advice = 'Reload it in a current browser.'): Words => ({
  what: `The training program could not be loaded: ${message}`,
  meaning: 'Nothing can be trained in this page; the stored runs stay.',
  advice,
});

const FRAMED = 'Where this page is a frame of another one, open it by itself: frames may be kept from it.';

export class Client {
  private worker: Port | undefined;
  private handlers: Handlers | undefined;
  private readonly waiting = new Map<number, (response: Response) => void>();
  private asked = 0;
  private newest = 0;

  constructor(private readonly make: () => Port) {}

  listen(handlers: Handlers) {
    this.handlers = handlers;
  }

  get isStarted() {
    return this.worker !== undefined;
  }

  /// Loads the programs, once.
  start(): Port {
    if (this.worker) return this.worker;
    const worker = this.made();
    this.worker = worker;
    worker.onmessage = (message: MessageEvent<Outbound>) => this.take(message.data);
    worker.onerror = (error) => this.handlers?.failed(unloadable(error.message));
    this.handlers?.started();
    return worker;
  }

  /// A worker, or what stands there where the browser lets the page have none, as in a sandboxed frame.
  private made(): Port {
    try {
      return this.make();
    } catch (error) {
      // Told once whoever asks has gone on: what is asked of it stays unanswered, as where it does not load.
      setTimeout(() => this.handlers?.failed(unloadable(reason(error), FRAMED)));
      return { postMessage: () => undefined, onmessage: null, onerror: null };
    }
  }

  /// Asks the analyst. The promise fails, in words, where the answer is not of the type wanted; it stays open
  /// where the analyst can't be loaded, which `failed` tells.
  async ask<T extends Response['type']>(type: T, request: Request): Promise<Answer<T>> {
    const response = await this.answer(request);
    if (response.type === type) return response as Answer<T>;
    if (response.type === 'refused') throw new Error(response.reason);
    throw new Error(response.type === 'failed' ? response.what : `the answer is a ${response.type}`);
  }

  /// Has a record opened; what it is only the answer says. Fails as [`ask`] does, but for a refusal.
  async open(file: File): Promise<Opened> {
    const response = await this.answer({ type: 'open', file });
    if (isOpened(response)) return response;
    throw new Error(response.type === 'failed' ? response.what : `the answer is a ${response.type}`);
  }

  /// Tells the trainer what to do.
  command(command: Command) {
    this.post({ to: 'trainer', command });
  }

  /// Has it tried again to keep what could not be kept.
  retryKeeping() {
    this.post({ to: 'keeper' });
  }

  private answer(request: Request): Promise<Response> {
    const id = ++this.asked;
    return new Promise<Response>((resolve) => {
      this.waiting.set(id, resolve);
      this.post({ to: 'analyst', id, request });
    });
  }

  private post(message: Inbound) {
    this.start().postMessage(message, buffers(message));
  }

  private take(message: Outbound) {
    switch (message.from) {
      case 'analyst': {
        const resolve = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        resolve?.(message.response);
        break;
      }
      case 'trainer':
        // A run that is not the newest says nothing.
        if (message.run !== null && message.run < this.newest) return;
        this.newest = Math.max(this.newest, message.run ?? 0);
        this.handlers?.event(message.event);
        break;
      case 'keeper':
        this.handlers?.keeper(message.news);
        break;
      case 'worker':
        this.handlers?.failed(message.failure);
        break;
    }
  }
}
