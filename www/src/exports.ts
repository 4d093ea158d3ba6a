// The results of this machine's run, asked of the trainer: who asks has a number, and the answer has it too.
import type { Client } from './client';
import type { Export, Format, Response } from './protocol';

/// Results as a file, as the analyst has made it.
export type Exported = Extract<Response, { type: 'results' }>;

type Waiting = { resolve(exported: Exported): void; reject(why: Error): void };

const GONE = 'another run was begun before, or its own could not be';

export class Exports {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(private readonly client: Pick<Client, 'command'>) {}

  /// Everything measured when the answer is made. There must be a run. Fails in words where another is begun
  /// before.
  ask(format: Format): Promise<Exported> {
    const number = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.client.command({ type: 'export', format, number });
    });
  }

  /// Takes an answer.
  take(answer: Exported & Export) {
    this.end(answer.number)?.resolve(answer);
  }

  /// Takes it that there is none.
  refuse(number: number) {
    this.end(number)?.reject(new Error(GONE));
  }

  private end(number: number) {
    const answer = this.waiting.get(number);
    this.waiting.delete(number);
    return answer;
  }
}
