// What goes with a message rather than being copied.

/// The buffers of all bytes in a record, a message or an answer, however deep they lie; each once, as the
/// browser wants it. One that is of the record only in part is copied: whoever has the rest may need it.
export function buffersOf(record: object): ArrayBuffer[] {
  const covered = new Map<ArrayBuffer, ArrayBufferView[]>();
  gather(record, covered);
  return [...covered].flatMap(([buffer, views]) => (isWhole(buffer, views) ? [buffer] : []));
}

function gather(within: object, covered: Map<ArrayBuffer, ArrayBufferView[]>) {
  if (ArrayBuffer.isView(within)) {
    const { buffer } = within;
    // Shared memory is nobody's to hand over.
    if (buffer instanceof ArrayBuffer) covered.set(buffer, [...(covered.get(buffer) ?? []), within]);
    return;
  }
  for (const value of Object.values(within) as unknown[]) {
    if (typeof value === 'object' && value !== null) gather(value, covered);
  }
}

/// Whether views of a buffer leave nothing of it out.
function isWhole({ byteLength }: ArrayBuffer, views: ArrayBufferView[]): boolean {
  let end = 0;
  for (const view of [...views].sort((a, b) => a.byteOffset - b.byteOffset)) {
    if (view.byteOffset > end) return false;
    end = Math.max(end, view.byteOffset + view.byteLength);
  }
  return end === byteLength;
}
