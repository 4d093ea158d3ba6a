// Fewer calls than wishes.

/// Calls at once, then at most once in `wait` milliseconds; the last wish is always met.
export function debounced(call: () => void, wait: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wished = false;
  const next = () => {
    timer = undefined;
    if (!wished) return;
    wished = false;
    call();
    timer = setTimeout(next, wait);
  };
  return () => {
    wished = true;
    if (timer === undefined) next();
  };
}
