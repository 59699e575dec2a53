/**
 * The agents that can move now. An agent is one thread to a strategy: a CPU, its store buffer, its interrupt line, its page walker, and
 * for a virtual CPU its host: what brings it back, what serves requests that others posted to it, and what preempts it.
 *
 * Invariant: `list[0 .. count-1]` holds each enabled agent once, and `position[agent]` is its place there, or -1. The order is a function
 * of the history of additions and removals alone, so a strategy that draws an index is deterministic.
 */

/** Agents of a CPU are numbered cpu * AGENT_KINDS + kind. */
export const AGENT_KINDS = 8;
const KIND_MASK = AGENT_KINDS - 1;
const CPU_SHIFT = 3;
export const CPU_AGENT = 0;
export const BUFFER_AGENT = 1;
export const LINE_AGENT = 2;
export const WALKER_AGENT = 3;
/** The host of a virtual CPU that is out: its way back in, step by step. */
export const HOST_AGENT = 4;
/** Serves what others posted to a virtual CPU that runs. */
export const SERVICE_AGENT = 5;
/** Takes a virtual CPU off its processor. */
export const PREEMPT_AGENT = 6;
/** Kinds that a machine on bare metal has, and one whose CPUs are virtual. */
export const NATIVE_KINDS = 4;
export const VIRTUAL_KINDS = 7;
/** By kind: what a schedule writes behind the CPU's number. */
export const AGENT_SUFFIX: readonly string[] = ['', 'b', 'i', 'w', 'h', 'r', 'p'];

export function agentOf(cpu: number, kind: number): number {
  return cpu * AGENT_KINDS + kind;
}

export function cpuOfAgent(agent: number): number {
  return agent >> CPU_SHIFT;
}

export function kindOfAgent(agent: number): number {
  return agent & KIND_MASK;
}

/** Whether the agent is of the environment, which only ever starts a disturbance; what others do counts as progress. */
export function isEnvironment(agent: number): boolean {
  const kind = agent & KIND_MASK;
  return kind === WALKER_AGENT || kind === PREEMPT_AGENT;
}

export class EnabledSet {
  readonly list: Int32Array;
  readonly position: Int32Array;
  count = 0;
  /** Enabled agents that are not of the environment: when none is left, the machine is finished or deadlocked. */
  obligations = 0;
  /** Agents added since `forgetAdded`, some of them perhaps removed again; a strategy that knew the best agent then need look at these only. */
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
