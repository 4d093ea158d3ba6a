import { describe, expect, test, vi } from 'vitest';
import type { Course } from '../src/course';
import {
  behind,
  changed,
  chosen,
  edited,
  front,
  initialChoice,
  settings,
  storedOf,
  tabOf,
} from '../src/state/choice';
import { LAB, tabs } from '../src/tabs';
import { config, course } from './a-run';

vi.mock('../src/catalog', () => import('./a-catalog'));

const of = (experiment: string | null, kind: Course['kind'] = 'live'): Course => {
  const made = course();
  return { ...made, kind, run: { ...made.run, experiment } };
};

test('tabs are the experiments with a stored run, then the Lab', () => {
  expect(tabs.map((t) => t.id)).toEqual(['one', 'two', LAB]);
  expect(['one', 'small', null].map(tabOf)).toEqual(['one', LAB, LAB]);
});

test('the page begins with the opening experiment and one seed', () => {
  expect(initialChoice).toMatchObject({ tab: 'two', experiment: 'two', config: { seeds: 1 } });
});

test('settings start from an experiment’s and are changed field by field', () => {
  const choice = edited(chosen(initialChoice, 'small'), 'batch', 3);
  expect(choice).toMatchObject({ experiment: 'small', config: { batch: 3, seeds: 1 } });
  expect(chosen(choice, 'none')).toBe(choice);
  expect([...changed(choice.config, config)]).toEqual(['batch', 'seeds']);
  expect(settings(choice.config, config)).toEqual(['batch']);
});

describe('which run is in front', () => {
  const stored = of('two', 'stored');

  test('this machine’s in the tab of its experiment and in the Lab, else the stored one', () => {
    const at = (tab: string, live?: Course) => front({ ...initialChoice, tab, stored }, live);
    const live = of('two');
    expect(at('two', live)).toBe(live);
    expect(at('one', live)).toBe(stored);
    expect(at(LAB, live)).toBe(live);
    expect(at(LAB)).toBe(stored);
  });

  test('two experiments of one shape are told apart', () => {
    const live = of('one');
    expect(front({ ...initialChoice, tab: 'two', stored }, live)).toBe(stored);
    expect(front({ ...initialChoice, tab: 'one', stored }, live)).toBe(live);
  });

  test('in the Lab the stored run is that of the settings’ experiment, if it has one', () => {
    const lab = { ...initialChoice, tab: LAB };
    expect(storedOf({ ...lab, experiment: 'one' })).toBe('one');
    expect(storedOf({ ...lab, experiment: 'small' })).toBe('two');
  });

  test('the stored run stands behind one of the same settings', () => {
    const live = of('two');
    const choice = { ...initialChoice, stored };
    expect(behind(choice, live)).toBe(stored);
    expect(behind(choice, stored)).toBeUndefined();
    const other = { ...live, run: { ...live.run, config: { ...config, batch: 1 } } };
    expect(behind(choice, other)).toBeUndefined();
  });
});
