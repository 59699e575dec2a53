import {
  AGENT_KINDS,
  BUFFER_AGENT,
  isBehind,
  isEnvironment,
  kindOfAgent,
  NATIVE_KINDS,
  tracedAgent,
} from '../../machine/agents.js';
import type { EnabledSet } from '../../machine/enabled-set.js';
import type { Random } from '../random.js';
import type { Strategy, StrategyInfo } from './strategy.js';

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): random
 * priorities, and depth-1 change points at random steps at which the running agent falls below all others.
 * Deviations: the depth is drawn per execution (2 to 5); a store buffer and an interrupt line are threads of
 * their own; in half of the executions every buffer starts below all CPUs, so that stores stay buffered for
 * long, and in half every host and every broadcast invalidation, so that virtual CPUs stay out for long; an
 * environment agent draws a new priority after each of its steps, since it has no goal of its own.
 *
 * Invariant: priorities of different agents differ; `best` is the enabled agent with the highest one, or
 * unknown (-1).
 */
const DEPTH_MIN = 2;
const DEPTH_CHOICES = 4;
/** Initial priorities are above this; change points hand out those below. */
const BASE = 1 << 20;

class PctStrategy implements Strategy {
  readonly name = 'pct';
  private random!: Random;
  private priority = new Int32Array(0);
  private readonly changes: number[] = [];
  private lowest = 0;
  /** Whether the agent picked last had the highest priority and still has the same one. */
  private bestKnown = false;

  begin(random: Random, agents: number, length: number, kinds = AGENT_KINDS): void {
    this.random = random;
    if (this.priority.length !== agents) this.priority = new Int32Array(agents);
    const buffersLow = random.below(2) === 0;
    const hostsLow = kinds > NATIVE_KINDS && random.below(2) === 0;
    for (let agent = 0; agent < agents; agent++) {
      const kind = kindOfAgent(agent);
      if (kind >= kinds) continue;
      const low = (buffersLow && kind === BUFFER_AGENT) || (hostsLow && isBehind(kind));
      // The low bits keep priorities distinct.
      this.priority[agent] =
        ((low ? 1 : 2) * BASE + random.below(BASE - 1)) * 0x100 + (tracedAgent(agent) & 0xff);
    }
    const depth = DEPTH_MIN + random.below(DEPTH_CHOICES);
    this.changes.length = 0;
    for (let i = 1; i < depth; i++) this.changes.push(random.below(Math.max(1, length)));
    this.lowest = agents + depth;
    this.bestKnown = false;
  }

  pick(enabled: EnabledSet, last: number, step: number): number {
    const priority = this.priority;
    if (last >= 0) {
      if (isEnvironment(last)) {
        priority[last] = (2 * BASE + this.random.below(BASE - 1)) * 0x100 + (tracedAgent(last) & 0xff);
        this.bestKnown = false;
      }
      for (let i = 0; i < this.changes.length; i++) {
        if (this.changes[i] !== step) continue;
        priority[last] = --this.lowest;
        this.bestKnown = false;
      }
    }
    // The running agent stays the best until a better one is added: mostly nothing is to be looked at,
    // however many CPUs there are.
    const known = this.bestKnown && enabled.has(last) && enabled.addedCount < enabled.added.length;
    const list = known ? enabled.added : enabled.list;
    const count = known ? enabled.addedCount : enabled.count;
    let best = known ? last : list[0];
    for (let i = 0; i < count; i++)
      if (priority[list[i]] > priority[best] && enabled.has(list[i])) best = list[i];
    enabled.addedCount = 0;
    this.bestKnown = true;
    return best;
  }
}

export const pct: StrategyInfo = {
  name: 'pct',
  summary:
    'random priorities with 1 to 4 priority change points (PCT, depth 2 to 5); buffers and interrupt ' +
    'lines are threads',
  create: () => new PctStrategy(),
};
