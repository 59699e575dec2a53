import { Executor } from '../../src/explore/executor.js';
import { Random } from '../../src/explore/random.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import type { Violation } from '../../src/vocabulary/violation.js';

/** Hunts a program with all strategies in turn; answers the first violation. */
export function hunt(program: Program, executions: number, memory: 'tso' | 'sc' = 'tso'): Violation | null {
  const machine = new Machine(program, memory);
  const executor = new Executor(machine, { walks: 0 });
  const random = new Random();
  const made = strategies.map((strategy) => strategy.create());
  for (let execution = 0; execution < executions; execution++) {
    random.seed(1, 1, execution);
    executor.run(made[execution % made.length], random, 40);
    if (machine.violation !== null) return machine.violation;
  }
  return null;
}
