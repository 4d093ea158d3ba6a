// The envelopes between the page and its worker: a request has a number that its response brings back, an
// event the number of its run.
import type { Command, Event, Request, Response, Words } from './protocol';

/// To the worker. The bytes of a request's or command's files are transferred.
export type Inbound = { to: 'analyst'; id: number; request: Request } | { to: 'trainer'; command: Command };

/// What is told of a run: the trainer's events, and what the analyst makes of its measurements.
export type RunEvent =
  | Exclude<Event, { type: 'measured' }>
  | Extract<Response, { type: 'claims' | 'results' }>;

/// From the worker.
export type Outbound =
  | { from: 'analyst'; id: number; response: Response }
  | { from: 'trainer'; run: number | null; event: RunEvent }
  /// A program can't be loaded, or stopped.
  | { from: 'worker'; failure: Words };

/// The buffers of a message's files: they go with it rather than being copied.
export function buffers(message: Inbound): ArrayBuffer[] {
  const body = message.to === 'analyst' ? message.request : message.command;
  const files = 'files' in body ? body.files : 'file' in body ? [body.file] : [];
  return files.map((file) => file.bytes.buffer as ArrayBuffer);
}
