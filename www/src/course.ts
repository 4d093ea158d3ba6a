// A run as the page shows it, stored or live: finished numbers, and how to find them.
import {
  type Condition,
  type Config,
  type DataInfo,
  type EngineInfo,
  type Estimate,
  type Expected,
  type File,
  type Lane,
  type Learned,
  type Lesion,
  type Outcome,
  type Probe,
  QUANTITIES,
  ROLES,
  type RunDescription,
  type Snapshot,
  type StepTrace,
  type StoredRun,
  type Summary,
  type SummaryPoint,
  type TaskRecord,
  type Watched,
} from './protocol';

export type Course = {
  kind: 'stored' | 'live';
  run: RunDescription;
  data?: DataInfo | undefined;
  engine?: EngineInfo | undefined;
  /// Of a stored run: which lanes went on on another engine, and from which step.
  engineChanges?: string[];
  /// For each lane, what was measured, in order of the tasks learned.
  records: TaskRecord[][];
  summary?: Summary | undefined;
  claims: Outcome[];
  /// For each lane looked at, its units at task ends, by tasks learned.
  snapshots: Record<number, (Snapshot | undefined)[]>;
  /// For the same lanes, one step walked through.
  traces: Record<number, StepTrace>;
  /// What the same lanes' units that read the image have learned at the end of a run that is stored.
  learned: Record<number, Learned>;
  /// The same lanes at this moment, where a run is under way.
  now: Record<number, Snapshot>;
  probe?: Probe | undefined;
  pixels?: number[] | undefined;
  strip?: number[][] | undefined;
  /// What a link can say came out of a stored run; none of one that is not whole.
  expected?: Expected | null;
  /// The fragment of a link of a stored run's settings.
  link?: string | undefined;
  /// A stored run's results file.
  file?: (() => Promise<File>) | undefined;
};

const bare = { claims: [], snapshots: {}, traces: {}, learned: {}, now: {} };

/// A run that begins on this machine.
export const liveCourse = (run: RunDescription, data?: DataInfo, engine?: EngineInfo): Course => ({
  ...bare,
  kind: 'live',
  run,
  data,
  engine,
  records: run.lanes.map(() => []),
});

export function storedCourse(stored: StoredRun): Course {
  const {
    run,
    data,
    engine,
    engine_changes: engineChanges,
    records,
    summary,
    claims,
    strip,
    expected,
    link,
  } = stored;
  return {
    ...bare,
    kind: 'stored',
    run,
    data,
    engine,
    engineChanges,
    records,
    summary,
    claims,
    strip,
    expected,
    link,
  };
}

/// Gives a stored run the units that were watched in it; the same draws say that it is the same run.
export function withWatched(course: Course, stored: StoredRun, watched: Watched): Course {
  if (stored.draws !== watched.draws) return course;
  const { probe, pixels, strip } = watched;
  const seen: Course = { ...course, snapshots: {}, traces: {}, learned: {}, probe, pixels, strip };
  for (const { seed, condition, snapshots, trace, learned } of watched.lanes) {
    const index = laneOf(course, seed, condition);
    if (index < 0) continue;
    seen.snapshots[index] = snapshots;
    seen.traces[index] = trace;
    seen.learned[index] = learned;
  }
  return seen;
}

/// A seed's lane under a condition, as an index; -1 where there is none.
export const laneOf = (course: Course, seed: number, condition: Condition) =>
  course.run.lanes.findIndex((l) => l.seed === seed && l.condition === condition);

/// The seeds of a run, each once.
export const seedsOf = (course: Course) => [...new Set(course.run.lanes.map((l) => l.seed))];

/// The two conditions that are compared where more would be too many: baseline and meta, or the first two.
export function compared(conditions: Condition[]): Condition[] {
  const pair = conditions.filter((c) => c === 'baseline' || c === 'meta');
  return pair.length === 2 ? pair : conditions.slice(0, 2);
}

/// The lanes that are looked at side by side, at most two: the first seed's, of the conditions compared.
export function pairOf(course: Course): { lane: Lane; index: number }[] {
  const { lanes, config } = course.run;
  const shown = compared(config.conditions);
  return lanes
    .map((lane, index) => ({ lane, index }))
    .filter(({ lane }) => lane.seed === lanes[0]?.seed && shown.includes(lane.condition));
}

