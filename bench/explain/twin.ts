import { follow } from '../../src/drive/recorded.js';
import { decodeSchedule } from '../../src/drive/schedule.js';
import { CPU_AGENT, cpuOfAgent, kindOfAgent } from '../../src/machine/agents.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';

/** What a CPU, or who else moves, did in a step: comparable between two programs with the same words. */
interface Did {
  /** Operation and operands, or the agent that is no CPU. */
  readonly what: string;
  readonly cpu: number;
  /** The trace hash after it: what came of it. */
  readonly hash: number;
  /** Where the CPU stands then: the operation that it has come to, or that its script has ended. */
  readonly next: string;
  /** Hash of all words, those that only the running task can reach too. */
  readonly memory: number;
}

interface Ran {
  readonly did: readonly Did[];
  readonly isViolated: boolean;
}

function operations(program: Program, schedule: readonly string[], memory: MemoryModel): Ran {
  const machine = new Machine(program, memory);
  const told: { -readonly [K in keyof Did]: Did[K] }[] = [];
  const stands = (cpu: number): string => {
    const { pending, finished } = machine.cpus[cpu];
    const { kind, a, b, c, d } = pending;
    return finished ? 'ended' : `${kind} ${a} ${b} ${c} ${d}`;
  };
  follow(machine, decodeSchedule(schedule), {
    before(agent) {
      const cpu = cpuOfAgent(agent);
      const what = kindOfAgent(agent) === CPU_AGENT ? stands(cpu) : `agent ${agent}`;
      told.push({ what, cpu, hash: 0, next: '', memory: 0 });
    },
    after() {
      const did = told[told.length - 1];
      did.hash = machine.hash;
      did.next = stands(did.cpu);
      did.memory = hashOf(machine.mem);
    },
  });
  return { did: told, isViolated: machine.violation !== null };
}

function hashOf(words: Int32Array): number {
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

/** A place where a program without the bug does something else than the program with it. */
export interface Difference {
  /** The step with which the CPU comes to where it decides otherwise; -1: there is none. */
  readonly before: number;
  /** What the program with the bug does there; -1: it comes to nothing more. */
  readonly step: number;
  /** Later steps of the program with the bug that do what the other one does here: the fix moves them. */
  readonly moved: readonly number[];
  /** Those that do it to the same word with other operands. */
  readonly changed: readonly number[];
  /** Steps that do what the program with the bug does here: of a long execution only the end is recorded. */
  readonly again: readonly number[];
}

/**
 * Where the two first differ along the same schedule: by an operation that is executed, and before that by
 * where a CPU has come to, or by what only its running task can reach. A CPU that never gets past the
 * operation, and what is decided by private words alone, show by the second; what has nothing to do with the
 * outcome yet may show by it too. Empty where the two do the same throughout, and end in the same.
 */
export function firstDifferences(
  bug: Program,
  fixed: Program,
  schedule: readonly string[],
  memory: MemoryModel,
): readonly Difference[] {
  const ran = operations(bug, schedule, memory);
  const twin = operations(fixed, schedule, memory);
  const [own, other] = [ran.did, twin.did];
  const arrives = own.findIndex((did, index) => {
    const { next, memory } = other[index] ?? {};
    return next !== did.next || memory !== did.memory;
  });
  const does = own.findIndex(
    ({ what, hash }, index) => what !== other[index]?.what || hash !== other[index]?.hash,
  );
  // Where it does the same and does not end in it, the fix comes behind the last step: the bug judges there.
  const last = own.length - 1;
  if (arrives < 0 && does < 0 && twin.isViolated) return [];
  const laterSteps = (from: number, isWanted: (did: Did) => boolean): number[] =>
    own.flatMap((did, index) => (index > from && isWanted(did) ? [index] : []));
  const arrivesAt = (before: number): Difference => {
    const { cpu, next } = own[before];
    const instead = other[before]?.next;
    return {
      before,
      step: own.findIndex((did, index) => index > before && did.cpu === cpu && did.what === next),
      moved: laterSteps(before, ({ what }) => what === instead),
      changed: laterSteps(before, ({ what }) => wordOf(what) === wordOf(instead)),
      again: laterSteps(before, ({ what }) => what === next),
    };
  };
  const doesAt = (step: number): Difference => {
    const { cpu, what } = own[step];
    const instead = other[step]?.what;
    return {
      before: own.findLastIndex((did, index) => index < step && did.cpu === cpu),
      step,
      moved: laterSteps(step, (did) => did.what === instead),
      changed: laterSteps(step, (did) => wordOf(did.what) === wordOf(instead)),
      again: laterSteps(step, (did) => did.what === what),
    };
  };
  return [
    ...(arrives < 0 ? [arrivesAt(last)] : [arrivesAt(arrives)]),
    ...(does < 0 ? [doesAt(last)] : [doesAt(does)]),
  ];
}

/** Kind and first operand. */
function wordOf(what: string | undefined): string | undefined {
  return what?.split(' ').slice(0, 2).join(' ');
}
