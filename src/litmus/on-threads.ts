import { arch } from 'node:os';
import { type SharedWords, sharedWords } from '../machine/stripped/locked.js';
import { Threads } from '../stress/workers.js';
import { holds } from './condition.js';
import { type LitmusResult, shownState } from './explore.js';
import type { LitmusTest } from './litmus-test.js';
import { namesSeen, threadPlan } from './thread-plan.js';
import { type LitmusThreadApi, type SeenValues, wordsOf } from './thread-run.js';

/** Litmus tests on threads of this computer, beside what the machine allows. */

export interface SeenState {
  /** In herd7's notation. */
  readonly state: string;
  readonly count: number;
  /** It is among the states of the machine. */
  readonly isAllowed: boolean;
}

export interface SeenOnThreads {
  readonly tries: number;
  /** By state: those of the machine, also where they were never seen, then others. */
  readonly states: readonly SeenState[];
}

/** Threads that are kept from test to test. */
export class LitmusThreads {
  private readonly pool = new Threads<LitmusThreadApi>('litmus', true);
  private shared: SharedWords | null = null;

  /** Throws InfrastructureError where a thread ends. */
  async run(test: LitmusTest, result: LitmusResult, ms: number): Promise<SeenOnThreads> {
    const plan = threadPlan(test, arch() !== 'x64');
    const shared = this.wordsFor(wordsOf(plan));
    const threads = await this.pool.take(plan.threads.length);
    const [seen] = await Promise.all(
      threads.map((thread, id) => this.pool.untilEnd(thread, thread.api.tries(shared, plan, id, ms))),
    );
    return seenStates(test, result.states, seen ?? []);
  }

  /** Zeroes; what was enough for the test before is used again. */
  private wordsFor(words: number): SharedWords {
    if (this.shared === null || this.shared.buffer.byteLength < 4 * words) this.shared = sharedWords(words);
    new Int32Array(this.shared.buffer).fill(0);
    return this.shared;
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

/** What came out, as states; those that a filter leaves out do not count. */
export function seenStates(
  test: LitmusTest,
  allowed: readonly string[],
  seen: readonly SeenValues[],
): SeenOnThreads {
  const names = namesSeen(test);
  const counts = new Map<string, number>(allowed.map((state) => [state, 0]));
  let tries = 0;
  for (const { values, count } of seen) {
    const valuation = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    tries += count;
    if (test.filter !== null && !holds(test.filter, (name) => valuation[name])) continue;
    const state = shownState(test.observed, valuation);
    counts.set(state, (counts.get(state) ?? 0) + count);
  }
  const states = [...counts].map(([state, count]) => ({ state, count, isAllowed: allowed.includes(state) }));
  return { tries, states };
}
