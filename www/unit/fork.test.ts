import { describe, expect, test } from 'vitest';
import { source } from '../src/panes/forks';
import { CHANGES, type ForkView } from '../src/protocol';
import { branchOf, changeOf, hindrance, layersOf } from '../src/state/fork';
import { config, course } from './a-run';

describe('a branch', () => {
  test('has its trunk’s settings, with fewer seeds, and goes on otherwise', () => {
    const branch = branchOf({ ...config, conditions: ['baseline', 'meta'], seeds: 40 }, 2, 'reset:h1', 3);
    expect(branch).toEqual({ ...config, fork_at: 2, fork: ['reset:h1'], seeds: 3, conditions: ['meta'] });
    expect(branchOf(config, 1, 'x', 9).seeds).toBe(config.seeds);
  });

  test('is of a run that is through, at a task before the last', () => {
    const run = course();
    expect(hindrance(run, true, 1)).toBeUndefined();
    expect(hindrance(run, false, 1)).toContain('once it is through');
    expect(hindrance(undefined, true, 1)).toContain('once it is through');
    expect(hindrance(run, true, 0)).toContain('from 1 to 2');
    expect(hindrance(run, true, 3)).toContain('from 1 to 2');
    const forked = { ...run, run: { ...run.run, config: { ...config, fork: ['learn_alpha=false'] } } };
    expect(hindrance(forked, true, 1)).toContain('a branch already');
  });

  test('changes what the form says', () => {
    const all = CHANGES.map(({ pattern }) => changeOf(pattern, ['h1', 'h2']));
    expect(CHANGES.map(({ pattern }) => layersOf(pattern))).toEqual([0, 0, 0, 1, 1, 2]);
    expect(all).toEqual([
      'learn_alpha=false',
      'learn_beta=false',
      'competition=false',
      'reset:h1',
      'silence:h1',
      'swap:h1:h2',
    ]);
  });
});

test('a fork says where its numbers come from', () => {
  const fork: ForkView = {
    name: 'metacls-fork-quick-1',
    title: 'Quick look',
    fork_at: 1,
    fork: ['learn_alpha=false'],
    knobs: ['seeds: 4 in the trunk, 2 in the branch', 'eta_w: 1 in the trunk, 2 in the branch'],
    seeds: 2,
    data: { kind: 'digits', name: 'digits', digest: '', train: 1, test: 1, side: 28, classes: 10 },
    engines: ['CPU', 'CPU'],
    digests: ['1', '2'],
    links: ['', ''],
    code_version: '0.1.0',
    plots: [],
    head: [],
    rows: [],
  };
  const said = source({ fork, text: () => Promise.resolve('') });
  expect(said).toContain('otherwise after 1 task: learn_alpha=false; 2 seeds paired; on digits; by CPU;');
  expect(said).toContain('eta_w: 1 in the trunk, 2 in the branch.');
  expect(said).not.toContain('seeds: 4');
  expect(said).toContain('digest is 2');
});
