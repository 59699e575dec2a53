import type { Op, Protocol } from '../machine/protocol.js';

/**
 * How a hunt hands batches to workers and takes their answers, which come in any order, in the order of the
 * batches. It is a protocol between threads, so it is written as one: the explorer hunts this text, with
 * shared words in the place of messages, and a hunt runs it on its pool.
 *
 * What it takes is a function of the batches' answers alone, however many workers there are and whichever is
 * fast: the answers up to the first that decides, be that a witness or a failure. Time only says how far it
 * gets.
 */

/** How a hunt stands, from outside: from each to those after it. */
export const GOES_ON = 0;
/** Time is up, or there are no more batches: what is handed out is waited for and taken. */
export const HANDS_NO_MORE = 1;
/** Interrupted: what is handed out is left. */
export const WAITS_NO_MORE = 2;

/** The hunt's side. Batches have numbers, from 0, in their order. */
export interface HandOverOps {
  /** How much has happened that it may wait for: an answer, an interruption. */
  news(): Op | Protocol<number>;
  /** Waits until more has. */
  untilNews(seen: number): Op | Protocol<number>;
  /** How many batches are handed out and not answered. */
  open(): Op | Protocol<number>;
  /** One more is. */
  countOpen(): Op | Protocol<number>;
  hand(batch: number): Protocol<void>;
  stage(): Protocol<number>;
  /** 1 or 0. */
  isAnswered(batch: number): Protocol<number>;
  /** Takes the answer: whether it decides the hunt, 1 or 0. */
  take(batch: number): Protocol<number>;
}

/** An answer, on its way to the hunt. */
export interface AnswerOps {
  /** Puts it where the hunt finds it: 1; 0: the batch has been answered before. */
  put(batch: number): Protocol<number>;
  /** A batch less is open. */
  countClosed(): Op | Protocol<number>;
  /** Something has happened. */
  ring(): Op | Protocol<number>;
}

/** Hands out batches, at most `openMax` at a time, and takes the answers; ends when the hunt does. */
export function* handOver(ops: HandOverOps, openMax: number): Protocol<void> {
  let handed = 0;
  let taken = 0;
  let decided = 0;
  for (;;) {
    // Before the look at the answers: what comes after it ends the wait below.
    const news = yield* ops.news();
    // So is this: when nothing is open, the look finds every answer, and none is left behind at the end.
    const open = yield* ops.open();
    while (decided === 0 && taken < handed) {
      const answered = yield* ops.isAnswered(taken);
      // Those after it may be there; they have to wait for their turn.
      if (answered === 0) break;
      decided = yield* ops.take(taken);
      taken++;
    }
    const before = handed;
    handed = yield* handOut(ops, handed, decided === 0 ? openMax : 0);
    const stage = yield* ops.stage();
    if (stage === WAITS_NO_MORE || (open === 0 && handed === before)) return;
    yield* ops.untilNews(news);
  }
}

/** Hands out as many as may be open, from number `handed` on; answers how many are handed out then. */
export function* handOut(ops: HandOverOps, handed: number, openMax: number): Protocol<number> {
  let next = handed;
  for (;;) {
    const open = yield* ops.open();
    if (open >= openMax) return next;
    const stage = yield* ops.stage();
    if (stage !== GOES_ON) return next;
    // Nobody but this loop reads the count: these two may come in either order.
    yield* ops.countOpen();
    yield* ops.hand(next);
    next++;
  }
}

/** Brings an answer to the hunt. */
export function* answerBatch(ops: AnswerOps, batch: number): Protocol<void> {
  const first = yield* ops.put(batch);
  // A pool that dies answers for its workers, one of which may have done so: counted twice, another batch
  // would be taken for answered.
  if (first === 0) return;
  // The answer is there before it counts, and it counts before the hunt looks for it.
  yield* ops.countClosed();
  yield* ops.ring();
}
