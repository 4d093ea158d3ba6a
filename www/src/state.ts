// What the page knows: events folded into one record. No mathematics: the worker sends finished numbers.

import type { Course } from './course';
import type { Receptive } from './inspector';
import { lists, type News } from './legacy';
import type {
  Config,
  DataInfo,
  EngineInfo,
  Experiment,
  Field,
  Origin,
  Problem,
  Progress,
  State,
  Words,
} from './protocol';

export type View = {
  experiments: Experiment[];
  fields: Field[];
  state: State | 'idle' | 'starting' | 'ready';
  words: string;
  data?: DataInfo;
  origin: Origin | null;
  refused?: string | undefined;
  engine?: EngineInfo;
  notice: string | null;
  /// The run on this machine, once there is one.
  live?: Course | undefined;
  receptive: Receptive;
  progress?: Progress | undefined;
  diverged: string[];
  failure?: Words | undefined;
  problems: Problem[];
};

export const initialView: View = {
  experiments: [],
  fields: [],
  state: 'idle',
  words: 'The stored run is shown; nothing is training.',
  origin: null,
  notice: null,
  receptive: {},
  diverged: [],
  problems: [],
};

export function fold(view: View, event: News): View {
  switch (event.type) {
    case 'catalog':
      return {
        ...view,
        experiments: event.experiments,
        fields: event.fields,
        ...(view.state === 'starting' && { state: 'ready', words: 'Ready.' }),
      };
    case 'checked':
      return { ...view, problems: event.problems };
    case 'data':
      return { ...view, data: event.info, origin: event.origin, refused: undefined };
    case 'data_refused':
      return { ...view, refused: event.reason };
    case 'state':
      return {
        ...view,
        state: event.state,
        words: event.words,
        failure: event.state === 'failed' ? view.failure : undefined,
      };
    case 'engine':
      return { ...view, engine: event.info, notice: event.notice };
    case 'started':
      return {
        ...view,
        live: {
          kind: 'live',
          run: lists(event.run),
          data: view.data,
          engine: view.engine,
          records: event.run.lanes.map(() => []),
          claims: [],
          snapshots: {},
          traces: {},
          learned: {},
          now: {},
          probe: view.live?.probe,
          pixels: view.live?.pixels,
          strip: view.live?.strip,
        },
        receptive: {},
        diverged: [],
        progress: undefined,
      };
    case 'progress': {
      const { type: _, ...progress } = event;
      return { ...view, progress };
    }
    case 'checkpoint':
      return onLive(view, (live) => ({
        ...live,
        records: live.records.map((list, lane) => (lane === event.lane ? [...list, event.record] : list)),
      }));
    case 'summary':
      return onLive(view, (live) => ({ ...live, summary: { conditions: event.conditions } }));
    case 'claims':
      return onLive(view, (live) => ({ ...live, claims: event.outcomes }));
    case 'probed':
      // What was seen of another digit says nothing of this one.
      return onLive(view, (live) => ({
        ...live,
        probe: event.probe,
        pixels: event.pixels,
        strip: event.strip,
        snapshots: same(live, event.probe) ? live.snapshots : {},
        now: {},
      }));
    case 'snapshot':
      return onLive(view, (live) => {
        const now = { ...live.now, [event.lane]: event.snapshot };
        if (event.tasks_learned === null) return { ...live, now };
        const snapshots = [...(live.snapshots[event.lane] ?? [])];
        snapshots[event.tasks_learned] = event.snapshot;
        return { ...live, now, snapshots: { ...live.snapshots, [event.lane]: snapshots } };
      });
    case 'receptive':
      return {
        ...view,
        receptive: {
          [`${event.lane} ${event.unit}`]: { weights: event.weights, learned: event.learned },
          ...keepOf(view.receptive, event.unit),
        },
      };
    case 'lane_diverged':
      return { ...view, diverged: [...view.diverged, event.reason] };
    case 'failed':
      return { ...view, failure: event };
    case 'done':
    case 'results':
    case 'link':
    case 'link_read':
    case 'opened':
      return view;
    case 'traced':
      return onLive(view, (live) => ({ ...live, traces: { ...live.traces, [event.lane]: event.trace } }));
  }
}

const onLive = (view: View, change: (live: Course) => Course): View =>
  view.live ? { ...view, live: change(view.live) } : view;

const same = (live: Course, probe: Course['probe']) => JSON.stringify(live.probe) === JSON.stringify(probe);

/// Only the chosen unit's weights are kept, of both twins.
const keepOf = (all: Receptive, unit: number): Receptive =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key.endsWith(` ${unit}`)));

/// Fields in which two configurations differ.
export function changed(a: Config, b: Config): Set<string> {
  const names = Object.keys(a) as (keyof Config)[];
  return new Set(names.filter((n) => JSON.stringify(a[n]) !== JSON.stringify(b[n])));
}
