import { describe, expect, it } from 'vitest';
import { decodeSchedule, encodeSchedule } from '../../../src/drive/schedule.js';
import type { BatchRequest, BatchWitness } from '../../../src/explore/batch.js';
import { type Minimised, minimise } from '../../../src/explore/minimise/minimise.js';
import { readFinding } from '../../../src/findings/read.js';
import { checkScenario } from '../../../src/findings/schema.js';
import { knownWitnesses } from '../../../src/known/witnesses.js';
import { causeOf } from '../../../src/replay/cause-of.js';
import type { Scenario } from '../../../src/vocabulary/scenario.js';

/** A witness of data/witnesses as a hunt has it. */
function known(variant: string): { readonly request: BatchRequest; readonly witness: BatchWitness } {
  const [{ file }] = knownWitnesses(variant);
  const finding = readFinding(file);
  if (!('scenario' in finding)) throw new Error(`${file}: no kernel's`);
  const { scenario, memory, seed, execution, strategy, steps, violation, latent, traceHash } = finding;
  return {
    request: { variant, scenario, memory, seed, strategies: ['random'], first: 0, count: 1 },
    witness: {
      ...{ execution, strategy, steps, violation, latent },
      schedule: decodeSchedule(finding.schedule),
      hash: Number.parseInt(traceHash, 16) | 0,
    },
  };
}

function scenarioOf({ subject }: Minimised): Scenario {
  if ('program' in subject) throw new Error('a plain program');
  return subject.scenario;
}

const operations = ({ scripts }: Scenario): number => scripts.flat().length;

describe('minimise', () => {
  it('leaves out operations and steps, and keeps class and cause', () => {
    const { request, witness } = known('native/v5');
    const found = minimise({ request, witness, executionsMax: 1_000 }, causeOf);
    const scenario = scenarioOf(found);
    expect(operations(scenario)).toBeLessThan(10);
    expect(scenario.cpus).toBe(2);
    expect(found.witness.steps).toBeLessThan(witness.steps * 0.6);
    expect(found.witness.violation.class).toBe(witness.violation.class);
    // Executed again, which throws for another violation, step or trace.
    const cause = causeOf({ ...request, ...found.subject } as BatchRequest, found.witness);
    expect(cause).toEqual(causeOf(request, witness));
    expect(checkScenario(scenario, 'here')).toEqual(scenario);
    expect(scenario.name).toBe('two-flushers-minimised');
  });

  it('is a function of its input, and ends soon after so many executions', () => {
    const { request, witness } = known('native/v5');
    const told = new SharedArrayBuffer(4);
    const minimised = (): Minimised => minimise({ request, witness, executionsMax: 200, told }, causeOf);
    const found = minimised();
    expect([...new Int32Array(told)]).toEqual([found.executions]);
    expect(minimised()).toEqual(found);
    // The simplification that is under way when they are used up has at most 800.
    expect(found.executions).toBeLessThan(1_500);
  });

  it('of a deadlock too', () => {
    const { request, witness } = known('native/v13');
    const found = minimise({ request, witness, executionsMax: 400 }, causeOf);
    expect(found.witness.violation.class).toBe('deadlock');
    expect(operations(scenarioOf(found))).toBeLessThan(12);
    expect(encodeSchedule(found.witness.schedule).length).toBeLessThan(
      encodeSchedule(witness.schedule).length,
    );
  });
});
