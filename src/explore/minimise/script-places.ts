import { follow } from '../../drive/recorded.js';
import { kernelProgram } from '../../kernel/kernel-program.js';
import { CPU_AGENT, cpuOfAgent, kindOfAgent, PREEMPT_AGENT, WALKER_AGENT } from '../../machine/agents.js';
import { Machine } from '../../machine/machine.js';
import { watch } from '../../oracles/board.js';
import type { Variant } from '../../variants/variant.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { MemoryModel } from '../../vocabulary/violation.js';

/** Where in the scripts the steps of an execution are. */

export interface Places {
  /** By step: the operation of the script that the CPU's own code executes; -1: somebody else's step. */
  readonly operations: readonly number[];
  /** How many speculative walks and preemptions the environment has begun. */
  readonly walks: number;
  readonly preemptions: number;
}

/** Follows a schedule; a step of an interrupt's handler belongs to no operation, whatever it interrupts. */
export function placesOf(
  variant: Variant,
  scenario: Scenario,
  memory: MemoryModel,
  schedule: readonly number[],
): Places {
  const at = scenario.scripts.map(() => -1);
  const scripts = scenario.scripts.map(
    (script, cpu) =>
      new Proxy(script, {
        get(target, key) {
          // Scripts are read operation by operation, each when it begins.
          if (typeof key === 'string' && /^\d+$/.test(key)) at[cpu] = Number(key);
          return Reflect.get(target, key);
        },
      }),
  );
  const program = kernelProgram({ ...scenario, scripts }, variant);
  const machine = new Machine(program, memory);
  watch(machine, program);
  const operations: number[] = [];
  let walks = 0;
  let preemptions = 0;
  follow(machine, schedule, {
    before(agent) {
      const kind = kindOfAgent(agent);
      const cpu = cpuOfAgent(agent);
      operations.push(kind === CPU_AGENT && machine.cpus[cpu].depth === 0 ? at[cpu] : -1);
      if (kind === WALKER_AGENT && !machine.enabled.has(agent)) walks++;
      if (kind === PREEMPT_AGENT) preemptions++;
    },
    after: () => undefined,
  });
  return { operations, walks, preemptions };
}
