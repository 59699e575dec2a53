import type { Op, Protocol } from '../machine/protocol.js';

/** Sets of CPUs in shared words, a bit each, as run tokens and waiters have them. */

export interface SetOps {
  load(address: number): Op;
  /** Locked; answer the old value. */
  or(address: number, bits: number): Op;
  and(address: number, bits: number): Op;
}

export function* addToSet(ops: SetOps, set: number, cpu: number): Protocol<void> {
  yield* ops.or(set + (cpu >> 5), 1 << (cpu & 31));
}

export function* takeFromSet(ops: SetOps, set: number, cpu: number): Protocol<void> {
  yield* ops.and(set + (cpu >> 5), ~(1 << (cpu & 31)));
}

/**
 * The first CPU of a set after this one, round robin, itself last; -1 if it is empty. A few loads for any
 * number of CPUs: it is asked often, by code that is not compiled yet.
 */
export function* nextInSet(ops: SetOps, set: number, cpus: number, cpu: number): Protocol<number> {
  const from = (cpu + 1) % cpus;
  const count = (cpus + 31) >> 5;
  const first = from >> 5;
  const above = -1 << (from & 31);
  for (let i = 0; i <= count; i++) {
    const word = (first + i) % count;
    let bits = yield* ops.load(set + word);
    // The word that it begins in comes twice: first its upper part, last its lower.
    if (i === 0) bits = bits & above;
    else if (i === count) bits = bits & ~above;
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
  }
  return -1;
}
