import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Executor } from '../../src/explore/executor.js';
import { hashText, Random } from '../../src/explore/random.js';
import { findStrategy } from '../../src/explore/strategies/index.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import { LockstepEngine } from '../../src/lockstep/replay-on-threads.js';
import { Machine } from '../../src/machine/machine.js';
import { OracleBoard } from '../../src/oracles/board.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { findVariant } from '../../src/variants/index.js';

/**
 * Random schedules, followed on one thread and in lockstep on one thread per CPU: same memory, same trace,
 * same violation.
 */

let engine: LockstepEngine;
beforeAll(() => {
  engine = new LockstepEngine();
});
afterAll(() => engine.close());

/** The decisions of one random execution, and what it ended in. */
function randomRun(variant: string, name: string, strategy: string, seed: number, memory: 'tso' | 'sc') {
  const scenario = catalogue.find((known) => known.name === name)!;
  const program = kernelProgram(scenario, findVariant(variant)!);
  const machine = new Machine(program, memory);
  machine.observer = new OracleBoard(machine, program.config);
  const executor = new Executor(machine, {
    walks: scenario.walks,
    preemptions: program.host == null ? 0 : 4,
  });
  const random = new Random();
  random.seed(seed, hashText(name), 0);
  executor.run(findStrategy(strategy)!.create(), random, 800);
  return {
    scenario,
    decisions: executor.schedule.toArray(),
    violation: machine.violation,
    steps: machine.step,
  };
}

describe('lockstep', () => {
  it.each(catalogue.map(({ name }) => name))(
    'follows random schedules of %s as explore does',
    async (name) => {
      for (const [seed, strategy, memory] of [
        [1, 'random', 'tso'],
        [2, 'pct', 'tso'],
        [3, 'random', 'tso'],
        [4, 'random', 'sc'],
      ] as const) {
        const { scenario, decisions, steps } = randomRun('6.18', name, strategy, seed, memory);
        const result = await engine.run({ variant: '6.18', scenario, memory, decisions });
        expect(result.reason).toBeNull();
        expect(result).toMatchObject({ agrees: true, steps, violation: null, threads: scenario.cpus });
        expect(result.turns).toBeGreaterThan(1);
      }
    },
  );

  it.each([
    'kvm/v14',
    'hypercall/v12',
    'hypercall/v16',
    'b27-fixed',
    'hypercall/lazy-park',
    'hyperv/v7',
    'xen',
  ])('follows hosts and hypercalls under %s', async (variant) => {
    for (const name of ['preempted-targets', 'lazy-full-and-partial', 'lazy-freed-tables']) {
      for (const [seed, strategy] of [
        [1, 'random'],
        [2, 'pct'],
        [3, 'delay'],
      ] as const) {
        const { scenario, decisions, steps } = randomRun(variant, name, strategy, seed, 'tso');
        const result = await engine.run({ variant, scenario, memory: 'tso', decisions });
        expect(result.reason).toBeNull();
        expect(result).toMatchObject({ agrees: true, steps, violation: null });
      }
    }
  });

  it('meets a violation at the same step', async () => {
    for (let seed = 1; seed < 3000; seed++) {
      const { scenario, decisions, violation } = randomRun('b3', 'ping-pong-dontneed', 'random', seed, 'tso');
      if (violation === null) continue;
      const result = await engine.run({ variant: 'b3', scenario, memory: 'tso', decisions });
      expect(result.reason).toBeNull();
      expect(violation).toMatchObject(result.violation!);
      return;
    }
    throw new Error('no schedule with a violation was found');
  });

  it('says where a schedule cannot be followed', async () => {
    const { scenario, decisions } = randomRun('6.18', 'two-flushers', 'random', 1, 'tso');
    // A store buffer that is empty at the start cannot drain.
    const result = await engine.run({
      variant: '6.18',
      scenario,
      memory: 'tso',
      decisions: [1, ...decisions],
    });
    expect(result.steps).toBe(0);
    expect(result.agrees).toBe(true);
  });
});
