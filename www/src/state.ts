// What the page knows: events folded into one record. No mathematics: the worker sends finished numbers.
import type {
  Config, DataInfo, EngineInfo, Event, Experiment, Field, Origin, Problem, Progress, RunInfo, State, Summary,
  TaskRecord,
} from './protocol';

export type View = {
  experiments: Experiment[];
  fields: Field[];
  state: State | 'starting';
  words: string;
  data?: DataInfo;
  origin: Origin | null;
  refused?: string;
  engine?: EngineInfo;
  notice: string | null;
  run?: RunInfo;
  progress?: Progress;
  records: TaskRecord[][];
  lost: string[];
  summary?: Summary;
  failure?: { what: string; meaning: string; advice: string };
  problems: Problem[];
};

export const initialView: View = {
  experiments: [],
  fields: [],
  state: 'starting',
  words: 'Loading the training program.',
  origin: null,
  notice: null,
  records: [],
  lost: [],
  problems: [],
};

export function fold(view: View, event: Event): View {
  switch (event.type) {
    case 'catalog':
      return { ...view, experiments: event.experiments, fields: event.fields };
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
      return { ...view, run: event.run, records: event.run.lanes.map(() => []), lost: [], summary: undefined, progress: undefined };
    case 'progress': {
      const { type: _, ...progress } = event;
      return { ...view, progress };
    }
    case 'checkpoint':
      return {
        ...view,
        records: view.records.map((list, lane) => (lane === event.lane ? [...list, event.record] : list)),
      };
    case 'summary':
      return { ...view, summary: { conditions: event.conditions } };
    case 'lane_lost':
      return { ...view, lost: [...view.lost, event.reason] };
    case 'failed':
      return { ...view, failure: { what: event.what, meaning: event.meaning, advice: event.advice } };
    case 'done':
    case 'results':
      return view;
  }
}

/// Fields in which two configurations differ.
export function changed(a: Config, b: Config): Set<string> {
  const names = Object.keys(a) as (keyof Config)[];
  return new Set(names.filter((n) => JSON.stringify(a[n]) !== JSON.stringify(b[n])));
}
