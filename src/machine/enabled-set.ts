import { isEnvironment } from './agents.js';

/**
 * The agents that can move now.
 *
 * Invariant: `list[0 .. count-1]` holds each enabled agent once, and `position[agent]` is its place there, or
 * -1. The order is a function of the history of additions and removals alone, so a strategy that draws an
 * index is deterministic.
 */

export class EnabledSet {
  readonly list: Int32Array;
  readonly position: Int32Array;
  count = 0;
  /**
   * Enabled agents that are not of the environment: when none is left, the machine is finished or deadlocked.
   */
  obligations = 0;
  /**
   * Agents added since `forgetAdded`, some of them perhaps removed again; a strategy that knew the best agent
   * then need look at these only.
   */
  readonly added: Int32Array;
  addedCount = 0;

  constructor(agents: number) {
    this.added = new Int32Array(agents);
    this.list = new Int32Array(agents);
    this.position = new Int32Array(agents).fill(-1);
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.position[this.list[i]] = -1;
    this.count = 0;
    this.obligations = 0;
    this.addedCount = 0;
  }

  has(agent: number): boolean {
    return this.position[agent] >= 0;
  }

  add(agent: number): void {
    if (this.position[agent] >= 0) return;
    this.position[agent] = this.count;
    this.list[this.count++] = agent;
    // Once it is full it stays full: then everything may be new.
    if (this.addedCount < this.added.length) this.added[this.addedCount++] = agent;
    if (!isEnvironment(agent)) this.obligations++;
  }

  remove(agent: number): void {
    const at = this.position[agent];
    if (at < 0) return;
    const last = this.list[--this.count];
    this.list[at] = last;
    this.position[last] = at;
    this.position[agent] = -1;
    if (!isEnvironment(agent)) this.obligations--;
  }
}
