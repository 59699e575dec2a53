import { begin, proceed, type StepWatcher } from '../drive/drive.js';
import { judgeEnd } from '../drive/end.js';
import { FAIR_STEPS_MIN, FairDecider } from '../drive/fair.js';
import type { Schedule } from '../drive/schedule.js';
import { AGENT_KINDS } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';
import type { Random } from './random.js';
import type { Strategy } from './strategies/strategy.js';
import { type EnvironmentPlan, StrategyDecider } from './strategy-decider.js';

/**
 * How far beyond the measured length an execution may go before it is continued fairly, and how long that
 * continuation may take.
 */
const LIMIT_FACTOR = 20;
const LIMIT_EXTRA = FAIR_STEPS_MIN;
/**
 * The continuation's steps, all CPUs' together: a CPU more in it must not make it longer by another whole
 * execution, or no finding holds it.
 */
const FAIR_STEPS_MAX = 200_000;

/**
 * Executes a machine under strategies, one execution at a time, each to its end: every script finished, a
 * violation, a deadlock, or a livelock.
 */
export class Executor {
  private readonly decider: StrategyDecider;

  constructor(
    readonly machine: Machine,
    plan: EnvironmentPlan,
    private readonly watcher: StepWatcher | null = null,
  ) {
    this.decider = new StrategyDecider(plan);
  }

  /** The decisions of the newest execution. */
  get schedule(): Schedule {
    return this.decider.schedule;
  }

  /**
   * One execution; `random` is seeded for it, `length` is the expected number of steps. Returns the steps
   * taken.
   */
  run(strategy: Strategy, random: Random, length: number): number {
    const { machine, decider } = this;
    const limit = length * LIMIT_FACTOR + LIMIT_EXTRA;
    decider.prepare(machine, strategy, random);
    begin(machine, decider);
    decider.begin(machine, length, limit);
    proceed(machine, decider, this.watcher);
    if (machine.violation === null && machine.step >= limit && !machine.finished) {
      const turnsMax = limit * machine.cpus.length * AGENT_KINDS;
      const stepsMax = machine.step + Math.max(limit, FAIR_STEPS_MAX);
      const fair = new FairDecider(decider.schedule, turnsMax, stepsMax, (n) => decider.choose(n));
      proceed(machine, fair, this.watcher);
    }
    judgeEnd(machine, true);
    return machine.step;
  }
}
