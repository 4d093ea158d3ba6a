import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { catalog } from '../src/catalog';
import { commandOf, sweepCommandOf } from '../src/page/command';

const links = [
  ...catalog.map(({ id }) => `v=1&preset=${id}`),
  'v=1&preset=quick&hidden=24,16&alpha_0=1e-3&conditions=baseline,meta&pathways=none',
];

describe('the command', () => {
  test('runs what is chosen, wherever it is looked at', () => {
    expect(commandOf('v=1&preset=quick&seeds=3&at=12&tab=lab')).toBe(
      'metacls run "#v=1&preset=quick&seeds=3"',
    );
    expect(commandOf('v=1&preset=quick&at=2')).toBe('metacls run "#v=1&preset=quick"');
  });

  test('of a run says nothing of a sweep, and of a sweep all of it', () => {
    const link = 'v=1&preset=quick&tab=lab&vary=alpha_0=log:0.001..0.1:5&vary=hidden=64x2+32,8';
    expect(commandOf(link)).toBe('metacls run "#v=1&preset=quick"');
    const command = sweepCommandOf(link);
    expect(command).toMatch(/^metacls sweep "#[\w=&,.:+-]+"$/);
    const script = `metacls() { printf '%s\\n' "$@"; }; ${command}`;
    const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(said).toBe(`sweep\n#${link.replace('&tab=lab', '')}\n`);
  });

  test.each(links)('reaches the program whole from sh: %s', (link) => {
    const script = `metacls() { printf '%s\\n' "$@"; }; ${commandOf(link)}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`run\n#${link}\n`);
  });

  // cmd.exe looks for % within double quotes (and for ! where it is told to), PowerShell for $ and the
  // backquote, and both for the quote itself.
  test.each(links)('holds nothing that cmd.exe or PowerShell would read: %s', (link) => {
    expect(commandOf(link)).toMatch(/^metacls run "#[\w=&,.-]+"$/);
  });
});
