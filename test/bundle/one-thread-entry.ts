import { parentPort } from 'node:worker_threads';
import { Random } from '../../src/explore/random.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import * as H from '../../src/machine/hardware.js';
import type { Cpu } from '../../src/machine/stripped/cpu.js';
import { Frames } from '../../src/machine/stripped/frames.js';
import { lockedOn, sharedWords } from '../../src/machine/stripped/locked.js';
import { Machine } from '../../src/machine/stripped/machine.js';
import { ATTEND_IPI, type Runner } from '../../src/machine/stripped/runner.js';
import { OracleBoard } from '../../src/oracles/board.js';
import { findVariant } from '../../src/variants/index.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';

/**
 * The stripped build with every CPU on one thread, under a plan drawn from a seed: at a boundary another CPU
 * may run its whole script on top, take an interrupt that is pending for it, or walk speculatively. Bundled
 * by the test, never run as it stands.
 */

export interface OneThreadRun {
  /** [cpu, kind, operand, value] of everything executed, in order. */
  readonly trace: readonly (readonly [number, number, number, number])[];
  readonly choices: readonly number[];
  readonly mem: Int32Array;
  /** The plan went where one thread cannot: a CPU waits for one that is suspended below it. */
  readonly stuck: boolean;
  readonly violation: string | null;
}

class Stuck extends Error {}

function run(variantName: string, scenario: Scenario, seed: number, often: number): OneThreadRun {
  const variant = findVariant(variantName)!;
  const program = kernelProgram(scenario, variant);
  const { buffer, memory } = sharedWords(program.image.length + 1);
  const mem = new Int32Array(buffer).subarray(0, program.image.length);
  mem.set(program.image);
  Frames.prepare(mem, program.mmu!);
  const random = new Random();
  random.seed(seed, 0, 0);
  const trace: [number, number, number, number][] = [];
  const choices: number[] = [];
  const stride = 5 + 130;
  const words = new Int32Array(program.cpus * stride);
  const control = {
    words,
    locked: lockedOn(words, null),
    attention: (cpu: number) => cpu * stride,
    enablings: (cpu: number) => cpu * stride + 1,
    scratch: (cpu: number) => cpu * stride + 2,
    ring: (cpu: number) => cpu * stride + 4,
    activity: (cpu: number) => cpu * stride + 3,
  };
  const started = new Set<number>();
  const cpus: Cpu[] = [];
  let skip = false;
  const canTake = (cpu: number): boolean =>
    (control.words[control.attention(cpu)] & ATTEND_IPI) !== 0 &&
    mem[program.hardwareBase + cpu * program.hardwareWords + H.IF] !== 0;
  const start = (cpu: number): void => {
    started.add(cpu);
    program.main(cpus[cpu] as never);
  };
  const take = (cpu: number): void => {
    skip = true;
    cpus[cpu].boundary();
  };
  const others = (cpu: number): number[] => cpus.map((_, id) => id).filter((id) => id !== cpu);
  const runner: Runner = {
    served: () => false,
    tick(cpu) {
      if (skip || random.below(often) !== 0) {
        skip = false;
        return 1;
      }
      const what = random.below(3);
      if (what === 0) cpus[random.below(cpus.length)].speculate(random.below(scenario.pages));
      const other = others(cpu)[random.below(cpus.length - 1)];
      if (
        what === 1 &&
        !started.has(other) &&
        mem[program.hardwareBase + cpu * program.hardwareWords + H.IF] !== 0
      )
        start(other);
      if (what === 2 && canTake(other)) take(other);
      return 1;
    },
    wait(cpu) {
      const ready = others(cpu).filter(canTake);
      if (ready.length > 0) return take(ready[random.below(ready.length)]);
      if (canTake(cpu)) return;
      const fresh = others(cpu).filter((id) => !started.has(id));
      if (fresh.length === 0) throw new Stuck();
      start(fresh[0]);
    },
    poll: () => {
      throw new Stuck();
    },
    changed: () => {},
    released: () => {},
    stored: () => {},
    out: () => undefined,
    ring: () => {},
    pause: () => {
      throw new Stuck();
    },
    choose(_cpu, n) {
      const value = random.below(n);
      choices.push(value);
      return value;
    },
    trace: (cpu, kind, a, value) => trace.push([cpu, kind, a, value]),
  };
  const machine = new Machine(program, 'sc', mem, lockedOn(mem, memory), control, runner, false, 0);
  machine.observer = new OracleBoard(machine as never, program.config);
  for (let id = 0; id < program.cpus; id++) cpus.push(program.createCpu(machine as never, id) as never);
  let stuck = false;
  try {
    for (let id = 0; id < program.cpus; id++) if (!started.has(id)) start(id);
    for (let id = 0; id < program.cpus; id++) if (canTake(id)) take(id);
  } catch (error) {
    if (machine.violation === null && !(error instanceof Stuck)) throw error;
    stuck = true;
  }
  return { trace, choices, mem: mem.slice(), stuck, violation: machine.violation?.facts.class ?? null };
}

/** What is asked of the thread, again and again: it takes longer to start than to run a scenario. */
export interface OneThreadRequest {
  readonly variant: string;
  readonly scenario: Scenario;
  readonly seeds: readonly number[];
  readonly often: number;
}

export function start(): void {
  parentPort!.on('message', ({ variant, scenario, seeds, often }: OneThreadRequest) => {
    parentPort!.postMessage(seeds.map((seed) => run(variant, scenario, seed, often)));
  });
}
