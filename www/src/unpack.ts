// Files that come as gzip, unpacked by the browser: the wasm reads plain bytes.

/// The most bytes a file may unpack to.
const LARGEST = 1 << 30;

const startsPacked = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/// A file's bytes as they are, or what their gzip stream holds. Fails in words on a damaged stream and on one
/// that never ends.
export async function unpack(name: string, file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const isPacked = startsPacked(new Uint8Array(await file.slice(0, 2).arrayBuffer()));
  if (!isPacked) return new Uint8Array(await file.arrayBuffer());
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > LARGEST) throw new Error(`it unpacks to more than the ${LARGEST} bytes that are read`);
      parts.push(part.value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    const reason =
      error instanceof Error && error.message ? error.message : 'the stream is cut short or changed';
    throw new Error(`${name}: the gzip data is damaged (${reason})`, { cause: error });
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/// What lies packed beside the page.
export async function fetched(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(address);
  const name = address.slice(address.lastIndexOf('/') + 1);
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  // Some hosts say that the file is packed, and the browser has unpacked it.
  return unpack(name, await answer.blob());
}
