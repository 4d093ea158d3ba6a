import { csvParse } from 'd3-dsv';
import { describe, expect, test } from 'vitest';
import { apart } from '../src/charts/apart';
import { csv, rowsOf } from '../src/charts/rows';
import { estimate } from './a-run';

describe('labels', () => {
  // Plots are 188 pixels high, 50 of them margins.
  const axis = { domain: [0, 1] as [number, number] };
  const pixels = (y: number) => 154 - y * 138;
  const place = (...ys: number[]) =>
    apart(
      ys.map((y) => ({ y })),
      axis,
      188,
    ).map(({ y }) => pixels(y));

  test('that are apart stay', () => {
    const [one, two] = place(0.2, 0.8);
    expect(one).toBeCloseTo(pixels(0.2));
    expect(two).toBeCloseTo(pixels(0.8));
  });

  test('that lie on each other have a line between', () => {
    const at = place(0.5, 0.5, 0.51);
    expect(at[0]! - at[1]!).toBeCloseTo(11);
    expect(at[1]! - at[2]!).toBeCloseTo(11);
  });

  test('stay below the top', () => {
    const at = place(1, 1, 1, 1);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(5 - 1e-9);
    const sorted = [...at].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeCloseTo(11);
  });

  test('are placed on a log scale too', () => {
    const log = { type: 'log' as const, domain: [0.001, 1] as [number, number] };
    const [low, high] = apart([{ y: 0.1 }, { y: 0.1 }], log, 188);
    expect(low?.y).toBeCloseTo(0.1);
    expect(high?.y).toBeGreaterThan(0.1);
  });
});

describe('a chart’s numbers', () => {
  const mean = { condition: 'meta' as const, tasks: 3, metric: 'alpha hidden1', e: estimate(0.5) };
  const seed = {
    seed: 7,
    condition: 'meta' as const,
    tasks: 3,
    metric: 'accuracy "all", intact',
    value: 0.25,
  };

  test('are means with the ends of their spread, then seeds', () => {
    expect(rowsOf([mean], [seed], 'sem')).toEqual([
      {
        seed: 'mean',
        condition: 'meta',
        tasks_learned: 3,
        metric: 'alpha hidden1',
        value: 0.5,
        low: 0.4,
        high: 0.6,
        band: 'SEM',
      },
      { seed: 7, condition: 'meta', tasks_learned: 3, metric: 'accuracy "all", intact', value: 0.25 },
    ]);
  });

  test('are a CSV file as RFC 4180 has it, with units and what bands are', () => {
    const lines = [
      'seed,condition,tasks_learned,on_task,metric,value,low,high,unit,band',
      'mean,meta,3,,alpha hidden1,0.5,0.4,0.6,1,SEM',
      '7,meta,3,,"accuracy ""all"", intact",0.25,,,share,',
    ];
    expect(csv(rowsOf([mean], [seed], 'sem'))).toBe(lines.map((line) => `${line}\r\n`).join(''));
  });

  test('are read as they were written', () => {
    const metric = 'two\r\nlines, "quoted", and ; more';
    const [row, ...rest] = csvParse(csv(rowsOf([], [{ ...seed, metric, value: 1e-7 }], 'sd')));
    expect(row).toMatchObject({ seed: '7', metric, value: '1e-7', low: '', unit: '' });
    expect(rest).toEqual([]);
  });
});
