import { describe, expect, test } from 'vitest';
import { same } from '../src/dom';
import {
  accuracy,
  Count,
  chanceLevel,
  commonDecimals,
  count,
  counted,
  effect,
  fixed,
  percent,
  probability,
  rate,
  small,
} from '../src/format';

describe('numbers', () => {
  test('a share is whole percents', () => {
    expect([0, 0.004, 0.005, 0.118, 1].map(percent)).toEqual(['0%', '0%', '1%', '12%', '100%']);
  });

  test('a rate has two digits that count; one that the relu holds at zero is 0', () => {
    expect([0.028, 0.0082, 0.00041, 0, -0.001].map(rate)).toEqual(['0.028', '0.0082', '4.1e-4', '0', '0']);
  });

  test('what rounds to zero has no sign', () => {
    expect(fixed(-0.0004, 3)).toBe('0.000');
    expect(fixed(-0.0006, 3)).toBe('-0.001');
    expect(fixed(2.5, 2)).toBe('2.50');
  });

  test('an effect has at most two decimals from 1 on', () => {
    expect([-12.34, 5.216, 0.1332, -0.226].map(effect)).toEqual(['-12.3', '5.22', '0.13', '-0.23']);
    // An interval's end that is rounding noise.
    expect([2.8e-17, -1e-12, 1e-8].map(effect)).toEqual(['0', '0', '1.0e-8']);
  });

  test('what is too small to be written out has an exponent', () => {
    expect([0, 0.5, 0.0004].map(small)).toEqual(['0', '0.50', '4.0e-4']);
  });

  test('a small probability is a bound', () => {
    expect([0.00009, 0.0001, 0.5].map(probability)).toEqual(['< 0.0001', '0.0001', '0.5000']);
  });

  test('an accuracy has as many digits as tell it from chance', () => {
    expect(accuracy(0.4884, 0.1)).toBe('0.488');
    expect(accuracy(0.02412, 0.0005)).toBe('0.0241');
    expect(accuracy(0.5, 1 / 26)).toBe('0.500');
    expect([0.1, 1 / 2000, 1 / 26].map(chanceLevel)).toEqual(['0.1', '0.0005', '0.0385']);
  });

  test('counts are words up to twenty', () => {
    expect([0, 5, 20, 21].map(count)).toEqual(['no', 'five', 'twenty', '21']);
    expect(Count(3)).toBe('Three');
    expect(counted(1, 'digit')).toBe('one digit');
    expect(counted(40, 'digit')).toBe('40 digits');
  });
});

test('lists are the same by what they hold', () => {
  const held = {};
  expect(same([1, held], [1, held])).toBe(true);
  expect(same([1], [1, 2])).toBe(false);
  expect(same([{}], [{}])).toBe(false);
});

test('a map’s numbers have decimals in common', () => {
  const of = (...values: number[]) => values.map((x) => fixed(x, commonDecimals(values)));
  expect(of(0.64, 0.6418, 0)).toEqual(['0.640', '0.642', '0.000']);
  expect(of(-0.0002, 0.17, -0.19)).toEqual(['0.000', '0.170', '-0.190']);
  expect(of(3, 12)).toEqual(['3', '12']);
  expect(of(15.53, 4)).toEqual(['15.5', '4.0']);
  expect(of(1234.5)).toEqual(['1235']);
  expect(of()).toEqual([]);
});
