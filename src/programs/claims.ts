import type { Protocol } from '../machine/protocol.js';

/**
 * The lock of a file that several processes read and write anew, any of which may be killed at any moment. It
 * is a protocol between processes, so it is written as one: the explorer hunts this text, with system calls
 * as operations on words, and updating a baseline runs it with system calls.
 *
 * Whoever wants the lock puts up a claim under a name that nobody else ever has, and then looks for others.
 * Who sees no other living claim has the lock: of two, the later one to be put up is looked at after both
 * are there. A claim of a dead process is taken away, and since its name is nobody else's, what is taken
 * away is never a living one. With one name for all (a directory, taken over when it is old) a waiter may
 * take away the lock of another that has just taken it over.
 */

/** System calls; others' claims have numbers, from 1, in an order that all processes agree on. */
export interface ClaimOps {
  /** Puts up this process's claim. */
  claim(): Protocol<void>;
  /** Takes it away. */
  withdraw(): Protocol<void>;
  /**
   * The number of another's claim, the first after number `after`; 0: there is none. From 0 it looks anew.
   */
  next(after: number): Protocol<number>;
  /** Whether the process that put the claim up lives: 1 or 0. */
  isLiving(claim: number): Protocol<number>;
  /** Takes another's claim away. */
  remove(claim: number): Protocol<void>;
  /** Whether the claim comes before this process's own in the order: 1 or 0. */
  isBefore(claim: number): Protocol<number>;
  /** Waits until the claim is gone or its process is. */
  untilGone(claim: number): Protocol<void>;
}

/** Waits for the lock; ends when this process has it. */
export function* takeClaim(ops: ClaimOps): Protocol<void> {
  // First the claim, then the look: who looked first could see nobody, and nobody see it.
  yield* ops.claim();
  for (;;) {
    const other = yield* firstLiving(ops);
    if (other === 0) return;
    // Of those that wait for each other the first stays, so that one of them gets on.
    const before = yield* ops.isBefore(other);
    if (before !== 0) yield* ops.withdraw();
    yield* ops.untilGone(other);
    if (before !== 0) yield* ops.claim();
  }
}

/** The first claim of a living process other than this one; 0: there is none. Those of dead ones go. */
export function* firstLiving(ops: ClaimOps): Protocol<number> {
  let other = yield* ops.next(0);
  while (other !== 0) {
    const living = yield* ops.isLiving(other);
    if (living !== 0) return other;
    yield* ops.remove(other);
    other = yield* ops.next(other);
  }
  return 0;
}
