import { expect, test, vi } from 'vitest';
import { fieldText } from '../src/format';
import { allowed, parse } from '../src/page/editor';

vi.mock('../src/catalog', () => import('./a-catalog'));

const whole = { kind: 'whole' as const, min: 1, max: 16 };
const widths = { kind: 'widths' as const, min_len: 0, max_len: 2, min: 1, max: 4096 };

test('numbers are read; what is none is passed on, for the analyst to say what is allowed', () => {
  expect(parse(whole, '7')).toBe(7);
  expect(parse(whole, '')).toBe('');
  expect(parse(whole, 'seven')).toBe('seven');
});

test('widths are lists, or none', () => {
  expect(parse(widths, '24, 16')).toEqual([24, 16]);
  expect(parse(widths, '24 x')).toEqual([24, 'x']);
  expect(parse(widths, '')).toBeNull();
});

test('words are lists', () => {
  expect(parse({ kind: 'set', options: [] }, 'meta,  rates ')).toEqual(['meta', 'rates']);
  expect(parse({ kind: 'choice', options: [] }, 'mnist')).toBe('mnist');
});

test('changes at a fork are a list of words, which may be empty', () => {
  expect(parse({ kind: 'changes' }, 'learn_alpha=false, reset:h4')).toEqual([
    'learn_alpha=false',
    'reset:h4',
  ]);
  expect(parse({ kind: 'changes' }, '')).toEqual([]);
});

test('a value and its text are each other’s', () => {
  for (const value of [7, [24, 16], null]) {
    expect(parse(Array.isArray(value) || value === null ? widths : whole, fieldText(value))).toEqual(value);
  }
});

test('what is allowed is said in words', () => {
  expect(allowed(whole)).toBe('1 to 16');
  expect(allowed(widths)).toBe('empty, or 2 numbers at most, each 1 to 4096');
  expect(allowed({ kind: 'switch' })).toBe('');
});
