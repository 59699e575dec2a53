import type { Protocol } from '../machine/protocol.js';

/**
 * How a finding gets its name in a directory that several processes save to: a whole file first, then the
 * first name that is free, and never one that is taken. It is a protocol between processes, so it is written
 * as one: the explorer hunts this text, with system calls as operations on words, and saving runs it with
 * system calls.
 */

/** A name was given; it is taken; the file system has no hard links. */
export const NAMED = 1;
export const TAKEN = 0;
export const NO_LINKS = -1;

/** System calls; `n` counts the names that would do, from 1. */
export interface NamingOps {
  /** The whole file, on the disk, under a name that nobody looks for. */
  write(): Protocol<void>;
  /** Gives the file the name, unless it is taken: NAMED, TAKEN or NO_LINKS. */
  link(n: number): Protocol<number>;
  /** Whether the same bytes have that name: 1 or 0. */
  holdsSame(n: number): Protocol<number>;
  /** Reserves the name; 0: another process has. */
  reserve(n: number): Protocol<number>;
  /** Whether something has the name: 1 or 0. */
  isTaken(n: number): Protocol<number>;
  /** Gives the file the name, whatever has it. */
  rename(n: number): Protocol<void>;
  release(n: number): Protocol<void>;
}

/**
 * Writes and names the file: n > 0: it has the n-th name; -n: that one has the same bytes; 0: all `names` are
 * taken.
 */
export function* writeAndName(ops: NamingOps, names: number): Protocol<number> {
  yield* ops.write();
  return yield* giveName(ops, names);
}

export function* giveName(ops: NamingOps, names: number): Protocol<number> {
  for (let n = 1; n <= names; n++) {
    const linked = yield* ops.link(n);
    if (linked === NAMED) return n;
    if (linked === NO_LINKS) {
      const claimed = yield* claimReserved(ops, n);
      if (claimed === NAMED) return n;
    }
    // Another process may have saved the same finding meanwhile.
    const same = yield* ops.holdsSame(n);
    if (same !== 0) return -n;
  }
  return 0;
}

/**
 * For file systems without hard links. A rename would replace what has the name, and a file that reserves the
 * name would be half a finding to whoever looks; so a directory beside it is the reservation. One that a
 * killed process left makes its name a taken one, no more.
 */
export function* claimReserved(ops: NamingOps, n: number): Protocol<number> {
  const reserved = yield* ops.reserve(n);
  if (reserved === 0) return TAKEN;
  const taken = yield* ops.isTaken(n);
  if (taken === 0) yield* ops.rename(n);
  yield* ops.release(n);
  return taken === 0 ? NAMED : TAKEN;
}

/** Runs a text whose operations act at once and never yield. */
export function atOnce<R>(text: Protocol<R>): R {
  const { done, value } = text.next();
  if (done !== true) throw new Error('an operation of a text that runs at once has yielded');
  return value;
}
