// The numbers of a chart, as rows in the columns of the results' long-form CSV.
import { csvFormatRow } from 'd3-dsv';
import { type Spread, whisker } from '../course';
import { type Condition, type Estimate, QUANTITIES } from '../protocol';

/// One number; a mean has the ends of its spread as well, and what they are.
export type Row = {
  seed: number | 'mean';
  condition: Condition;
  tasks_learned: number;
  on_task?: number;
  metric: string;
  value: number;
  low?: number;
  high?: number;
  band?: string;
};

/// What a mark says of one seed, or of all of them, whatever else it needs to be drawn.
export type OfSeed = { seed: number; condition: Condition; tasks: number; metric: string; value: number };
export type OfMean = { condition: Condition; tasks: number; metric: string; e: Estimate };

/// What the ends of a mean are.
const bands: Record<Spread, string> = { sem: 'SEM', sd: 'SD', interval: '95% interval' };

function ends(e: Estimate, spread: Spread) {
  const found = whisker(e, spread);
  return found && { ...found, band: bands[spread] };
}

/// The rows of a chart's marks: means with the ends of their spread, then single seeds.
export const rowsOf = (means: OfMean[], seeds: OfSeed[], spread: Spread): Row[] => [
  ...means.map(({ condition, tasks, metric, e }) => ({
    seed: 'mean' as const,
    condition,
    tasks_learned: tasks,
    metric,
    value: e.mean,
    ...ends(e, spread),
  })),
  ...seeds.map(({ seed, condition, tasks, metric, value }) => ({
    seed,
    condition,
    tasks_learned: tasks,
    metric,
    value,
  })),
];

/// A metric's unit; none of what a claim compares, which its own words say.
const unitOf = (metric: string): string =>
  Object.values(QUANTITIES).find(({ words }) => metric.startsWith(`${words} `))?.unit ?? '';

const COLUMNS = [
  'seed',
  'condition',
  'tasks_learned',
  'on_task',
  'metric',
  'value',
  'low',
  'high',
  'unit',
  'band',
] as const;

/// Rows as a CSV file, as RFC 4180 has it: lines end with CRLF, cells are quoted where they must be.
export function csv(rows: Row[]): string {
  const cells = rows.map((row) => {
    const all = { ...row, unit: unitOf(row.metric) };
    return COLUMNS.map((column) => String(all[column] ?? ''));
  });
  return csvOfCells([[...COLUMNS], ...cells]);
}

/// The same of a table, its head first.
export const csvOfCells = (lines: string[][]) => lines.map((line) => `${csvFormatRow(line)}\r\n`).join('');
