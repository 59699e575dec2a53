/**
 * The kinds of agents: what moves by itself in a machine. An agent is one thread to a strategy: a CPU, its
 * store buffer, its interrupt line, its page walker, and for a virtual CPU its host: what brings it back,
 * what serves requests that others posted to it, and what preempts it. Where CPUs broadcast invalidations,
 * also what carries them out.
 *
 * A kind once released keeps its number and its letter: schedules in findings name agents by them. The parser
 * and the printer of schedules, and the check of finding files, read this table.
 */

export interface AgentKind {
  readonly number: number;
  readonly name: string;
  /** What a schedule writes behind the CPU's number: one letter, or nothing. */
  readonly letter: string;
  /** Whose step it is for a reader of a timeline. */
  readonly who: 'cpu' | 'buffer' | 'line' | 'walker' | 'host' | 'mmu';
  /** Only ever starts a disturbance; what others do counts as progress. */
  readonly isEnvironment?: true;
  /** A machine has it only where CPUs are virtual. */
  readonly isHosts?: true;
  /** A machine has it only where CPUs broadcast invalidations. */
  readonly isBroadcast?: true;
}

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
/** Carries out what other CPUs have broadcast to this one's MMU. */
export const INVALIDATION_AGENT = 7;

/** By number; those that only some machines have come last. */
export const AGENTS: readonly AgentKind[] = [
  { number: CPU_AGENT, name: 'CPU', letter: '', who: 'cpu' },
  { number: BUFFER_AGENT, name: 'store buffer', letter: 'b', who: 'buffer' },
  { number: LINE_AGENT, name: 'interrupt line', letter: 'i', who: 'line' },
  { number: WALKER_AGENT, name: 'page walker', letter: 'w', who: 'walker', isEnvironment: true },
  { number: HOST_AGENT, name: 'host', letter: 'h', who: 'host', isHosts: true },
  { number: SERVICE_AGENT, name: 'requests', letter: 'r', who: 'host', isHosts: true },
  { number: PREEMPT_AGENT, name: 'preemption', letter: 'p', who: 'host', isEnvironment: true, isHosts: true },
  { number: INVALIDATION_AGENT, name: 'invalidations', letter: 'v', who: 'mmu', isBroadcast: true },
];

/** First number of the kinds that a machine on bare metal lacks, and one whose CPUs are virtual. */
export const NATIVE_KINDS = AGENTS.findIndex(({ isHosts }) => isHosts === true);
export const VIRTUAL_KINDS = AGENTS.findIndex(({ isBroadcast }) => isBroadcast === true);
const BROADCAST_KINDS = AGENTS.length;

/** Numbers below this are kinds of agents that the machine may have. */
export function agentKindsOf(virtualCpus: boolean, broadcasts: boolean): number {
  return broadcasts ? BROADCAST_KINDS : virtualCpus ? VIRTUAL_KINDS : NATIVE_KINDS;
}

/** Agents of a CPU are numbered cpu * AGENT_KINDS + kind: there is room for kinds to come. */
export const AGENT_KINDS = 16;
const KIND_MASK = AGENT_KINDS - 1;
const CPU_SHIFT = 4;
/** A bit for each kind. */
const ENVIRONMENT = AGENTS.reduce(
  (bits, { number, isEnvironment }) => bits | (isEnvironment === true ? 1 << number : 0),
  0,
);

export function agentOf(cpu: number, kind: number): number {
  return cpu * AGENT_KINDS + kind;
}

export function cpuOfAgent(agent: number): number {
  return agent >> CPU_SHIFT;
}

export function kindOfAgent(agent: number): number {
  return agent & KIND_MASK;
}

/** Whether the agent is of the environment. */
export function isEnvironment(agent: number): boolean {
  return ((ENVIRONMENT >> (agent & KIND_MASK)) & 1) !== 0;
}

/**
 * Whether the agent does what others have asked of a CPU at a time of its own, behind its code: what a
 * strategy may leave undone for long.
 */
export function isBehind(kind: number): boolean {
  return kind === HOST_AGENT || kind === INVALIDATION_AGENT;
}

/** `3b`: an agent as schedules write it. */
export function agentName(agent: number): string {
  return `${cpuOfAgent(agent)}${AGENTS[kindOfAgent(agent)]?.letter ?? '?'}`;
}

/**
 * The number that trace hashes have of an agent, and strategies where they tell agents apart by so many bits.
 * It is that of the first eight kinds, whatever room there is: hashes in findings stay what they are.
 */
export function tracedAgent(agent: number): number {
  const kind = agent & KIND_MASK;
  return ((agent >> CPU_SHIFT) << 3) + (kind & 7) + ((kind >> 3) << 24);
}
