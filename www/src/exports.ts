// The results of this machine's run, asked of the trainer: each answer goes to all who asked for it.
import type { Client } from './client';
import type { Format, Response } from './protocol';

/// Results as a file, as the analyst has made it.
export type Exported = Extract<Response, { type: 'results' }>;

type Asked = {
  format: Format;
  answer: Promise<Exported>;
  resolve: (exported: Exported) => void;
};

export class Exports {
  /// What was asked and not answered yet, in its order. The trainer answers in it, and what it is asked twice
  /// before it comes to it once.
  private asked: Asked[] = [];

  constructor(private readonly client: Pick<Client, 'command'>) {}

  /// Everything measured when the answer is made. There must be a run; where another is begun before, there
  /// is no answer.
  ask(format: Format): Promise<Exported> {
    const same = this.asked.find((one) => one.format === format);
    if (same) return same.answer;
    let resolve: Asked['resolve'] = () => undefined;
    const answer = new Promise<Exported>((answered) => {
      resolve = answered;
    });
    this.asked.push({ format, answer, resolve });
    this.client.command({ type: 'export', format });
    return answer;
  }

  /// Takes an answer.
  take(exported: Exported) {
    this.asked.shift()?.resolve(exported);
  }

  /// Another run is asked for: the trainer forgets what it was asked of the one before.
  forget() {
    this.asked = [];
  }
}
