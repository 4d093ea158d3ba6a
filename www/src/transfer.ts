// What goes with a message rather than being copied.

/// The buffers of all lists of bytes in a record, a request's or an answer's, however deep they lie.
export function buffersOf(record: object): ArrayBuffer[] {
  return Object.values(record).flatMap((value: unknown) => {
    if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? buffersOf(value) : [];
  });
}
