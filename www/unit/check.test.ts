// Which stored run can be checked beside the run in front.
import { expect, test, vi } from 'vitest';
import type { Course } from '../src/course';
import { type Check, checkable, unchecked } from '../src/state/check';
import { initialChoice } from '../src/state/choice';
import { config, course } from './a-run';

vi.mock('../src/catalog', () => import('./a-catalog'));

const live = course();
const stored: Course = { ...live, kind: 'stored' };
const choice = { ...initialChoice, stored };
const held: Check = {
  ...unchecked,
  held: { kind: 'file', file: () => Promise.reject(new Error('not asked for')), config },
};

test('it is the one in front, or the one behind this machine’s', () => {
  expect(checkable(choice, unchecked, stored)).toBe(stored);
  expect(checkable(choice, unchecked, live)).toBe(stored);
  expect(checkable(choice, unchecked, undefined)).toBeUndefined();
  expect(checkable(initialChoice, unchecked, live)).toBeUndefined();
});

test('one that this machine’s run is held against stays, though the run is of other settings', () => {
  const other = { ...live, run: { ...live.run, config: { ...config, tasks: 7 } } };
  expect(checkable(choice, unchecked, other)).toBeUndefined();
  expect(checkable(choice, held, other)).toBe(stored);
});
