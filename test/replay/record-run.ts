import { judgeEnd } from '../../src/drive/end.js';
import { follow } from '../../src/drive/recorded.js';
import { decodeSchedule } from '../../src/drive/schedule.js';
import { hex } from '../../src/explore/hex.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import type { RecordedRun } from '../../src/replay/replay-finding.js';
import { type MemoryModel, type Violation, withoutFacts } from '../../src/vocabulary/violation.js';

interface Ran {
  readonly violation: Violation | null;
  readonly steps: number;
  readonly traceHash: string;
}

/** Runs a schedule without recording it, and judges its end as the engines do. */
export function runAlong(program: Program, schedule: readonly string[], memory: MemoryModel): Ran {
  const machine = new Machine(program, memory);
  const diverged = follow(machine, decodeSchedule(schedule));
  if (diverged !== null) throw new Error(diverged);
  judgeEnd(machine);
  return {
    violation: machine.violation && withoutFacts(machine.violation),
    steps: machine.step,
    traceHash: hex(machine.hash),
  };
}

/** The run as a finding has it. `violation`: what it is said to end in, where it ends in none. */
export function recordRun(
  program: Program,
  schedule: readonly string[],
  memory: MemoryModel,
  violation?: Violation,
): RecordedRun {
  const ran = runAlong(program, schedule, memory);
  const found = ran.violation ?? violation;
  if (found === undefined) throw new Error(`${program.name}: no violation along this schedule`);
  return { memory, schedule, violation: found, steps: ran.steps, traceHash: ran.traceHash };
}
