import { AGENT_KINDS, isEnvironment } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';

/**
 * Whether an execution ended as `FairDecider` makes it end: round robin over whoever could move, for long.
 * Only then is what has not ended a livelock; a schedule that somebody cut short just is not over.
 */
export class FairTail {
  private last = -1;
  /** Steps since somebody was passed over who could have moved. */
  steps = 0;

  constructor(private readonly machine: Machine) {}

  /** Before each step. */
  before(agent: number): void {
    const agents = this.machine.cpus.length * AGENT_KINDS;
    let isFair = !isEnvironment(agent);
    if (this.last >= 0) {
      for (let next = (this.last + 1) % agents; isFair && next !== agent; next = (next + 1) % agents)
        if (!isEnvironment(next) && this.machine.enabled.has(next)) isFair = false;
    }
    this.steps = isFair ? this.steps + 1 : 0;
    this.last = agent;
  }
}
