// A run as the page shows it, stored or live: finished numbers, and how to find them.
import { lists, type RunInfo } from './legacy';
import type {
  Condition,
  Config,
  DataInfo,
  EngineInfo,
  Estimate,
  File,
  Lane,
  Learned,
  Lesion,
  Outcome,
  Probe,
  Snapshot,
  StepTrace,
  StoredRun,
  Summary,
  SummaryPoint,
  TaskRecord,
  Watched,
} from './protocol';

export type Course = {
  kind: 'stored' | 'live';
  run: RunInfo;
  data?: DataInfo | undefined;
  engine?: EngineInfo | undefined;
  records: TaskRecord[][];
  summary?: Summary;
  claims: Outcome[];
  /// For each lane looked at, its units at task ends, by tasks learned.
  snapshots: Record<number, Snapshot[]>;
  /// For the same lanes, one step walked through.
  traces: Record<number, StepTrace>;
  /// What the same lanes' units of h1 have learned at the end of a run that is stored.
  learned: Record<number, Learned>;
  /// The same lanes at this moment, where a run is under way.
  now: Record<number, Snapshot>;
  probe?: Probe | undefined;
  pixels?: number[] | undefined;
  strip?: number[][] | undefined;
  /// A stored run's results file.
  file?: () => Promise<File>;
};

export const storedCourse = (stored: StoredRun): Course => ({
  kind: 'stored',
  run: lists(stored.run),
  data: stored.data,
  engine: stored.engine,
  records: stored.records,
  summary: stored.summary,
  claims: stored.claims,
  snapshots: {},
  traces: {},
  learned: {},
  now: {},
  strip: stored.strip,
});

/// Gives a stored run the units that were watched in it; the same draws say that it is the same run.
export function withWatched(course: Course, stored: StoredRun, watched: Watched): Course {
  if (stored.draws !== watched.draws) return course;
  const snapshots: Record<number, Snapshot[]> = {};
  const traces: Record<number, StepTrace> = {};
  const learned: Record<number, Learned> = {};
  for (const lane of watched.lanes) {
    const index = course.run.lanes.findIndex((l) => l.seed === lane.seed && l.condition === lane.condition);
    if (index < 0) continue;
    snapshots[index] = lane.snapshots;
    traces[index] = lane.trace;
    learned[index] = lane.learned;
  }
  return {
    ...course,
    snapshots,
    traces,
    learned,
    probe: watched.probe,
    pixels: watched.pixels,
    strip: watched.strip,
  };
}

/// The last measured point at or before so many tasks.
export function measuredAt(course: Course, condition: Condition, at: number): SummaryPoint | undefined {
  const points = course.summary?.conditions.find((c) => c.condition === condition)?.points ?? [];
  return points.filter((p) => p.tasks_learned <= at && p.accuracy.length > 0).at(-1);
}

export const lesionAt = (
  point: SummaryPoint | undefined,
  head: number,
  lesion: Lesion,
): Estimate | undefined => point?.lesions.find((l) => l.head === head && l.lesion === lesion)?.accuracy;

/// The last point of the stream that a run has reached.
export function reached(course: Course): number {
  const points = course.summary?.conditions.flatMap((c) => c.points) ?? [];
  return points.reduce((most, p) => Math.max(most, p.tasks_learned), 0);
}

/// The lanes that are looked at, at most two: the twins.
export function twins(course: Course): { lane: Lane; index: number }[] {
  const all = course.run.lanes.map((lane, index) => ({ lane, index }));
  const first = all.filter(({ lane }) => lane.seed === course.run.lanes[0].seed);
  const pair = first.filter(({ lane }) => lane.condition === 'baseline' || lane.condition === 'meta');
  return pair.length === 2 ? pair : first.slice(0, 2);
}

/// Which layers stand on which, bottom-up: pathways side by side.
export function levels(run: RunInfo): number[][] {
  const left = run.layers.findIndex((n) => n.endsWith('_L'));
  const single = run.layers.map((_, l) => [l]);
  return left < 0 ? single : [...single.slice(0, left), [left, left + 1]];
}

/// The record of a lane at or before so many tasks.
export const recordAt = (course: Course, lane: number, at: number): TaskRecord | undefined =>
  (course.records[lane] ?? []).filter((r) => r.tasks_learned <= at).at(-1);

/// Whether two runs may be shown on each other: the same images, and the same settings but for seeds and conditions.
export function alike(a: Course, b: Course): boolean {
  const bare = (c: Config) =>
    JSON.stringify({ ...c, seeds: 0, first_seed: 0, conditions: [], evaluate_every: 0 });
  return a.data?.digest === b.data?.digest && bare(a.run.config) === bare(b.run.config);
}

export type Spread = 'sem' | 'sd' | 'interval';

/// The ends of an estimate's whisker; none where that spread is not known.
export function whisker(e: Estimate, spread: Spread): { low: number; high: number } | undefined {
  if (spread === 'interval') return e.interval ? { low: e.interval[0], high: e.interval[1] } : undefined;
  const wide = spread === 'sd' ? e.sd : e.sem;
  return wide === null ? undefined : { low: e.mean - wide, high: e.mean + wide };
}
