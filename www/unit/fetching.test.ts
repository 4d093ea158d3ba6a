import { afterEach, expect, test, vi } from 'vitest';
import { fetched } from '../src/fetching';

afterEach(() => vi.unstubAllGlobals());

/// The page's fetch answers so.
const answers = (answer: (signal: AbortSignal) => Promise<Response>) =>
  vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => answer(signal));

/// What never comes, until it is given up.
const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });

test('what comes is given whole', async () => {
  answers(async () => new Response('content', { headers: { 'content-type': 'application/gzip' } }));
  expect(await (await fetched('a/b.gz')).text()).toBe('content');
});

test('what does not come is said by name', async () => {
  answers(async () => new Response('', { status: 404, statusText: 'Not Found' }));
  await expect(fetched('a/b.gz')).rejects.toThrow('b.gz: 404 Not Found');
  answers(async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }));
  await expect(fetched('a/b.gz')).rejects.toThrow('b.gz: the server sent a page of HTML instead');
  answers(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(fetched('a/b.gz')).rejects.toThrow('b.gz: the server could not be reached');
});

test('a server that says nothing is not waited for', async () => {
  answers(never);
  await expect(fetched('a/b.gz', 30)).rejects.toThrow('b.gz: nothing came for 0.03 seconds');
});

test('a server that stops in the middle is not waited for', async () => {
  answers((signal) => {
    const body = new ReadableStream<Uint8Array>({
      start: (to) => {
        to.enqueue(new Uint8Array(3));
        signal.addEventListener('abort', () => to.error(new DOMException('aborted', 'AbortError')));
      },
    });
    return Promise.resolve(new Response(body));
  });
  await expect(fetched('a/b.gz', 30)).rejects.toThrow('nothing came');
});

test('a slow answer that goes on coming is waited for', async () => {
  answers(() => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: async (to) => {
        await new Promise((resolve) => setTimeout(resolve, 40));
        if (++sent > 4) to.close();
        else to.enqueue(new Uint8Array(2));
      },
    });
    return Promise.resolve(new Response(body));
  });
  expect((await fetched('a/b.gz', 100)).size).toBe(8);
});

test('it is said how much has come', async () => {
  answers(async () => new Response('content'));
  let bytes = 0;
  const took = (more: number) => {
    bytes += more;
  };
  await fetched('a/b.gz', 1000, { took });
  expect(bytes).toBe(7);
});

test('what is not wanted any more is given up', async () => {
  const control = new AbortController();
  answers(never);
  const coming = fetched('a/b.gz', 60_000, { signal: control.signal });
  control.abort();
  await expect(coming).rejects.toThrow('b.gz: given up');
  let asked = 0;
  answers(() => {
    asked++;
    return Promise.resolve(new Response('content'));
  });
  await expect(fetched('a/b.gz', 60_000, { signal: control.signal })).rejects.toThrow('given up');
  expect(asked).toBe(0);
});
