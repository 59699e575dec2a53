import { type Decider, STOP } from '../drive/decider.js';
import { Random } from '../explore/random.js';
import { random as strategies } from '../explore/strategies/random.js';
import type { Strategy } from '../explore/strategies/strategy.js';
import type { EnvironmentPlan } from '../explore/strategy-decider.js';
import { AGENT_KINDS, agentOf, PREEMPT_AGENT, WALKER_AGENT } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';

/** The environment moves before one step in so many, while it has moves left. */
const ENVIRONMENT_ONE_IN = 12;
/** What the strategy is told to expect; `random` does not look at it. */
const LENGTH = 1_000;

/**
 * The strategy `random` from wherever an execution stands, and an environment with a budget. A hunt plans its
 * environment from the first step on; here it comes as it comes.
 */
export class RandomTail implements Decider {
  private readonly random = new Random();
  private readonly strategy: Strategy = strategies.create();
  private readonly moves: number[];
  private last = -1;

  /** Two tails with the same numbers decide alike. */
  constructor(
    private readonly machine: Machine,
    { walks, preemptions = 0 }: EnvironmentPlan,
    seed: number,
    index: number,
  ) {
    this.random.seed(seed, 0, index);
    this.moves = [...Array(walks).fill(WALKER_AGENT), ...Array(preemptions).fill(PREEMPT_AGENT)];
    this.strategy.begin(this.random, machine.cpus.length * AGENT_KINDS, LENGTH, machine.units.agentKinds);
  }

  choose(n: number): number {
    return this.random.below(n);
  }

  pick({ enabled, step }: Machine): number {
    if (enabled.obligations === 0) return STOP;
    if (this.moves.length > 0 && this.random.below(ENVIRONMENT_ONE_IN) === 0) this.moveEnvironment();
    this.last = this.strategy.pick(enabled, this.last, step);
    return this.last;
  }

  private moveEnvironment(): void {
    const { machine, random, moves } = this;
    const [kind] = moves.splice(random.below(moves.length), 1);
    const agent = agentOf(random.below(machine.cpus.length), kind);
    if (machine.canStep(agent)) machine.enabled.add(agent);
  }
}
