/**
 * Simulated executions as recordings (`show --format ftrace`), checked: every disagreement is a mistake of the
 * check, or of what is recorded, since the model decided both. The whole catalogue, on as many slots as the
 * kernel has; by kind of decision, and which scenarios.
 *
 *     npx tsx bench/check/simulated.ts [--variants 6.1.192,6.12,6.18,kvm] [--executions 3] [--record]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFile } from '../../src/check/check-recording.js';
import { environmentOf } from '../../src/explore/batch.js';
import { Executor } from '../../src/explore/executor.js';
import { Random } from '../../src/explore/random.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { Machine } from '../../src/machine/machine.js';
import { probedProgram } from '../../src/replay/ftrace/ftrace-of.js';
import { FtraceProbes } from '../../src/replay/ftrace/probes.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { HEADER } from '../../src/trace/event-text.js';
import { findVariant } from '../../src/variants/index.js';
import type { Variant } from '../../src/variants/variant.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

/** `TLB_NR_DYN_ASIDS`: what recorded kernels have. */
const SLOTS = 6;
const STREAM = 5;
/** Steps that strategies take an execution to have. */
const LENGTH = 500;

const given = argumentsOf({ variants: '6.1.192,6.12,6.18,kvm', executions: 3 });
const directory = mkdtempSync(join(tmpdir(), 'simulated-'));
const file = join(directory, 'simulated.trace');

function recorded(variant: Variant, scenario: Scenario, execution: number): string {
  const probes = new FtraceProbes(variant.backend.name !== 'native');
  const sized = { ...scenario, slots: SLOTS };
  const program = probedProgram(variant, sized, probes);
  const machine = new Machine(program, 'tso');
  probes.watch(machine);
  const executor = new Executor(machine, environmentOf({ variant: variant.name, scenario: sized }, program));
  const random = new Random();
  random.seed(1, STREAM, execution);
  executor.run(strategies[execution % strategies.length].create(), random, LENGTH);
  return `${[...HEADER, ...probes.lines].join('\n')}\n`;
}

const sums = { agreed: 0, raced: 0, disagreed: 0 };
const places = new Map<string, Set<string>>();
try {
  for (const name of given.variants.split(',')) {
    const variant = findVariant(name);
    if (variant === undefined) throw new Error(`no variant ${name}`);
    for (const scenario of catalogue.filter(({ forRemoteActions }) => forRemoteActions !== true))
      for (let execution = 0; execution < given.executions; execution++) {
        writeFileSync(file, recorded(variant, scenario, execution));
        const report = checkFile(file, variant);
        sums.agreed += report.agreed;
        sums.raced += report.raced;
        sums.disagreed += report.disagreed;
        for (const { kind } of report.disagreements)
          places.set(kind, (places.get(kind) ?? new Set()).add(scenario.name));
      }
  }
} finally {
  rmSync(directory, { recursive: true });
}
const total = `${sums.agreed} agree, ${sums.raced} raced, ${sums.disagreed} disagree`;
console.log(total);
for (const [kind, scenarios] of places) console.log(`${kind}: ${[...scenarios].join(', ')}`);
if (given.isRecorded)
  record({
    what: `decisions of simulated executions as recordings, ${given.executions} of each scenario (bar: none disagrees)`,
    result: `${total}; in ${[...new Set([...places.values()].flatMap((one) => [...one]))].join(', ')}`,
    command: 'npx tsx bench/check/simulated.ts',
  });
