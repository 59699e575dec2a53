import * as K from './op-kinds.js';

/**
 * The kinds of agents: what moves by itself in a machine. An agent is one thread to a strategy: a CPU, its
 * store buffer, its interrupt line, its page walker, and for a virtual CPU its host: what brings it back,
 * what serves requests that others posted to it, and what preempts it. Where CPUs broadcast invalidations,
 * or send each other remote action requests, also what carries them out.
 *
 * A kind once released keeps its number and its letter: schedules in findings name agents by them. Whoever
 * treats kinds alike or apart reads this table: schedules, recordings, pairs of executions, verification.
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
  /** What a recording has its steps as, a number of op-kinds.ts; a CPU's have that of their operation. */
  readonly step?: number;
  /** The machine's last value says what its step did. */
  readonly answers?: true;
  /** Moves once somebody else has given it something to do. */
  readonly isSetGoing?: true;
  /** Moves at a time of its own, which may be late: what strategies may leave undone for long. */
  readonly isBehind?: true;
  /** Only machines that have such a unit have it (machine/unit.ts). */
  readonly isOfUnit?: true;
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

/** The CPU's microcode, which carries out remote action requests. */
export const REMOTE_ACTION_AGENT = 8;

/** By number; those that only some machines have come last. */
export const AGENTS: readonly AgentKind[] = [
  { number: CPU_AGENT, name: 'CPU', letter: '', who: 'cpu', answers: true },
  { number: BUFFER_AGENT, name: 'store buffer', letter: 'b', who: 'buffer', step: K.STEP_DRAIN },
  {
    number: LINE_AGENT,
    name: 'interrupt line',
    letter: 'i',
    who: 'line',
    step: K.STEP_DELIVER,
    isSetGoing: true,
  },
  {
    number: WALKER_AGENT,
    name: 'page walker',
    letter: 'w',
    who: 'walker',
    step: K.STEP_WALK,
    isEnvironment: true,
  },
  {
    ...{ number: HOST_AGENT, name: 'host', letter: 'h', who: 'host', step: K.STEP_HOST },
    ...{ answers: true, isSetGoing: true, isBehind: true, isOfUnit: true },
  },
  {
    ...{ number: SERVICE_AGENT, name: 'requests', letter: 'r', who: 'host', step: K.STEP_SERVE },
    ...{ isSetGoing: true, isOfUnit: true },
  },
  {
    ...{ number: PREEMPT_AGENT, name: 'preemption', letter: 'p', who: 'host', step: K.STEP_PREEMPT },
    ...{ answers: true, isEnvironment: true, isOfUnit: true },
  },
  {
    ...{
      number: INVALIDATION_AGENT,
      name: 'invalidations',
      letter: 'v',
      who: 'mmu',
      step: K.STEP_INVALIDATE,
    },
    ...{ answers: true, isSetGoing: true, isBehind: true, isOfUnit: true },
  },
  {
    ...{
      number: REMOTE_ACTION_AGENT,
      name: 'microcode',
      letter: 'm',
      who: 'mmu',
      step: K.STEP_REMOTE_ACTION,
    },
    ...{ answers: true, isSetGoing: true, isBehind: true, isOfUnit: true },
  },
];

/** First number of the kinds that a machine lacks which has no unit. */
export const NATIVE_KINDS = AGENTS.findIndex(({ isOfUnit }) => isOfUnit === true);

/** A bit for each kind of which `holds`. */
const bitsOf = (holds: (kind: AgentKind) => boolean | undefined): number =>
  AGENTS.reduce((bits, kind) => bits | (holds(kind) === true ? 1 << kind.number : 0), 0);

/** Agents of a CPU are numbered cpu * AGENT_KINDS + kind: there is room for kinds to come. */
export const AGENT_KINDS = 16;
const KIND_MASK = AGENT_KINDS - 1;
const CPU_SHIFT = 4;
const ENVIRONMENT = bitsOf(({ isEnvironment }) => isEnvironment);
const BEHIND = bitsOf(({ isBehind }) => isBehind);
const ANSWERING = bitsOf(({ answers }) => answers);

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

/** Whether agents of the kind do what others have asked of a CPU at a time of their own, behind its code. */
export function isBehind(kind: number): boolean {
  return ((BEHIND >> kind) & 1) !== 0;
}

/** Whether the machine's last value says what a step of the kind did. */
export function answers(kind: number): boolean {
  return ((ANSWERING >> kind) & 1) !== 0;
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
