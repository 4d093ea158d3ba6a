// A slider over the stretch of a field that is worth exploring; any value of the range can still be typed.
import type { Explored, Kind } from '../protocol';

/// Steps from one end to the other.
export const STEPS = 200;

/// The value at a step; real numbers have three significant digits, so that links stay short.
export function valueAt({ low, high, is_log }: Explored, kind: Kind, step: number): number {
  const share = step / STEPS;
  const value = is_log ? low * (high / low) ** share : low + (high - low) * share;
  return kind.kind === 'whole' ? Math.round(value) : Number(value.toPrecision(3));
}

/// The step nearest to a value; what lies beyond an end is at that end.
export function stepOf({ low, high, is_log }: Explored, value: number): number {
  const share = is_log
    ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
    : (value - low) / (high - low);
  return Math.round(STEPS * Math.min(1, Math.max(0, share)));
}
