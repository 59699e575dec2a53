import type { Op, Protocol } from '../machine/protocol.js';

/**
 * The doorbell: how a simulated CPU that has nothing to do sleeps in the operating system, and how others
 * wake it. It is a shared-memory protocol itself, so it is written as one: the explorer hunts this text for
 * lost wake-ups, and stress runs execute it with its yields stripped.
 *
 * One `sleep` word per CPU and one counter of awake CPUs, which spinning is gated by: it must not leak. The
 * ringer counts up for the sleeper that it wakes; the sleeper counts itself down before it sleeps.
 */

/**
 * What the protocol needs of the world. Every access is an operation; `sleepWhile` and `wake` are a futex.
 */
export interface BellOps {
  load(address: number): Op;
  /** Locked; answers the old value. */
  exchange(address: number, value: number): Op;
  /** Locked. */
  add(address: number, addend: number): Op;
  /**
   * Whether there is something to do or to see: 1 or 0. Whoever brings such a thing about does so before it
   * rings.
   */
  hasReason(): Op;
  /** Sleeps if the word is still 1, until woken or for a while; answers nothing that may be relied on. */
  sleepWhile(address: number): Protocol<number>;
  wake(address: number): Protocol<number>;
}

/** Words of one CPU's bell. */
export interface Bell {
  readonly sleep: number;
  readonly awake: number;
}

/**
 * Wakes the bell's CPU if it sleeps. The caller has published its reason with a locked operation or a barrier
 * behind it.
 */
export function* ringBell(ops: BellOps, bell: Bell): Protocol<void> {
  const asleep = yield* ops.load(bell.sleep);
  if (asleep !== 1) return;
  // Who takes the 1 away is the one who wakes and counts.
  const taken = yield* ops.exchange(bell.sleep, 0);
  if (taken !== 1) return;
  yield* ops.add(bell.awake, 1);
  yield* ops.wake(bell.sleep);
}

/** Sleeps until rung, unless there is a reason not to. */
export function* sleepOnBell(ops: BellOps, bell: Bell): Protocol<void> {
  // Locked: the announcement is visible before the reason is looked for once more. A ringer publishes, then
  // looks at the announcement.
  yield* ops.exchange(bell.sleep, 1);
  const reason = yield* ops.hasReason();
  yield* ops.add(bell.awake, -1);
  if (reason === 0) yield* ops.sleepWhile(bell.sleep);
  // 0: a ringer took the announcement and counted this CPU. 1: nobody did (a reason, or the time was up).
  const announced = yield* ops.exchange(bell.sleep, 0);
  if (announced === 1) yield* ops.add(bell.awake, 1);
}
