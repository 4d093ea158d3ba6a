// The numbers of a chart, as rows in the columns of the results' long-form CSV.
import { csvFormat } from 'd3-dsv';
import { type Spread, whisker } from '../course';
import type { Condition, Estimate } from '../protocol';

/// One number; a mean has the ends of its spread as well.
export type Row = {
  seed: number | 'mean';
  condition: Condition;
  tasks_learned: number;
  on_task?: number;
  metric: string;
  value: number;
  low?: number;
  high?: number;
};

/// What a mark says of one seed, or of all of them, whatever else it needs to be drawn.
export type OfSeed = { seed: number; condition: Condition; tasks: number; metric: string; value: number };
export type OfMean = { condition: Condition; tasks: number; metric: string; e: Estimate };

/// The rows of a chart's marks: means with the ends of their spread, then single seeds.
export const rowsOf = (means: OfMean[], seeds: OfSeed[], spread: Spread): Row[] => [
  ...means.map(({ condition, tasks, metric, e }) => ({
    seed: 'mean' as const,
    condition,
    tasks_learned: tasks,
    metric,
    value: e.mean,
    ...whisker(e, spread),
  })),
  ...seeds.map(({ seed, condition, tasks, metric, value }) => ({
    seed,
    condition,
    tasks_learned: tasks,
    metric,
    value,
  })),
];

const COLUMNS: (keyof Row)[] = [
  'seed',
  'condition',
  'tasks_learned',
  'on_task',
  'metric',
  'value',
  'low',
  'high',
];

/// Rows as a CSV file.
export const csv = (rows: Row[]): string => `${csvFormat(rows, COLUMNS)}\n`;
