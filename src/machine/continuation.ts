import type { Refusal } from './operands.js';

/**
 * A CPU's code as the machine knows it: something that goes on to its next operation when it is told the
 * result of the last one. The machine and whoever drives it do not know what it is made of; today that is
 * generators (generator-stack.ts).
 *
 * The operation itself stands in the CPU's pending registers, which the machine saves and restores around
 * interrupts.
 */
export interface Continuation {
  /** Nothing is left to run: the script has ended and no handler is on top of it. */
  readonly idle: boolean;
  /**
   * The script begins, and what ran before is forgotten; the first `resume` brings it before its first
   * operation.
   */
  start(): void;
  /**
   * The handler of an interrupt begins, on top of what runs; the first `resume` brings it before its first
   * operation.
   */
  interrupt(vector: Vector): void;
  /**
   * Goes on with the result of the pending operation. True: it stands before another one; false: the
   * innermost handler, or the script, has ended, and what the handler interrupted stands where it stood.
   * Throws what the code throws.
   */
  resume(result: number): boolean;
  /**
   * The pending operation is refused: throws that within the code, which may have something to tidy up.
   * Answers the error to be told.
   */
  refuse(refusal: Refusal): unknown;
}

/** `exit`: a VM exit, which the host's code follows. */
export type Vector = 'ipi' | 'nmi' | 'exit';
