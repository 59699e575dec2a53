import type { Op, Protocol } from '../machine/protocol.js';
import { addToSet, nextInSet, type SetOps, takeFromSet } from './cpu-set.js';

/**
 * Run tokens: as many CPUs run as the machine has cores. With more busy threads than cores the system's time
 * slices of milliseconds decide when an IPI is served; a token that goes round every few hundred boundaries
 * makes that microseconds.
 *
 * A CPU is blocked (asleep in a wait), ready (wants a token) or running (holds one). Invariants: tokens are
 * neither made nor lost, and free tokens and ready CPUs do not last side by side, since whoever creates
 * either looks for the other after it.
 *
 * Like the doorbell a shared-memory protocol itself, and written as one: the explorer hunts this text for
 * lost tokens and lost wake-ups (test/programs/run-token.test.ts), and stress runs execute it with its yields
 * stripped.
 */

export const RUN_BLOCKED = 0;
export const RUN_READY = 1;
export const RUN_RUNNING = 2;

/**
 * What the protocol needs of the world. Every access is an operation; all but `load` are locked and answer
 * the old value.
 */
export interface TokenOps extends SetOps {
  exchange(address: number, value: number): Op;
  compareExchange(address: number, expected: number, value: number): Op;
  add(address: number, addend: number): Op;
  /**
   * Whether there is something to do or to see: 1 or 0. Whoever brings such a thing about does so, by a
   * locked operation, before it rings.
   */
  hasReason(): Op;
  /** 1 once the run is over: nobody waits for a token then. */
  isOver(): Op;
  /** Sleeps if the word still has the value, until woken or for a while; 1 if it was for a while. */
  sleepWhileEqual(address: number, value: number): Protocol<number>;
  wake(address: number): Protocol<number>;
}

/** Where the words lie. */
export interface TokenWords {
  /** Each CPU's state: RUN_*. */
  readonly runs: readonly number[];
  /** Tokens that nobody holds. */
  readonly free: number;
  /**
   * CPUs that want a token, a bit each; those of them that have something to attend to. Whose bit is late is
   * told by its state.
   */
  readonly ready: number;
  readonly urgent: number;
}

/**
 * At the start of a run: waits for a token. An interrupt may have come before this CPU did: then it is ready
 * already, or has a token, which must not be forgotten.
 */
export function* enterTokens(ops: TokenOps, words: TokenWords, cpu: number): Protocol<void> {
  const state = yield* ops.compareExchange(words.runs[cpu], RUN_BLOCKED, RUN_READY);
  if (state === RUN_BLOCKED) {
    yield* addToSet(ops, words.ready, cpu);
    yield* spendTokens(ops, words, cpu);
  }
  yield* waitForToken(ops, words, cpu);
}

/**
 * Passes the token on if another CPU wants it, those with something to attend to first; returns when this CPU
 * has one again. `urgent`: only to one that has something to attend to.
 */
export function* passToken(ops: TokenOps, words: TokenWords, cpu: number, urgent: boolean): Protocol<void> {
  const wanted = yield* nextInSet(ops, words.urgent, words.runs.length, cpu);
  if (wanted < 0) {
    if (urgent) return;
    const other = yield* nextInSet(ops, words.ready, words.runs.length, cpu);
    if (other < 0) return;
  }
  // Ready before the token is gone: from then on others may hand it back.
  yield* becomeReady(ops, words, cpu);
  const granted = yield* grantNext(ops, words, cpu);
  if (!granted) yield* giveTokenBack(ops, words, cpu);
  yield* waitForToken(ops, words, cpu);
}