/// Which layers stand on which, bottom-up, as indices: pathways side by side.
export function levels(run: RunDescription): number[][] {
  const stack: number[][] = [];
  run.layers.forEach((layer, l) => {
    const level = stack[layer.depth];
    if (level) level.push(l);
    else stack[layer.depth] = [l];
  });
  return stack.filter(Boolean);
}

/// The top layer; of pathways side by side the left one.
export const topLayer = (run: RunDescription): number => levels(run).at(-1)?.[0] ?? 0;

/// The layer whose weights are pictures: the first that reads the image.
export const imageLayer = (run: RunDescription): number => run.layers.findIndex((l) => l.reads === 'image');

/// A head's index that a matrix leads to; none of one that leads to a layer.
export function headOf(run: RunDescription, matrix: number): number | undefined {
  const to = run.matrices[matrix]?.to;
  return to !== undefined && 'head' in to ? to.head : undefined;
}

/// The layer that a matrix leads to, as an index; none of a readout.
export function layerOf(run: RunDescription, matrix: number): number | undefined {
  const to = run.matrices[matrix]?.to;
  return to !== undefined && 'layer' in to ? to.layer : undefined;
}

/// The metric of a head under a lesion, a layer or a matrix of that name, as results files call it.
export const metricOf = (quantity: keyof typeof QUANTITIES, name: string): string =>
  `${QUANTITIES[quantity].words} ${name}`;

/// The metric of a head's accuracy.
export function accuracyMetric(run: RunDescription, head: number, lesion: Lesion = 'intact'): string {
  const left = run.lesions.find((l) => l.lesion === lesion)?.name ?? lesion;
  return metricOf('accuracy', `${run.heads[head]?.name ?? head} ${left}`);
}

/// A condition's points, in order of the tasks learned.
export const pointsOf = (course: Course | undefined, condition: Condition): SummaryPoint[] =>
  course?.summary?.conditions.find((c) => c.condition === condition)?.points ?? [];

/// The last of what was measured at or before so many tasks, among what has what is asked for.
export function lastAt<T extends { tasks_learned: number }>(
  list: T[],
  at: number,
  has: (one: T) => boolean = () => true,
): T | undefined {
  return list.filter((one) => one.tasks_learned <= at && has(one)).at(-1);
}

/// The last point with accuracies at or before so many tasks.
export const measuredAt = (course: Course | undefined, condition: Condition, at: number) =>
  lastAt(pointsOf(course, condition), at, (p) => p.accuracy.length > 0);

/// The record of a lane at or before so many tasks.
export const recordAt = (course: Course, lane: number, at: number): TaskRecord | undefined =>
  lastAt(course.records[lane] ?? [], at);

/// The last evaluated record of a lane at or before so many tasks.
export const evaluatedAt = (course: Course, lane: number, at: number): TaskRecord | undefined =>
  lastAt(course.records[lane] ?? [], at, (r) => r.evaluation !== null);

/// A lane's accuracy in a record.
export const accuracyIn = (record: TaskRecord | undefined, head: number, lesion: Lesion = 'intact') =>
  record?.evaluation?.accuracy.find((a) => a.head === head && a.lesion === lesion)?.mean;

/// The mean accuracy that a lesion leaves.
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

/// Whether every lane has learned every task.
export const isOver = ({ run, records }: Course): boolean =>
  records.every((list) => list.at(-1)?.tasks_learned === run.config.tasks);

/// Whether two runs may be shown on each other: the same images, and the same settings but for seeds,
/// conditions, and what changes half-way: a branch is shown on its trunk.
export function alike(a: Course, b: Course): boolean {
  const bare = (c: Config) =>
    JSON.stringify(Object.entries(c).filter(([name]) => ['setting', 'step'].includes(ROLES[name] ?? '')));
  return a.data?.digest === b.data?.digest && bare(a.run.config) === bare(b.run.config);
}

export type Spread = 'sem' | 'sd' | 'interval';

/// The ends of an estimate's whisker; none where that spread is not known.
export function whisker(e: Estimate, spread: Spread): { low: number; high: number } | undefined {
  if (spread === 'interval') return e.interval ? { low: e.interval[0], high: e.interval[1] } : undefined;
  const wide = spread === 'sd' ? e.sd : e.sem;
  return wide === null ? undefined : { low: e.mean - wide, high: e.mean + wide };
}
