/**
 * Values that a function of the API made, told from look-alikes, in the order of their making: a module's
 * exports come sorted by name.
 */
export class Made<T extends object> {
  private readonly order = new WeakMap<object, number>();
  private readonly stacks = new WeakMap<object, Error>();
  private count = 0;

  add<V extends T>(value: V): V {
    this.order.set(value, this.count++);
    // Its text is made when it is asked for, which it hardly ever is.
    this.stacks.set(value, new Error('made here'));
    return value;
  }

  /** The stack of calls in which it was made; empty for what was not. */
  stackOf(value: T): string {
    return this.stacks.get(value)?.stack ?? '';
  }

  has(value: unknown): value is T {
    return typeof value === 'object' && value !== null && this.order.has(value);
  }

  /** Those among the values, in order. */
  among(values: Iterable<unknown>): T[] {
    const found = [...values].filter((value): value is T => this.has(value));
    return found.sort((a, b) => (this.order.get(a) ?? 0) - (this.order.get(b) ?? 0));
  }
}