/** Gives the token up until somebody rings; the reason is looked for after the CPU is known to be blocked. */
export function* blockForRing(ops: TokenOps, words: TokenWords, cpu: number): Protocol<void> {
  const own = words.runs[cpu];
  yield* ops.exchange(own, RUN_BLOCKED);
  const reason = yield* ops.hasReason();
  if (reason !== 0) {
    const blocked = yield* ops.compareExchange(own, RUN_BLOCKED, RUN_RUNNING);
    if (blocked === RUN_BLOCKED) return;
    // Rung meanwhile: the token is still in hand; a second one, if a ringer had one to spare, goes back.
    const rung = yield* ops.compareExchange(own, RUN_READY, RUN_RUNNING);
    if (rung !== RUN_READY) yield* giveTokenBack(ops, words, cpu);
    return;
  }
  yield* giveTokenBack(ops, words, cpu);
  yield* waitForToken(ops, words, cpu);
}

/** Makes a blocked CPU ready. The caller has published its reason with a locked operation. */
export function* ringForToken(ops: TokenOps, words: TokenWords, cpu: number, target: number): Protocol<void> {
  const state = yield* ops.compareExchange(words.runs[target], RUN_BLOCKED, RUN_READY);
  if (state === RUN_RUNNING) return;
  yield* addToSet(ops, words.urgent, target);
  if (state !== RUN_BLOCKED) return;
  yield* addToSet(ops, words.ready, target);
  yield* spendTokens(ops, words, cpu);
}

export function* giveTokenBack(ops: TokenOps, words: TokenWords, cpu: number): Protocol<void> {
  yield* ops.add(words.free, 1);
  yield* spendTokens(ops, words, cpu);
}

/** The state first, then the set: whoever finds the CPU in it may grant, and takes it out before it does. */
export function* becomeReady(ops: TokenOps, words: TokenWords, cpu: number): Protocol<void> {
  yield* ops.exchange(words.runs[cpu], RUN_READY);
  yield* addToSet(ops, words.ready, cpu);
}

export function* waitForToken(ops: TokenOps, words: TokenWords, cpu: number): Protocol<void> {
  const own = words.runs[cpu];
  for (;;) {
    const state = yield* ops.load(own);
    if (state === RUN_RUNNING) return;
    const over = yield* ops.isOver();
    if (over !== 0) return;
    const late = yield* ops.sleepWhileEqual(own, state);
    // A wait that ends by something that nobody rings for is looked at again.
    if (late !== 0 && state === RUN_BLOCKED) yield* ringForToken(ops, words, cpu, cpu);
  }
}

/** Hands free tokens to ready CPUs while there are both. */
export function* spendTokens(ops: TokenOps, words: TokenWords, cpu: number): Protocol<void> {
  for (;;) {
    const free = yield* ops.load(words.free);
    if (free <= 0) return;
    const ready = yield* nextInSet(ops, words.ready, words.runs.length, cpu);
    if (ready < 0) return;
    const seen = yield* ops.compareExchange(words.free, free, free - 1);
    if (seen === free) {
      const granted = yield* grantNext(ops, words, cpu);
      // Put back, and looked at again: a CPU may have become ready while no token was free.
      if (!granted) yield* ops.add(words.free, 1);
    }
  }
}

/**
 * Hands a token to the next ready CPU after this one, one with something to attend to before others; whether
 * there was one.
 */
export function* grantNext(ops: TokenOps, words: TokenWords, cpu: number): Protocol<boolean> {
  for (;;) {
    let next = yield* nextInSet(ops, words.urgent, words.runs.length, cpu);
    if (next < 0) next = yield* nextInSet(ops, words.ready, words.runs.length, cpu);
    if (next < 0) return false;
    // Out of the sets before the grant: once it runs it may become ready, and be put in, again.
    yield* takeFromSet(ops, words.urgent, next);
    yield* takeFromSet(ops, words.ready, next);
    const state = yield* ops.compareExchange(words.runs[next], RUN_READY, RUN_RUNNING);
    if (state === RUN_READY) {
      if (next !== cpu) yield* ops.wake(words.runs[next]);
      return true;
    }
    // It runs by itself again, and the sets were late.
  }
}
