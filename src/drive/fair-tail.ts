import { AGENT_KINDS, isEnvironment } from '../machine/agents.js';
import type { Machine } from '../machine/machine.js';

/**
 * Whether an execution was fair to everybody at its end: only then is what has not ended a livelock; a
 * schedule that somebody cut short just is not over.
 */
export class FairTail {
  private last = -1;
  /** Steps since somebody was passed over who could have moved: round robin, as `FairDecider` makes it. */
  steps = 0;
  private count = 0;
  /** By agent: the newest step, from 1, before which it could move, and that it made; 0 for none. */
  private readonly couldMove: Int32Array;
  private readonly moved: Int32Array;

  constructor(private readonly machine: Machine) {
    this.couldMove = new Int32Array(machine.cpus.length * AGENT_KINDS);
    this.moved = new Int32Array(machine.cpus.length * AGENT_KINDS);
  }

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
    this.count++;
    this.moved[agent] = this.count;
    for (let other = 0; other < agents; other++)
      if (!isEnvironment(other) && this.machine.enabled.has(other)) this.couldMove[other] = this.count;
  }

  /**
   * Whether in the last `steps` steps everybody moved who could. Steps that are gone round again and again so
   * are fair to all, in whatever order (verify/livelock.ts).
   */
  isFairTo(steps: number): boolean {
    const before = this.count - steps;
    return this.couldMove.every((could, agent) => could <= before || this.moved[agent] > before);
  }
}
