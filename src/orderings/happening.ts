import { BUFFER_AGENT, CPU_AGENT, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import * as H from '../machine/hardware.js';
import type { Machine } from '../machine/machine.js';
import { STEP_DRAIN } from '../machine/op-kinds.js';

/**
 * A step of an execution, named by what stays the same when others move first: the agent, what it does to
 * what, and the how manieth time that is. A store that leaves its buffer is one wherever it does so: in a
 * step of the buffer, or in one of the CPU that drains it.
 */
export interface Happening {
  readonly agent: number;
  /** Kind of the CPU's operation; STEP_DRAIN of a store that leaves a buffer; 0 of other agents' steps. */
  readonly kind: number;
  /** The operation's first operand, the word of the store; 0 of other agents' steps. */
  readonly operand: number;
  /** From 1. */
  readonly nth: number;
}

/** What happens twice has one of these, and two numbers. */
export type Unnumbered = Omit<Happening, 'nth'>;

/** What the agent's next step would be. */
export function nextOf(machine: Machine, agent: number): Unnumbered {
  const cpu = cpuOfAgent(agent);
  switch (kindOfAgent(agent)) {
    case CPU_AGENT: {
      const { kind, a } = machine.cpus[cpu].pending;
      return { agent, kind, operand: a };
    }
    case BUFFER_AGENT:
      return { agent, kind: STEP_DRAIN, operand: oldestStore(machine, cpu) };
    default:
      return { agent, kind: 0, operand: 0 };
  }
}

/** The word of the oldest store in a buffer that has one. */
export function oldestStore(machine: Machine, cpu: number): number {
  return bufferedStore(machine, machine.block(cpu), 0);
}

/** Words to which the CPU's buffer has stores. */
export function bufferedWords(machine: Machine, cpu: number): Set<number> {
  const block = machine.block(cpu);
  const words = new Set<number>();
  for (let i = 0; i < machine.mem[block + H.SB_COUNT]; i++) words.add(bufferedStore(machine, block, i));
  return words;
}

/** How many stores to the word the CPU's buffer has. */
export function bufferedStores(machine: Machine, cpu: number, word: number): number {
  const block = machine.block(cpu);
  let count = 0;
  for (let i = 0; i < machine.mem[block + H.SB_COUNT]; i++)
    if (bufferedStore(machine, block, i) === word) count++;
  return count;
}

function bufferedStore({ mem }: Machine, block: number, index: number): number {
  const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + index) % H.SB_DEPTH) * H.SB_WORDS;
  return mem[at + H.SB_ADDRESS];
}

export function isSame(a: Unnumbered, b: Unnumbered): boolean {
  return a.agent === b.agent && a.kind === b.kind && a.operand === b.operand;
}
