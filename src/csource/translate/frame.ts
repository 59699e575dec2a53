import type { FrameObject } from '../dwarf/c-types.js';

/**
 * A function's frame: which of its words can be variables of JavaScript. Those can whose address nobody takes
 * and which are always accessed whole; the others lie on the CPU's stack. Offsets count from the stack's top
 * at the call, downwards.
 */
export class Frame {
  /** The frame's lowest address; 0 for a function without one. */
  base = 0;
  private readonly widths = new Map<number, Set<number>>();
  private readonly taken: number[] = [];

  constructor(private readonly objects: readonly FrameObject[]) {}

  /** `bytes` at an offset are accessed. */
  accessed(offset: number, bytes: number): void {
    this.widths.set(offset, (this.widths.get(offset) ?? new Set()).add(bytes));
  }

  /** An address in the frame is a value: whoever has it may access the object that it is of. */
  addressTaken(offset: number): void {
    this.taken.push(offset);
  }

  /** By offset: how many bytes the variable has. */
  variables(): Map<number, number> {
    const shared = this.taken.map((offset) => this.objectAt(offset));
    const found = new Map<number, number>();
    const accesses = [...this.widths].flatMap(([offset, widths]) =>
      [...widths].map((bytes) => ({ offset, bytes })),
    );
    for (const { offset, bytes } of accesses) {
      const overlaps = accesses.some(
        (other) =>
          (other.offset !== offset || other.bytes !== bytes) &&
          other.offset < offset + bytes &&
          offset < other.offset + other.bytes,
      );
      const isShared = shared.some(([low, high]) => offset < high && low < offset + bytes);
      if (!overlaps && !isShared) found.set(offset, bytes);
    }
    return found;
  }

  /** What an address may lead to: its object; all above it where the debug information has none. */
  private objectAt(offset: number): readonly [low: number, high: number] {
    for (const object of this.objects) {
      const low = this.base + object.offset;
      if (offset >= low && offset < low + object.bytes) return [low, low + object.bytes];
    }
    return [offset, 0];
  }
}
