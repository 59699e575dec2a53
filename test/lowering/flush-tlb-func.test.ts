import { describe, expect, it } from 'vitest';
import { nativeBackend } from '../../src/backends/native.js';
import { Executor } from '../../src/explore/executor.js';
import { Random } from '../../src/explore/random.js';
import { strategies } from '../../src/explore/strategies/index.js';
import type { Features } from '../../src/kernel/features.js';
import type { KernelFunctions } from '../../src/kernel/functions.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { Machine } from '../../src/machine/machine.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { loweredFlushTlbFunc, STATES, visits, wronglyLoweredFlushTlbFunc } from './lowered-flush-tlb-func.js';

/** Executes the same schedules with and without a replacement. */
class Side {
  private readonly executor: Executor;
  private readonly made = strategies.map((strategy) => strategy.create());
  private readonly random = new Random();

  constructor(
    private readonly scenario: Scenario,
    features: Features,
    replace: Partial<KernelFunctions>,
    memory: 'tso' | 'sc',
  ) {
    this.executor = new Executor(
      new Machine(kernelProgram(scenario, { features, backend: nativeBackend, replace }), memory),
      {
        walks: this.scenario.walks,
      },
    );
  }

  execute(index: number): { steps: number; hash: number; memory: Int32Array; schedule: number[] } {
    this.random.seed(17, 3, index);
    const steps = this.executor.run(this.made[index % this.made.length], this.random, 400);
    const { machine, schedule } = this.executor;
    return { steps, hash: machine.hash, memory: machine.mem, schedule: schedule.toArray() };
  }
}

const features = (profile: string, changes: Partial<Features> = {}): Features => {
  const found = findProfile(profile);
  if (found === undefined) throw new Error(`no profile ${profile}`);
  return { ...found.features, ...changes };
};

const kernels: readonly [string, Features][] = [
  ['6.12', features('6.12')],
  ['6.12 with B4', features('6.12', { earlyOutOnGenZero: true })],
  ['6.14', features('6.14')],
  ['6.18', features('6.18')],
];
const EXECUTIONS = 4;

describe('flushTlbFunc lowered by hand', () => {
  for (const [name, kernel] of kernels) {
    it(`leaves the same trace and memory as the generator, for the same schedules: ${name}`, () => {
      for (const scenario of catalogue) {
        for (const memory of ['tso', 'sc'] as const) {
          const generators = new Side(scenario, kernel, {}, memory);
          const lowered = new Side(scenario, kernel, { flushTlbFunc: loweredFlushTlbFunc }, memory);
          for (let i = 0; i < EXECUTIONS; i++) {
            const expected = generators.execute(i);
            const actual = lowered.execute(i);
            const where = `${scenario.name}, ${memory}, execution ${i}`;
            expect([actual.steps, actual.hash], where).toEqual([expected.steps, expected.hash]);
            expect(Buffer.compare(bytes(actual.memory), bytes(expected.memory)), where).toBe(0);
            expect(actual.schedule, where).toEqual(expected.schedule);
          }
        }
      }
    });
  }

  it('was compared in every one of its states', () => {
    expect([...visits].map((count, state) => (count > 0 ? -1 : state)).filter((state) => state >= 0)).toEqual(
      [],
    );
    expect(visits.length).toBe(STATES);
  });

  it('is told apart from a wrong lowering', () => {
    const different = catalogue.filter((scenario) => {
      const generators = new Side(scenario, features('6.18'), {}, 'tso');
      const wrong = new Side(scenario, features('6.18'), { flushTlbFunc: wronglyLoweredFlushTlbFunc }, 'tso');
      return [0, 1].some((i) => generators.execute(i).hash !== wrong.execute(i).hash);
    });
    expect(different.length).toBeGreaterThan(0);
  });
});

function bytes(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
