import type { MachineListener } from './listener.js';
import type { Refusal } from './operands.js';
import type { Op } from './protocol.js';

/** The registers in which a CPU hands its operations to the machine. */

/** Reused for every result: `yield*` reads `value` at once, and an allocation per step would be felt. */
const DONE: { done: true; value: number } = { done: true, value: 0 };

/**
 * The operation that a CPU is about to execute. One object per CPU; an interrupt saves and restores its
 * fields, as registers are.
 */
export class PendingOp implements Op {
  kind = 0;
  a = 0;
  b = 0;
  c = 0;
  d = 0;
  e = 0;
  /** `yield*` has handed this operation out and waits for its result. */
  armed = false;
  /**
   * This operation, as the type of what protocol code yields has it: nobody but a continuation looks at that.
   */
  readonly handedOn = this as unknown as undefined;
  private readonly yielded = { done: false, value: this.handedOn } as const;
  /** Null while nobody listens. */
  listener: MachineListener | null = null;

  constructor(private readonly cpu: number) {}

  [Symbol.iterator](): Iterator<undefined, number, number> {
    if (this.listener !== null) this.listener.handsOut(this.cpu);
    return this;
  }

  next(result?: number): IteratorResult<undefined, number> {
    if (this.armed) {
      this.armed = false;
      DONE.value = result as number;
      return DONE;
    }
    this.armed = true;
    return this.yielded;
  }

  /**
   * The machine cannot execute it: the error is made here, with the line that made the operation on the
   * stack.
   */
  throw(refusal: Refusal): never {
    throw refusal.error();
  }
}

/** An operation that is no instruction: done at once, without a boundary. */
export class ImmediateOp implements Op {
  value = 0;
  /** Null while nobody listens. */
  listener: MachineListener | null = null;

  constructor(private readonly cpu: number) {}

  /** Its answer is this one now. */
  answered(value: number): this {
    this.value = value;
    if (this.listener !== null) this.listener.answers(this.cpu, value);
    return this;
  }

  [Symbol.iterator](): Iterator<undefined, number, number> {
    return this;
  }
  next(): IteratorResult<undefined, number> {
    DONE.value = this.value;
    return DONE;
  }
}

/** Words that a CPU waits for, and what it saw in each. */
export interface WatchedWords {
  readonly words: readonly number[];
  readonly seen: readonly number[];
}
