// What the page knows: what the worker tells, folded into one record. No mathematics: finished numbers are
// sent.
import { type Course, liveCourse } from '../course';
import type {
  DataInfo,
  EngineInfo,
  Field,
  Found,
  Origin,
  Picture,
  Problem,
  Progress,
  Snapshot,
  State,
  TaskRecord,
  Words,
} from '../protocol';
import type { RunEvent } from '../wire';

/// For each lane and unit that was looked at, as `lane unit`, its weights and what they have learned.
export type Receptive = Record<string, { weights: Picture; learned: Picture }>;

export const receptiveKey = (lane: number, unit: number) => `${lane} ${unit}`;

/// What a notice is about; there is one of each at most, the newest.
export type About = 'link' | 'files' | 'images' | 'stored' | 'command' | 'kept' | 'version';

/// Something the reader is to know. It stays until it is dismissed, or until what the reader does next makes
/// it void: nothing that the page does by itself takes it away.
export type Notice = { about: About; lines: string[] };

export type View = {
  fields: Field[];
  state: State | 'idle' | 'starting' | 'ready';
  words: string;
  data?: DataInfo | undefined;
  origin: Origin | null;
  notices: Notice[];
  engine?: EngineInfo | undefined;
  /// Workers that train its lanes; 0 where it needs none.
  workers?: number | undefined;
  /// Which lanes went on on another engine, in words.
  engineChanges?: string[] | undefined;
  notice: string | null;
  /// The run on this machine, once there is one.
  live?: Course | undefined;
  /// The one before it, if something was measured in it.
  last?: Course | undefined;
  receptive: Receptive;
  progress?: Progress | undefined;
  diverged: string[];
  failure?: Words | undefined;
  problems: Problem[];
  /// How fast this machine is; while it is measured; or why it was not.
  bench?: Found | 'measuring' | { failure: Words } | undefined;
};

export const initialView: View = {
  fields: [],
  state: 'idle',
  words: 'The stored run is shown; nothing is training.',
  origin: null,
  notices: [],
  notice: null,
  receptive: {},
  diverged: [],
  problems: [],
};

const RUNNING: View['state'][] = ['loading', 'compiling', 'self_testing', 'training', 'evaluating'];

/// Whether a run is under way.
export const isRunning = (view: View) => RUNNING.includes(view.state);

/// The programs are being loaded.
export const starting = (view: View): View => ({
  ...view,
  state: 'starting',
  words: 'Loading the training program.',
});

/// The analyst is there and has told its fields.
export const ready = (view: View, fields: Field[]): View => ({
  ...view,
  fields,
  ...(view.state === 'starting' && { state: 'ready', words: 'Ready.' }),
});

/// The speed is being measured: nothing else should run meanwhile.
export const measuring = (view: View): View => ({ ...view, bench: 'measuring' });

/// Takes notices away, because the reader wants it or did what makes them void.
export function dismiss(view: View, ...about: About[]): View {
  const notices = view.notices.filter((notice) => !about.includes(notice.about));
  return notices.length === view.notices.length ? view : { ...view, notices };
}

/// Puts a notice there, in the stead of an earlier one about the same.
export function notify(view: View, about: About, ...lines: string[]): View {
  const { notices } = dismiss(view, about);
  return { ...view, notices: [...notices, { about, lines }] };
}

/// A program can't go on, or can't be had.
export const stop = (view: View, failure: Words): View => ({
  ...view,
  state: 'failed',
  words: failure.what,
  failure,
  bench: view.bench === 'measuring' ? { failure } : view.bench,
});

/// Folds what the trainer tells, and what the analyst makes of it, into the view.
export function fold(view: View, event: RunEvent): View {
  switch (event.type) {
    case 'data':
      return { ...view, data: event.info, origin: event.origin };
    case 'state': {
      const { state, words } = event;
      return { ...view, state, words, failure: state === 'failed' ? view.failure : undefined };
    }
    case 'engine':
      return {
        ...view,
        engine: event.info,
        workers: event.workers,
        engineChanges: event.changes,
        notice: event.notice,
      };
    case 'started': {
      const { probe, pixels, strip } = view.live ?? {};
      const live = { ...liveCourse(event.run, view.data, view.engine), probe, pixels, strip };
      const last = view.live?.summary ? view.live : view.last;
      return { ...view, live, last, receptive: {}, diverged: [], progress: undefined };
    }
    case 'progress': {
      const { type: _, ...progress } = event;
      return { ...view, progress };
    }
    case 'checkpoint':
      return onLive(view, (live) => ({ ...live, records: appended(live.records, event.lane, event.record) }));
    case 'summary':
      return onLive(view, (live) => ({ ...live, summary: { conditions: event.conditions } }));
    case 'claims':
      return onLive(view, (live) => ({ ...live, claims: event.outcomes }));
    case 'probed': {
      const { probe, pixels, strip } = event;
      // What was seen of another digit says nothing of this one.
      return onLive(view, (live) => ({
        ...live,
        probe,
        pixels,
        strip,
        snapshots: isSame(live.probe, probe) ? live.snapshots : {},
        now: {},
      }));
    }
    case 'snapshot':
      return onLive(view, (live) => snapped(live, event.lane, event.tasks_learned, event.snapshot));
    case 'receptive': {
      const { lane, unit, weights, learned } = event;
      const receptive = { ...ofUnit(view.receptive, unit), [receptiveKey(lane, unit)]: { weights, learned } };
      return { ...view, receptive };
    }
    case 'traced':
      return onLive(view, (live) => ({ ...live, traces: { ...live.traces, [event.lane]: event.trace } }));
    case 'lane_diverged':
      return { ...view, diverged: [...view.diverged, event.reason] };
    case 'bench': {
      const { type: _, ...bench } = event;
      return { ...view, bench };
    }
    case 'bench_failed': {
      const { type: _, ...failure } = event;
      return { ...view, bench: { failure } };
    }
    case 'failed':
      return { ...view, failure: event };
    case 'done':
    case 'results':
    case 'not_exported':
    // What follows of it depends on where the images came from: images.ts.
    case 'data_refused':
      return view;
  }
}

const onLive = (view: View, change: (live: Course) => Course): View =>
  view.live ? { ...view, live: change(view.live) } : view;

const appended = (records: TaskRecord[][], lane: number, record: TaskRecord) =>
  records.map((list, index) => (index === lane ? [...list, record] : list));

/// A lane's units as they are now, and at a task's end.
function snapped(live: Course, lane: number, tasks: number | null, snapshot: Snapshot): Course {
  const now = { ...live.now, [lane]: snapshot };
  if (tasks === null) return { ...live, now };
  const kept = [...(live.snapshots[lane] ?? [])];
  kept[tasks] = snapshot;
  return { ...live, now, snapshots: { ...live.snapshots, [lane]: kept } };
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/// Only the chosen unit's weights are kept, of both networks.
const ofUnit = (all: Receptive, unit: number): Receptive =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key.endsWith(` ${unit}`)));
