import type { Op, Protocol } from '../machine/protocol.js';
import { holds, type WaitRecord } from './waiters.js';

/**
 * How the watchdog of a stress run sees that a CPU waits in vain. It reads what the CPU announces while the
 * CPU goes on, so it is a shared-memory protocol like the announcing itself (waiters.ts): the explorer hunts
 * this text for a CPU that is said to wait for a word that has come, and stress runs execute it.
 */

export interface WatchOps {
  /** A control word. */
  load(address: number): Op;
  /** A word of simulated memory. */
  loadMemory(address: number): Op;
}

/** It waits for nothing, or for what has come, or it goes from one wait to the next. */
export const GETS_ON = -1;
/** How often it is read again when it has begun another wait meanwhile. */
const TRIES = 4;

/** The word that the CPU waits for and that is not what it waits for; GETS_ON where there is none. */
export function* waitsInVain(ops: WatchOps, record: WaitRecord): Protocol<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const waits = yield* ops.load(record.waits);
    const waitsFor = yield* ops.load(record.address);
    if (waitsFor === 0) return GETS_ON;
    const mask = yield* ops.load(record.mask);
    const value = yield* ops.load(record.value);
    const not = yield* ops.load(record.not);
    // Last of all: with parts of two waits the word of one would be compared with the value of the other.
    const again = yield* ops.load(record.waits);
    if (again === waits) {
      const current = yield* ops.loadMemory(waitsFor - 1);
      return holds(current, mask, value, not) ? GETS_ON : waitsFor - 1;
    }
  }
  return GETS_ON;
}
