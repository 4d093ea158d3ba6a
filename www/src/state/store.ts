// One value that changes, and who wants to know.

export class Store<T> {
  private readonly listeners: ((value: T) => void)[] = [];

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  /// Puts a new value in the old one's stead, made from it; listeners hear of it if it is another.
  update(change: (value: T) => T) {
    const next = change(this.value);
    if (next === this.value) return;
    this.value = next;
    for (const listener of this.listeners) listener(next);
  }

  listen(listener: (value: T) => void) {
    this.listeners.push(listener);
  }
}
