/**
 * Contention for RAR payloads (question C5): CPUs that flush an mm with a global ASID again and again, by the
 * number of payloads. Told per flush: other CPUs that wait for a payload when it takes its own, counted at
 * each step of an execution, and steps of all CPUs.
 *
 * npx tsx bench/rar-contention.ts [--cpus 8] [--executions 60]
 */
import { rarBackend } from '../src/backends/rar.js';
import type { StepWatcher } from '../src/drive/drive.js';
import { Executor } from '../src/explore/executor.js';
import { Random } from '../src/explore/random.js';
import { random as uniform } from '../src/explore/strategies/random.js';
import type { Features } from '../src/kernel/features/index.js';
import { rarV3 } from '../src/kernel/features/rar.js';
import { kernelProgram } from '../src/kernel/kernel-program.js';
import { findProfile } from '../src/kernel/profiles.js';
import { Machine } from '../src/machine/machine.js';
import * as K from '../src/machine/op-kinds.js';
import { watch } from '../src/oracles/board.js';
import { dontneed, read, repeat, script } from '../src/scenarios/steps.js';
import type { Scenario } from '../src/vocabulary/scenario.js';
import { argumentsOf } from './arguments.js';

const { cpus, executions } = argumentsOf({ cpus: 8, executions: 60 });
const FLUSHES = 4;

function scenarioOf(rarPayloads: number): Scenario {
  const all = Array.from({ length: cpus }, (_, cpu) => cpu);
  return {
    ...{ name: 'contention', summary: '', cpus, rarPayloads, pages: cpus, slots: 3 },
    ...{ pcid: true, lazy: true, walks: 0 },
    mms: [{ globalAsid: true, mapped: all.map((page) => ({ page, write: true })) }],
    start: all.map(() => ({ loadedMm: 0 })),
    scripts: all.map((page) => script(repeat(FLUSHES, dontneed(page, page + 1), read(page)))),
  };
}

function measure(rarPayloads: number, changes: Partial<Features>): readonly [waiting: number, steps: number] {
  const profile = findProfile('6.18');
  if (profile === undefined) throw new Error('no profile 6.18');
  const program = kernelProgram(scenarioOf(rarPayloads), {
    features: { ...profile.features, ...changes },
    backend: rarBackend,
  });
  const machine = new Machine(program, 'tso');
  watch(machine, program);
  const { locks, inUse } = program.config.layout.rar;
  const waitsForPayload = ({ kind, a }: { readonly kind: number; readonly a: number }): boolean =>
    (kind === K.OP_SPIN_LOCK && locks.includes(a) && machine.mem[a] !== 0) ||
    (kind === K.OP_COND_LOAD_ACQUIRE && a === inUse);
  let waiting = 0;
  let steps = 0;
  const watcher: StepWatcher = {
    before: () => {
      for (const { pending } of machine.cpus) if (waitsForPayload(pending)) waiting++;
      steps++;
    },
    after: () => {},
  };
  const executor = new Executor(machine, { walks: 0 }, watcher);
  const numbers = new Random();
  for (let i = 0; i < executions; i++) {
    numbers.seed(1, 1, i);
    executor.run(uniform.create(), numbers, 4_000);
    if (machine.violation !== null) throw new Error(machine.violation.message);
  }
  const flushes = executions * cpus * FLUSHES;
  return [waiting / flushes, steps / flushes];
}

console.log(
  `${cpus} CPUs, ${executions} executions: payloads, CPU-steps waited for a payload per flush, steps`,
);
for (const [name, changes] of [
  ['v4', {}],
  ['v3', rarV3],
] as const)
  for (const payloads of [1, 2, 4, 8, 16].filter((n) => n <= 2 * cpus)) {
    const [waiting, steps] = measure(payloads, changes);
    console.log(`${name} ${payloads} ${waiting.toFixed(1)} ${steps.toFixed(1)}`);
  }
