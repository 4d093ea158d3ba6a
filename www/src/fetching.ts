// What is fetched: within a time, and with a word where it does not come. Nothing else in the page fetches.
import { reason } from './reason';

/// How long a server may send nothing, in milliseconds.
const SILENCE = 20_000;

/// The words of what the browser says when there is no answer at all, for it does not say why.
const UNREACHABLE = 'the server could not be reached';

/// What is made of a file while it comes.
export type Watch = {
  /// Gives it up.
  signal?: AbortSignal;
  /// So many more bytes are there.
  took?(bytes: number): void;
};

/// A file's content. Fails in words where the server refuses it, sends a page in its stead, or sends nothing
/// for so many milliseconds, and where it is given up; a slow answer that goes on coming is waited for.
export async function fetched(
  address: string,
  silence = SILENCE,
  { signal, took }: Watch = {},
): Promise<Blob> {
  const name = address.slice(address.lastIndexOf('/') + 1);
  const control = new AbortController();
  const giveUp = () => control.abort();
  signal?.addEventListener('abort', giveUp);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => control.abort(), silence);
  };
  try {
    signal?.throwIfAborted();
    wait();
    const answer = await fetch(address, { signal: control.signal });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim());
    if (/^text\/html/i.test(answer.headers.get('content-type') ?? '')) {
      throw new Error('the server sent a page of HTML instead');
    }
    const parts: BlobPart[] = [];
    const reader = answer.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      took?.(part.value.length);
      wait();
    }
    return new Blob(parts);
  } catch (error) {
    const seconds = `nothing came for ${silence / 1000} seconds`;
    const words = control.signal.aborted ? seconds : error instanceof TypeError ? UNREACHABLE : '';
    const why = signal?.aborted ? 'given up' : words || reason(error);
    throw new Error(`${name}: ${why}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
