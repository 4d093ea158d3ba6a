// The ZIP file: what is in it, in which order, and that the same files give the same bytes.
import { strFromU8, unzipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import type { TextFile } from '../src/protocol';
import { zipped } from '../src/zip';

const breathe = () => Promise.resolve();

/// Longer than one piece, and hard to pack.
const long = Array.from({ length: 90_000 }, (_, i) => ((i * 2_654_435_761) % 1e9) / 1e9).join('\n');

const files: TextFile[] = [
  { name: 'run/b.md', text: 'Umlaute: äöü, 数\r\n' },
  { name: 'run/a.json', text: long },
  { name: 'run/empty.csv', text: '' },
];

const bytes = async (list: TextFile[]) => Buffer.concat(await zipped(list, breathe));

/// The names in the central directory, in their order.
function names(zip: Buffer): string[] {
  const found: string[] = [];
  let at = zip.readUInt32LE(zip.length - 6);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    found.push(zip.toString('utf8', at + 46, at + 46 + name!));
    at += 46 + name! + extra! + comment!;
  }
  return found;
}

test('holds the files in the order given', async () => {
  const zip = await bytes(files);
  expect(names(zip)).toEqual(files.map(({ name }) => name));
  const held = unzipSync(new Uint8Array(zip));
  for (const { name, text } of files) expect(strFromU8(held[name]!)).toBe(text);
  expect(zip.length).toBeLessThan(long.length);
});

test('is the same bytes at any time and in any zone', async () => {
  const first = await bytes(files);
  vi.stubEnv('TZ', 'Pacific/Auckland');
  vi.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z') });
  try {
    expect((await bytes(files)).equals(first)).toBe(true);
  } finally {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  }
  expect((await bytes([...files].reverse())).equals(first)).toBe(false);
});

test('others are let in while much is packed', async () => {
  let turns = 0;
  await zipped(files, async () => {
    await Promise.resolve();
    turns++;
  });
  expect(turns).toBe(Math.ceil(long.length / (1 << 18)) - 1);
});
