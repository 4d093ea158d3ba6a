// The envelopes between the page and its worker: a request has a number that its response brings back, an
// event the number of its run.
import type { KeeperNews } from './kept/keeper';
import type { Command, Event, Export, Request, Response, Words } from './protocol';
import { buffersOf } from './transfer';

/// To the worker. The bytes of a request's or command's files are transferred.
export type Inbound =
  | { to: 'analyst'; id: number; request: Request }
  | { to: 'trainer'; command: Command }
  /// There may be room now for what could not be kept.
  | { to: 'keeper' };

/// What the analyst makes of the trainer's measurements.
export type Made = Extract<Response, { type: 'claims' | 'results' | 'failed' }>;

/// What is told of a run: the trainer's events, and what the analyst makes of its measurements. A file comes
/// with the number of who asked.
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

/// The buffers of a message's files: they go with it rather than being copied.
export const buffers = (message: Inbound): ArrayBuffer[] => buffersOf(message);
