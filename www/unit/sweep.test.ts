import { describe, expect, test } from 'vitest';
import { progress, source } from '../src/panes/sweeps';
import type { Field, SweepView } from '../src/protocol';
import { partsOf, rangeOf, rangeText, titleOf, valuesOf, variable, varied } from '../src/state/sweep';
import { config } from './a-run';

const field = (name: string, more: Partial<Field>): Field => ({
  name,
  group: '',
  label: name,
  unit: '',
  kind: { kind: 'real', min: 0, max: 1 },
  explored: null,
  meaning: '',
  paper: '',
  ...more,
});

const view: SweepView = {
  name: 'metacls-sweep-quick-1',
  title: 'Quick look',
  experiment: 'quick',
  knobs: ['alpha_0', 'beta_0'],
  shared: ['hidden=8,8'],
  lanes: '2 seeds (0 to 1) under baseline, meta',
  points: [
    { said: 'alpha_0=0.1', link: 'v=1', digest: '1' },
    { said: 'alpha_0=0.2', link: 'v=1', digest: null },
  ],
  measured: 1,
  next: 1,
  table: { head: [], rows: [], notes: [] },
  plots: [],
  not_drawn: null,
  data: null,
  engines: [],
  code_version: '0.1.0',
  digest: null,
  link: null,
};

describe('the form of a sweep', () => {
  test('reads ranges as the terminal writes them, and lists as lists', () => {
    const range = rangeOf('log:0.001..0.1:5');
    expect(range).toEqual({ scale: 'log', from: '0.001', to: '0.1', count: '5' });
    expect(range && rangeText(range)).toBe('log:0.001..0.1:5');
    expect(rangeOf('0.1,0.2')).toBeUndefined();
    expect(rangeOf('cubic:0..1:3')).toBeUndefined();
    expect(rangeOf('linear:-1..:')).toEqual({ scale: 'linear', from: '-1', to: '', count: '' });
  });

  test('begins with values of the field’s kind', () => {
    const explored = { low: 0.001, high: 0.1, is_log: true };
    expect(valuesOf(field('alpha_0', { explored }), config)).toBe('log:0.001..0.1:5');
    const widths = { kind: 'widths' as const, min_len: 1, max_len: 8, min: 1, max: 4096 };
    expect(valuesOf(field('hidden', { kind: widths }), config)).toBe('24+16,12+8');
    const four = { ...config, hidden: [40, 40, 40, 40] };
    expect(valuesOf(field('hidden', { kind: widths }), four)).toBe('40x4,20x4');
    expect(valuesOf(field('pathways', { kind: widths }), config)).toBe('none');
    expect(valuesOf(field('sync_update', { kind: { kind: 'switch' } }), config)).toBe('false,true');
    expect(valuesOf(field('fork', { kind: { kind: 'changes' } }), config)).toBe('none,learn_alpha=false');
    expect(valuesOf(field('clip_norm', {}), config)).toBe('2');
  });

  test('says parts as links have them', () => {
    expect(varied('hidden', '64x4, 32x4')).toEqual(['hidden=64x4,32x4']);
    expect(varied('', '1')).toEqual([]);
    expect(partsOf('fork=none,learn_alpha=false')).toEqual({
      name: 'fork',
      values: 'none,learn_alpha=false',
    });
  });

  test('offers no field that is the same for all points', () => {
    const explored = { low: 0, high: 1, is_log: false };
    const names = ['schema', 'data', 'seeds', 'hidden', 'alpha_0'];
    const all = names.map((name) => field(name, name === 'alpha_0' ? { explored } : {}));
    expect(variable(all).map(({ name }) => name)).toEqual(['alpha_0', 'hidden']);
  });
});

describe('what is said of a sweep', () => {
  const held = { sweep: view, text: () => Promise.resolve('') };

  test('is where its numbers come from', () => {
    expect(titleOf(view)).toBe('Quick look over alpha_0 and beta_0');
    const said = source(held);
    expect(said).toContain('with hidden=8,8; 2 seeds (0 to 1) under baseline, meta; on no images yet');
    expect(said).not.toContain('Digest');
  });

  test('is how far it is, and how long the rest takes once that was measured', () => {
    const state = { seconds: 0, trained: 0, kept: [] };
    expect(progress(held, state)).toBe('1 of 2 points.');
    expect(progress(held, { ...state, at: 1 })).toBe('1 of 2 points; training alpha_0=0.2.');
    const timed = { ...state, at: 1, seconds: 240, trained: 1 };
    expect(progress(held, timed)).toContain('about 4 minutes left');
    const whole = { ...held, sweep: { ...view, measured: 2 } };
    expect(progress(whole, state)).toBe('All 2 points are measured.');
  });
});
