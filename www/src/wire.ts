// The envelopes between the page and its worker: a request has a number that its response brings back, an
// event the number of its run.
import type { KeeperNews } from './kept/keeper';
import type { Command, Event, Export, File, Request, Response, Words } from './protocol';

/// To the worker. The bytes of a request's or command's files are transferred.
export type Inbound =
  | { to: 'analyst'; id: number; request: Request }
  | { to: 'trainer'; command: Command }
  /// There may be room now for what could not be kept.
  | { to: 'keeper' };

/// What the analyst makes of the trainer's measurements.
export type Made = Extract<Response, { type: 'claims' | 'results' | 'failed' }>;

/// What is told of a run: the trainer's events, and what the analyst makes of its measurements: a file comes with
/// the number of who asked.
export type RunEvent =
  | Exclude<Event, { type: 'measured' | 'keep' }>
  | Exclude<Made, { type: 'results' }>
  | (Extract<Made, { type: 'results' }> & Export);

/// From the worker.
export type Outbound =
  | { from: 'analyst'; id: number; response: Response }
  | { from: 'trainer'; run: number | null; event: RunEvent }
  /// A program can't be loaded, or stopped.
  | { from: 'worker'; failure: Words }
  /// What was kept of a run, or could not be.
  | { from: 'keeper'; news: KeeperNews };

function filesOf(body: Request | Command): File[] {
  if (body.type === 'go_on') return [body.log, ...(body.checkpoint ? [body.checkpoint] : [])];
  if (body.type === 'compare') return [body.on_record, body.again];
  if (body.type === 'compare_with_link') return [body.again];
  if (body.type === 'beside') return [body.trunk, body.branch];
  if (body.type === 'take_point') return [body.sweep, body.results];
  if ('files' in body) return body.files;
  return 'file' in body ? [body.file] : [];
}

/// The buffers of a message's files: they go with it rather than being copied.
export function buffers(message: Inbound): ArrayBuffer[] {
  if (message.to === 'keeper') return [];
  const body = message.to === 'analyst' ? message.request : message.command;
  const files = filesOf(body);
  return files.map((file) => file.bytes.buffer as ArrayBuffer);
}
