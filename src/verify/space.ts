import type { Keepable } from './checkpoint/records.js';

/**
 * All states that executions reach, as a search sees them: rows of numbers, equal where all that can follow
 * is equal. What is behind the numbers is the space's own affair.
 */
export interface Space extends Keepable {
  readonly cpus: number;
  /** Words of a row. */
  readonly width: number;
  readonly localStates: number;
  readonly memories: number;
  /** Whether moves were left out that executions can make: who can move is not all there is then. */
  readonly isCut?: boolean;
  /** The states that executions begin in, with the answers to choices on the way there and an outcome. */
  begin(first: (row: Int32Array, answers: readonly number[], outcome: number) => void): void;
  /** Looks at the state whose row begins at a place; answers how many moves lead from it. */
  open(rows: Int32Array, at: number): number;
  /**
   * The row after the k-th move of the opened state; answers how the move ended: one of the outcomes below.
   */
  follow(k: number, row: Int32Array): number;
  /** Who makes the move, and the answers to choices in it. */
  agent(k: number): number;
  answers(k: number): readonly number[];
  /** How many further steps of that CPU's code belong to it; absent: none. */
  after?(k: number): number;
  /** Whether nobody who has to go on can move in the opened state, and what that is. */
  end(): End;
  /** The words of memory in a row, for those who compare ends. */
  words(row: Int32Array): Int32Array;
}

/** How a move ended. */
export const FINE = 0;
/** An oracle or an assertion has something against it. */
export const VIOLATION = 1;
/** The machine would refuse: a mistake in the program. */
export const MISTAKE = 2;

/** `stuck`: somebody has not finished; `wrong`: all have, and the final memory is not as it should be. */
export type End = 'none' | 'finished' | 'stuck' | 'wrong';
