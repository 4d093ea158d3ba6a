// What lies packed beside the page, unpacked by the browser: before there is any wasm that could do it. What
// a reader gives is unpacked in Rust (src/formats/gzip.rs), for the browser reads less than people have.
import { fetched } from './fetching';

const startsPacked = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/// A file's bytes as they are, or what their gzip stream holds. Fails in words on a damaged stream.
export async function unpack(name: string, file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const isPacked = startsPacked(new Uint8Array(await file.slice(0, 2).arrayBuffer()));
  if (!isPacked) return new Uint8Array(await file.arrayBuffer());
  try {
    const plain = file.stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (error) {
    const reason =
      error instanceof Error && error.message ? error.message : 'the stream is cut short or changed';
    throw new Error(`${name}: the gzip data is damaged (${reason})`, { cause: error });
  }
}

/// A file beside the page, unpacked. Some hosts say that it is packed, and the browser has unpacked it.
export async function unpacked(address: string): Promise<Uint8Array<ArrayBuffer>> {
  return unpack(address.slice(address.lastIndexOf('/') + 1), await fetched(address));
}
