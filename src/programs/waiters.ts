import type { Op, Protocol } from '../machine/protocol.js';
import { addToSet, nextInSet, type SetOps, takeFromSet } from './cpu-set.js';

/**
 * Who waits for which word of simulated memory, and who is rung when it changes. Like the doorbell a
 * shared-memory protocol itself: the explorer hunts this text for lost rings, and stress runs execute it with
 * its yields stripped.
 *
 * A waiter announces itself, then looks at the word once more, then sleeps. Who changes a word does so, then,
 * behind a barrier, looks whether anybody waits for words of its hash, and rings.
 */

export interface WaiterOps extends SetOps {
  /** Locked; answers the old value. */
  exchange(address: number, value: number): Op;
  add(address: number, addend: number): Op;
  /** A plain store. */
  store(address: number, value: number): Op;
  /** Wakes the CPU, if it sleeps. */
  ringCpu(cpu: number): Protocol<void>;
}

/**
 * The words in which a CPU says what it waits for: `address` + 1 (0: nothing), mask, value, whether for
 * another value than that.
 */
export interface WaitRecord {
  /** How many waits it has begun. */
  readonly waits: number;
  readonly address: number;
  readonly mask: number;
  readonly value: number;
  readonly not: number;
}

/** Where the words lie; a waiter's word is found by its hash, the low bits of its address. */
export interface WaiterWords {
  /** By CPU. */
  readonly records: readonly WaitRecord[];
  /** A count for each hash, from this word on. */
  readonly counts: number;
  /** A set of CPUs for each hash, of so many words. */
  readonly sets: number;
  readonly setWords: number;
  /** How many hashes there are, less 1; a power of two less 1. */
  readonly hashMask: number;
}

/**
 * The CPU waits until (word & mask) === value, or with `not` 1 until it is another. Visible when it returns:
 * whoever changes the word after that finds it.
 */
export function* announceWait(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  mask: number,
  value: number,
  not: number,
): Protocol<void> {
  const own = words.records[cpu];
  const waits = yield* ops.load(own.waits);
  // The number first: who reads it twice around the rest knows that the rest belongs together.
  yield* ops.exchange(own.waits, waits + 1);
  yield* ops.store(own.mask, mask);
  yield* ops.store(own.value, value);
  yield* ops.store(own.not, not);
  yield* ops.exchange(own.address, address + 1);
  yield* ops.add(words.counts + (address & words.hashMask), 1);
  yield* addToSet(ops, words.sets + (address & words.hashMask) * words.setWords, cpu);
}

export function* withdrawWait(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
): Protocol<void> {
  yield* takeFromSet(ops, words.sets + (address & words.hashMask) * words.setWords, cpu);
  yield* ops.add(words.counts + (address & words.hashMask), -1);
  yield* ops.exchange(words.records[cpu].address, 0);
}

/**
 * Rings those that wait for what the word is now. Of those that wait for it to be 0 only the next one, round
 * robin: most wait for a lock, and one can have it. Who has been rung and does not take the word rings the
 * next (see `isTurn`).
 */
export function* ringWaiters(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  current: number,
): Protocol<void> {
  const cpus = words.records.length;
  const set = words.sets + (address & words.hashMask) * words.setWords;
  let next = yield* nextInSet(ops, set, cpus, cpu);
  while (next >= 0) {
    const waiter = next;
    // Asked before it is rung: after that it may be in its next wait, for something else.
    const rung = yield* isRung(ops, words, waiter, address, current);
    if (rung !== NOT_RUNG) yield* ops.ringCpu(waiter);
    if (rung === TURN) return;
    next = yield* nextInSet(ops, set, cpus, waiter);
    // Once round; a sleeper that came or went meanwhile looks for itself.
    const done = (waiter - cpu - 1 + cpus) % cpus;
    if (next >= 0 && (next - cpu - 1 + cpus) % cpus <= done) return;
  }
}

export const NOT_RUNG = 0;
export const RUNG = 1;
export const TURN = 2;

/**
 * Whether the CPU waits for this value of the word, and whether others then wait for their turn. A wait that
 * began meanwhile is another: it looks for itself.
 */
export function* isRung(
  ops: WaiterOps,
  words: WaiterWords,
  cpu: number,
  address: number,
  current: number,
): Protocol<number> {
  const record = words.records[cpu];
  const waits = yield* ops.load(record.waits);
  const waitsFor = yield* ops.load(record.address);
  if (waitsFor !== address + 1) return NOT_RUNG;
  const mask = yield* ops.load(record.mask);
  const value = yield* ops.load(record.value);
  const not = yield* ops.load(record.not);
  if (!holds(current, mask, value, not)) return NOT_RUNG;
  const still = yield* ops.load(record.waits);
  if (still !== waits) return NOT_RUNG;
  return isTurn(mask, value, not) ? TURN : RUNG;
}

/** Whether a wait for this is over. */
export function holds(current: number, mask: number, value: number, not: number): boolean {
  return ((current & mask) === value) !== (not !== 0);
}

/** Whether those who wait for this come one at a time: a wait for the whole word to be 0. */
export function isTurn(mask: number, value: number, not: number): boolean {
  return mask === -1 && value === 0 && not === 0;
}
