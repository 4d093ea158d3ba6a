// Files in one ZIP file. The same files give the same bytes, whenever and wherever they are packed.
import { Zip, ZipDeflate } from 'fflate';
import type { TextFile } from './protocol';

/// The earliest time that a ZIP file can say, in whatever zone it is read: theirs does not tell one.
const always = () => new Date(1980, 0, 1);

/// Bytes packed in one turn.
const PIECE = 1 << 18;

/// Packs files in the order given. Between two pieces of work others are let in.
export async function zipped(
  files: TextFile[],
  breathe: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(new Uint8Array(part));
  });
  const encoder = new TextEncoder();
  for (const { name, text } of files) {
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = always();
    zip.add(file);
    const bytes = encoder.encode(text);
    let at = 0;
    while (at + PIECE < bytes.length) {
      file.push(bytes.subarray(at, at + PIECE));
      at += PIECE;
      await breathe();
    }
    file.push(bytes.subarray(at), true);
  }
  zip.end();
  return parts;
}
