import { frames } from '../lowering/yield-frames.js';
import type { Machine } from '../machine/machine.js';
import type { PlainProgram } from '../programs/plain-program.js';
import type { RowTable } from './row-table.js';

/** An assertion over memory, judged once for each memory. */

type Judge = (machine: Machine) => string | null;

export function judgeFinal(program: PlainProgram): Judge {
  return (machine) => program.check(machine);
}

export function judgeAlways(program: PlainProgram): Judge | null {
  const { invariant } = program;
  return invariant === undefined ? null : (machine) => invariant(machine);
}

const UNKNOWN = 0;
const GOOD = 1;
const BAD = 2;

export class Judged {
  private verdicts = new Uint8Array(1024);

  constructor(
    private readonly memory: RowTable,
    private readonly judge: Judge | null,
  ) {}

  isBad(id: number): boolean {
    if (this.judge === null) return false;
    if (id >= this.verdicts.length) {
      const verdicts = new Uint8Array(id * 2);
      verdicts.set(this.verdicts);
      this.verdicts = verdicts;
    }
    if (this.verdicts[id] === UNKNOWN) {
      const { rows, width } = this.memory;
      // Judges of plain programs look at words only.
      const seen = { mem: rows.subarray(id * width, (id + 1) * width) } as unknown as Machine;
      this.verdicts[id] = judgedBy(this.judge, seen) === null ? GOOD : BAD;
    }
    return this.verdicts[id] === BAD;
  }
}

/** An assertion that keeps something from one memory to the next were no assertion over memory. */
function judgedBy(judge: Judge, seen: Machine): string | null {
  frames.isRunning = true;
  try {
    return judge(seen);
  } finally {
    frames.isRunning = false;
  }
}
