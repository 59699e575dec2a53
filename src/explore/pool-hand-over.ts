import type { Protocol } from '../machine/protocol.js';
import {
  type AnswerOps,
  answerBatch,
  GOES_ON,
  HANDS_NO_MORE,
  type HandOverOps,
  handOver,
  WAITS_NO_MORE,
} from '../programs/hand-over.js';
import type { BatchResult } from './batch.js';
import type { BatchOrder, NextBatch } from './batch-order.js';
import type { BatchRunner } from './pool.js';

/** What of a hunt the handing over of its batches needs. */
export interface HandOverPlan {
  readonly pool: BatchRunner;
  readonly order: BatchOrder;
  /** Aborting ends it at once. */
  readonly signal: AbortSignal | undefined;
  /** Whether there is no more time for batches. */
  isTimeUp(): boolean;
  /** The next result in order; answers whether it decides the hunt. */
  take(batch: NextBatch, result: BatchResult): boolean;
}

/** Of a batch: what it brought, or what it failed by; null where there was no such batch any more. */
type Answer =
  | { readonly batch: NextBatch; readonly result: BatchResult }
  | { readonly error: unknown }
  | null;

/** What a hunt and the answers to it share. */
class Inbox {
  /** Not taken yet, by number. */
  readonly answers = new Map<number, Answer>();
  open = 0;
  rings = 0;
  private wake = (): void => undefined;

  ring(): number {
    this.wake();
    return ++this.rings;
  }
  /** Resolves at the next ring. */
  rung(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** One answer on its way. */
class Arriving implements AnswerOps {
  constructor(
    private readonly inbox: Inbox,
    private readonly answer: Answer,
  ) {}

  *put(batch: number): Protocol<number> {
    // A promise is kept or broken once.
    this.inbox.answers.set(batch, this.answer);
    return 1;
  }
  *countClosed(): Protocol<number> {
    return --this.inbox.open;
  }
  *ring(): Protocol<number> {
    return this.inbox.ring();
  }
}

/**
 * The operations of programs/hand-over.ts on a pool's promises. All but the wait act at once, since this
 * thread does nothing else meanwhile.
 */
export class PoolHandOver implements HandOverOps {
  private readonly inbox = new Inbox();
  /** Batches are made one after the other: how large one is may have to be measured. */
  private planning: Promise<NextBatch | null> = Promise.resolve(null);
  private exhausted = false;
  private decided = false;
  private interrupted = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(private readonly plan: HandOverPlan) {}

  /**
   * Ends when the hunt does; answers whether it was interrupted. Throws what the first failing batch failed
   * by, if no batch before it decides.
   */
  async run(): Promise<boolean> {
    const { pool, signal } = this.plan;
    const ring = (): void => void this.inbox.ring();
    signal?.addEventListener('abort', ring, { once: true });
    try {
      // One batch more than workers, so that none waits for this thread.
      const handing = handOver(this, pool.jobs + 1);
      while (handing.next().done !== true) await this.inbox.rung();
    } finally {
      // Many hunts may share a signal.
      signal?.removeEventListener('abort', ring);
    }
    if (this.failure !== null) throw this.failure.error;
    return this.interrupted;
  }

  *news(): Protocol<number> {
    return this.inbox.rings;
  }
  *untilNews(seen: number): Protocol<number> {
    while (this.inbox.rings === seen) yield undefined;
    return this.inbox.rings;
  }
  *open(): Protocol<number> {
    return this.inbox.open;
  }
  *countOpen(): Protocol<number> {
    return ++this.inbox.open;
  }
  *hand(number: number): Protocol<void> {
    void this.answerTo()
      .catch((error: unknown): Answer => ({ error }))
      .then((answer) => answerBatch(new Arriving(this.inbox, answer), number).next());
  }
  *stage(): Protocol<number> {
    this.interrupted ||= this.plan.signal?.aborted === true;
    if (this.interrupted) return WAITS_NO_MORE;
    return this.exhausted || this.plan.isTimeUp() ? HANDS_NO_MORE : GOES_ON;
  }
  *isAnswered(number: number): Protocol<number> {
    return this.inbox.answers.has(number) ? 1 : 0;
  }
  *take(number: number): Protocol<number> {
    const answer = this.inbox.answers.get(number) ?? null;
    this.inbox.answers.delete(number);
    if (answer === null) return 0;
    if ('error' in answer) this.failure = answer;
    this.decided = 'error' in answer || this.plan.take(answer.batch, answer.result);
    return this.decided ? 1 : 0;
  }

  /** What the next batch brings. */
  private async answerTo(): Promise<Answer> {
    this.planning = this.planning.then(() => this.planned());
    const batch = await this.planning;
    return batch === null ? null : { batch, result: await this.plan.pool.run(batch.request) };
  }

  /** The next batch; null: there is none, or no more is wanted meanwhile. */
  private async planned(): Promise<NextBatch | null> {
    const { order, signal } = this.plan;
    if (!order.isMeasured) await order.measure();
    if (this.decided || signal?.aborted === true || this.plan.isTimeUp()) return null;
    const next = order.next();
    this.exhausted ||= next === null;
    return next;
  }
}
