// The results of this machine's run, asked of the trainer: who asks has a number, and the answer has it too.
import type { Client } from './client';
import type { Export, Format, Response } from './protocol';

/// Results as a file, as the analyst has made it.
export type Exported = Extract<Response, { type: 'results' }>;

export class Exports {
  private readonly waiting = new Map<number, (exported: Exported) => void>();
  private last = 0;

  constructor(private readonly client: Pick<Client, 'command'>) {}

  /// Everything measured when the answer is made. There must be a run; where another is begun before, there
  /// is no answer.
  ask(format: Format): Promise<Exported> {
    const number = ++this.last;
    return new Promise((resolve) => {
      this.waiting.set(number, resolve);
      this.client.command({ type: 'export', format, number });
    });
  }

  /// Takes an answer.
  take(answer: Exported & Export) {
    this.waiting.get(answer.number)?.(answer);
    this.waiting.delete(answer.number);
  }
}
