// Files that a browser saves into a folder of its own.
import { mkdirSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './processes';

/// Makes the folder, in a browser's home.
export function folderIn(home: string): string {
  const folder = join(home, 'downloads');
  mkdirSync(folder);
  return folder;
}

/// The text that a deed has a browser save there; names of what is still being written end with `unfinished`.
export async function saved(folder: string, unfinished: string, deed: () => Promise<void>): Promise<string> {
  const before = new Set(readdirSync(folder));
  await deed();
  const name = await until('the file', () => {
    const names = readdirSync(folder);
    return names.some((one) => one.endsWith(unfinished)) ? undefined : names.find((one) => !before.has(one));
  });
  return readFile(join(folder, name), 'utf8');
}
