import { createInterface } from 'node:readline';
import { nativeBackend } from '../src/backends/native.js';
import { Executor } from '../src/explore/executor.js';
import { Random } from '../src/explore/random.js';
import { strategies } from '../src/explore/strategies/index.js';
import { type KernelProgram, kernelProgram } from '../src/kernel/kernel-program.js';
import { findProfile } from '../src/kernel/profiles.js';
import { Machine } from '../src/machine/machine.js';
import type { Program } from '../src/machine/program.js';
import { OracleBoard } from '../src/oracles/board.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';
import { p3 } from './peers/p3.js';
import { p4 } from './peers/p4.js';

/**
 * One side of bench/pairs.ts: for each line on stdin, the name of a workload, one round of it, told as a line
 * of JSON.
 */

interface Workload {
  readonly machine: Machine;
  readonly executor: Executor;
  readonly length: number;
  index: number;
}

const random = new Random();
const made = strategies.map((strategy) => strategy.create());

function workload(name: string): Workload {
  const scenario = catalogue.find((one) => one.name === name);
  const features = findProfile('6.18')?.features;
  if (features === undefined) throw new Error('there is no profile 6.18');
  const program: Program =
    scenario === undefined
      ? name === 'P3'
        ? p3(3, 3)
        : p4(3)
      : kernelProgram(scenario, { features, backend: nativeBackend });
  const machine = new Machine(program, 'tso');
  if (scenario !== undefined) machine.observer = new OracleBoard(machine, (program as KernelProgram).config);
  return {
    machine,
    executor: new Executor(machine, { walks: scenario?.walks ?? 0 }),
    length: scenario === undefined ? 100 : 400,
    index: 0,
  };
}

const workloads = new Map<string, Workload>();

/** The clock is no part of what is measured: a look at it takes up to 0.3 ms. */
const STEPS_A_LOOK = 100_000;

/** Executions until so much processor time is used. */
function round(name: string, cpuMs: number): string {
  let work = workloads.get(name);
  if (work === undefined) {
    work = workload(name);
    workloads.set(name, work);
  }
  const start = process.cpuUsage();
  let steps = 0;
  let used = 0;
  let executions = 0;
  while (used < cpuMs * 1000) {
    for (const until = steps + STEPS_A_LOOK; steps < until; ) {
      random.seed(1, 1, work.index);
      steps += work.executor.run(made[work.index++ % made.length], random, work.length);
      executions++;
    }
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
  return JSON.stringify({ perSecond: (steps / used) * 1e6, executions });
}

/** Bundled as a worker's entry is: what it does is kept for this name's sake. */
export const start = (): object => ({});

for await (const line of createInterface({ input: process.stdin })) {
  const [name, cpuMs] = line.split(' ');
  console.log(round(name, Number(cpuMs)));
}
