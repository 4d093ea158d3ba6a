// Programs that tests start: a driver, a screen, a browser; and what is waited for of them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/// How long a program, an answer or a file is waited for, in milliseconds.
const PATIENCE = 60_000;

const rest = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await rest(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come within ${PATIENCE / 1000} seconds`);
}

/// Starts a program, whose channels 2 and 3 are to be read or let flow away. Fails where it can't be started.
export async function started(name: string, args: string[], env = process.env): Promise<ChildProcess> {
  const child = spawn(name, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  await once(child, 'spawn');
  return child;
}

/// The first line that a program writes to a channel and that is of this form.
export function line(child: ChildProcess, channel: 2 | 3, form: RegExp): Promise<RegExpExecArray> {
  const lines = createInterface(child.stdio[channel] as Readable);
  const said: string[] = [];
  const found = new Promise<RegExpExecArray>((resolve) => {
    lines.on('line', (words) => {
      said.push(words);
      const match = form.exec(words);
      if (match) resolve(match);
    });
  });
  const late = rest(PATIENCE).then(() => {
    throw new Error(`${child.spawnfile} said nothing of ${form}: ${said.slice(-20).join('\n')}`);
  });
  return Promise.race([found, late]);
}

/// Lets what a program says flow away.
export const unheard = (child: ChildProcess) => {
  for (const channel of [2, 3] as const) (child.stdio[channel] as Readable).resume();
};

export async function ended(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
