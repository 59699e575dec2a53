import { encodeSchedule } from '../../drive/schedule.js';
import type { KeptSchedule, Reached, ReachedBefore, Reaching } from './reached.js';

/**
 * Adds up what batches reached, in the order of the hunt: a pair is the first execution's that met it, and so
 * is the schedule, however many workers there are. A batch may be told of fewer pairs than are known when it
 * is added: what it reports of those is known by then.
 */
export class ReachedTally {
  private readonly known: Set<number>[];
  private readonly fresh: number[][];
  private readonly schedules: KeptSchedule[] = [];

  constructor(
    private readonly before: ReachedBefore,
    private readonly scenarios: readonly string[],
    private readonly seed: number,
  ) {
    const { scenarios: all } = before;
    this.known = scenarios.map(
      (name) => new Set(all.flatMap(({ scenario, pairs }) => (scenario === name ? pairs : []))),
    );
    this.fresh = scenarios.map(() => []);
  }

  /** What is known of a scenario now, for a batch of it. */
  knownIn(scenario: number): readonly number[] {
    return [...this.known[scenario]];
  }

  add(scenario: number, reaching: readonly Reaching[]): void {
    const [known, fresh] = [this.known[scenario], this.fresh[scenario]];
    for (const { execution, strategy, schedule, pairs } of reaching) {
      const first = pairs.filter((pair) => !known.has(pair));
      if (first.length === 0) continue;
      for (const pair of first) known.add(pair);
      fresh.push(...first);
      if (this.schedules.length >= this.before.schedulesLeft) continue;
      this.schedules.push({
        ...{ scenario: this.scenarios[scenario], strategy, seed: this.seed, execution },
        ...{ pairs: first.length, schedule: encodeSchedule(schedule) },
      });
    }
  }

  reached(): Reached {
    const scenarios = this.scenarios.map((scenario, index) => ({ scenario, pairs: this.fresh[index] }));
    return { scenarios: scenarios.filter(({ pairs }) => pairs.length > 0), schedules: this.schedules };
  }
}
