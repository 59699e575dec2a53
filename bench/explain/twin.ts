import { follow } from '../../src/drive/recorded.js';
import { decodeSchedule } from '../../src/drive/schedule.js';
import { CPU_AGENT, cpuOfAgent, kindOfAgent } from '../../src/machine/agents.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';

/** What a CPU, or who else moves, did in a step: comparable between two programs with the same words. */
export interface Did {
  /** Operation and operands, or the agent that is no CPU. */
  readonly what: string;
  readonly cpu: number;
  /** The trace hash after it: what came of it. */
  readonly hash: number;
}

function operations(
  program: Program,
  schedule: readonly string[],
  memory: MemoryModel,
): { readonly did: readonly Did[]; readonly isViolated: boolean } {
  const machine = new Machine(program, memory);
  const told: { what: string; cpu: number; hash: number }[] = [];
  follow(machine, decodeSchedule(schedule), {
    before(agent) {
      const { kind, a, b, c, d } = machine.cpus[cpuOfAgent(agent)].pending;
      const isCpu = kindOfAgent(agent) === CPU_AGENT;
      told.push({
        what: isCpu ? `${kind} ${a} ${b} ${c} ${d}` : `agent ${agent}`,
        cpu: cpuOfAgent(agent),
        hash: 0,
      });
    },
    after() {
      told[told.length - 1].hash = machine.hash;
    },
  });
  return { did: told, isViolated: machine.violation !== null };
}

/**
 * Where a program without the bug, along the same schedule, first does something else than the program with
 * it.
 */
export interface Difference {
  readonly step: number;
  /** The CPU's last step before it: what lies between the two is what was decided otherwise. */
  readonly before: number | null;
  /**
   * Steps of the program with the bug that do what the other one does here: an operation that the fix moves.
   */
  readonly moved: readonly number[];
  /** Steps that do what the program with the bug does here: of a long execution only the end is recorded. */
  readonly again: readonly number[];
}

/**
 * Null where it does the same throughout, and ends in the same. Where it does the same and does not end in
 * it, the fix comes behind the last step: the bug judges there.
 */
export function firstDifference(
  bug: Program,
  fixed: Program,
  schedule: readonly string[],
  memory: MemoryModel,
): Difference | null {
  const ran = operations(bug, schedule, memory);
  const twin = operations(fixed, schedule, memory);
  const [own, other] = [ran.did, twin.did];
  const differs = own.findIndex(
    ({ what, hash }, index) => what !== other[index]?.what || hash !== other[index]?.hash,
  );
  const step = differs < 0 && !twin.isViolated ? own.length - 1 : differs;
  if (step < 0) return null;
  const { cpu } = own[step];
  const before = own.findLastIndex((did, index) => index < step && did.cpu === cpu);
  const instead = differs < 0 ? undefined : other[step]?.what;
  const moved = own.flatMap(({ what }, index) => (index > step && what === instead ? [index] : []));
  const again = own.flatMap(({ what }, index) => (index > step && what === own[step].what ? [index] : []));
  return { step, before: before < 0 ? null : before, moved, again };
}
