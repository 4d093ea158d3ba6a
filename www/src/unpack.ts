// Files that come as gzip, unpacked by the browser: the wasm reads plain bytes.

/// The most bytes a file may unpack to.
const LARGEST = 1 << 30;

const isPacked = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/// The bytes as they are, or what their gzip stream holds. Fails in words on a damaged stream and on one that never ends.
export async function unpack(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!isPacked(bytes)) return bytes;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
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

/// A file as the worker takes it.
export async function plain(file: { name: string; bytes: Uint8Array }) {
  return { name: file.name, bytes: await unpack(file.name, file.bytes as Uint8Array<ArrayBuffer>) };
}

/// What lies packed beside the page.
export async function fetched(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(address);
  const name = address.slice(address.lastIndexOf('/') + 1);
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  // Some hosts say that the file is packed, and the browser has unpacked it.
  return unpack(name, new Uint8Array(await answer.arrayBuffer()));
}
