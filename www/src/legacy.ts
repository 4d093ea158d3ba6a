// What the page's code knew before the wire was made anew, translated. It goes once all of the page speaks the new one.
import * as client from './client';
import type {
  Config,
  EngineChoice,
  File,
  Format,
  Origin,
  Probe,
  Response,
  RunDescription,
  StepUnit,
} from './protocol';
import type { RunEvent } from './wire';

export type Message =
  | 'hello'
  | 'use_digits'
  | 'pause'
  | 'resume'
  | 'reset'
  | { check: { config: string } }
  | { run: { config: string; engine: EngineChoice; paused: boolean; experiment?: string } }
  | { open: { file: File } }
  | { convert: { file: File; format: Format } }
  | { write_link: { config: string; at: number | null } }
  | { read_link: { fragment: string } }
  | { use_files: { files: File[]; origin: Origin } }
  | { step: { unit: StepUnit } }
  | { export: { format: Format } }
  | { watch: { probe: Probe } }
  | { receptive: { lane: number; unit: number } }
  | { trace: { lane: number } };

type Checked = {
  type: 'checked';
  config: string;
  problems: Extract<Response, { type: 'checked' }>['problems'];
};
export type News =
  | Exclude<Response, { type: 'checked' | 'refused' | 'failed' | 'claims' | 'results' }>
  | Checked
  | RunEvent;

type Handlers = { news(news: News): void; failed(message: string): void; started(): void };
let handlers: Handlers | undefined;

export function listen(to: Handlers) {
  handlers = to;
  client.listen({
    event: to.news,
    failed: (failure) => {
      to.news({ type: 'state', state: 'failed', words: failure.what });
      to.news({ type: 'failed', ...failure });
    },
    started: to.started,
  });
}

export const isStarted = client.isStarted;

export function start() {
  if (client.isStarted()) return;
  client.start();
  send('hello');
}

export function send(message: Message) {
  start();
  const [type, body] =
    typeof message === 'string' ? [message, {}] : (Object.entries(message)[0] as [string, object]);
  const tell = (response: Response) => {
    if (response.type === 'checked') {
      handlers?.news({
        type: 'checked',
        config: (body as { config: string }).config,
        problems: response.problems,
      });
    } else if (response.type === 'refused') handlers?.news({ type: 'data_refused', reason: response.reason });
    else if (response.type !== 'link' || response.fragment !== null) handlers?.news(response);
  };
  if (type === 'run') {
    const { config, ...rest } = body as { config: string; engine: EngineChoice; paused: boolean };
    void client.ask({ type: 'check', config }).then((response) => {
      if (response.type !== 'checked') return;
      if (response.config) {
        client.command({ type: 'run', experiment: null, ...rest, config: response.config as Config });
      } else tell(response);
    });
  } else if (['hello', 'check', 'open', 'convert', 'write_link', 'read_link'].includes(type)) {
    const experiment = type === 'write_link' ? { experiment: null } : {};
    void client.ask({ type, ...experiment, ...body } as never).then(tell);
  } else client.command({ type, ...body } as never);
}

/// A run's structure as lists beside each other.
export const lists = (run: RunDescription) => ({
  config: run.config,
  lanes: run.lanes,
  steps: run.steps,
  angles: run.angles,
  layers: run.layers.map((l) => l.name),
  units: run.layers.map((l) => l.units),
  layer_matrix: run.layers.map((l) => l.matrix),
  matrices: run.matrices.map((m) => m.name),
  heads: run.heads.map((h) => h.name),
  chance: run.heads.map((h) => h.chance),
});
export type RunInfo = ReturnType<typeof lists>;
