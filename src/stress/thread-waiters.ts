import {
  announceWait,
  ringWaiters,
  type WaiterOps,
  type WaiterWords,
  withdrawWait,
} from '../programs/waiters.js';
import * as C from './control.js';

/**
 * Who waits for which word, as one thread sees it: the protocol of programs/waiters.ts, and what is asked
 * after every store that could end a wait, so that the usual answer, nobody, takes one load.
 */
export class Waiters {
  private readonly at: WaiterWords;

  constructor(
    private readonly words: Int32Array,
    cpus: number,
    private readonly id: number,
    private readonly ops: WaiterOps,
  ) {
    this.at = C.waiterWords(cpus);
  }

  /** This CPU waits until (word & mask) === value, or with `not` until it is another. */
  add(address: number, mask: number, value: number, not: boolean): void {
    if (!this.everAny(address)) Atomics.or(this.words, waitedWordOf(address), 1 << (address & 31));
    announceWait(this.ops, this.at, this.id, address, mask, value, not ? 1 : 0);
  }

  remove(address: number): void {
    withdrawWait(this.ops, this.at, this.id, address);
  }

  /** Whether somebody may wait for the word. */
  any(address: number): boolean {
    return this.words[C.WAITERS + (address & (C.WAITER_BUCKETS - 1))] !== 0;
  }

  /**
   * Whether somebody may ever have waited for the word in this run: most words are never waited for, and a
   * store asks no more of them.
   */
  everAny(address: number): boolean {
    return ((this.words[waitedWordOf(address)] >>> (address & 31)) & 1) !== 0;
  }

  /** Rings who waits for what the word is now. */
  ring(address: number, current: number): void {
    ringWaiters(this.ops, this.at, this.id, address, current);
  }
}

function waitedWordOf(address: number): number {
  return C.WAITED + ((address >> 5) & (C.WAITED_WORDS - 1));
}
