import { nativeBackend } from '../src/backends/native.js';
import { Executor } from '../src/explore/executor.js';
import { Random } from '../src/explore/random.js';
import { strategies } from '../src/explore/strategies/index.js';
import type { Strategy, StrategyInfo } from '../src/explore/strategies/strategy.js';
import { type KernelProgram, kernelProgram } from '../src/kernel/kernel-program.js';
import { findProfile } from '../src/kernel/profiles.js';
import { Machine } from '../src/machine/machine.js';
import type { Program } from '../src/machine/program.js';
import { OracleBoard } from '../src/oracles/board.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';
import type { MemoryModel } from '../src/vocabulary/finding.js';
import type { Scenario, ScriptStep } from '../src/vocabulary/scenario.js';
import { p1 } from './peers/p1.js';
import { p2 } from './peers/p2.js';
import { p3 } from './peers/p3.js';
import { p4 } from './peers/p4.js';
import { median } from './statistics.js';

/** The measurements of bench/explore.ts, which bundles this file: one JSON line each. */

/** What the project promises. */
const BARS = { stepsPerSecond: 1.5e6, p3: 250_000, p4: 80_000, growth: 1.5 };
const RUNS = 5;
/** Executions between two looks at the clock. */
const BATCH = 20;

function emit(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}

interface Measured {
  readonly executionsPerSecond: number;
  /** CPU instructions, drains and deliveries. */
  readonly stepsPerSecond: number;
  readonly walkerStepsPerExecution: number;
  readonly stepsPerExecution: number;
  readonly nsPerStep: number;
  /** CPU seconds per wall second: well below 1, the computer was busy with other things. */
  readonly cpuShare: number;
}

interface Round {
  readonly executions: number;
  readonly steps: number;
  readonly walkerSteps: number;
  /**
   * CPU seconds of the whole process, compiler and collector included: what one core costs, also while other
   * processes take turns on it.
   */
  readonly seconds: number;
  readonly wall: number;
}

/** One program, ready to be executed for about `seconds` at a time. */
class Subject {
  private readonly machine: Machine;
  private readonly executor: Executor;
  private readonly random = new Random();
  private readonly made: Strategy[];
  private index = 0;
  private length = 200;

  constructor(
    private readonly program: Program,
    memory: MemoryModel,
    chosen: readonly StrategyInfo[],
    walks: number,
    watch: boolean,
  ) {
    this.machine = new Machine(program, memory);
    if (watch) this.machine.observer = new OracleBoard(this.machine, (program as KernelProgram).config);
    this.executor = new Executor(this.machine, { walks });
    this.made = chosen.map((strategy) => strategy.create());
  }

  /** Compiles, and learns how long an execution is. */
  warmUp(seconds: number): void {
    const first = this.round(seconds);
    this.length = Math.round((first.steps + first.walkerSteps) / first.executions);
    this.round(seconds);
  }

  round(seconds: number): Round {
    const { machine, made } = this;
    let executions = 0;
    let steps = 0;
    let walkerSteps = 0;
    const start = process.hrtime.bigint();
    const cpuStart = process.cpuUsage();
    let elapsed = 0;
    while (elapsed < seconds) {
      for (let i = 0; i < BATCH; i++) {
        this.random.seed(1, 1, this.index);
        const taken = this.executor.run(made[this.index % made.length], this.random, this.length);
        this.index++;
        executions++;
        walkerSteps += machine.walkerSteps;
        steps += taken - machine.walkerSteps;
        if (machine.violation !== null && this.program.mmu !== null)
          throw new Error(`the scenario is not clean: ${machine.violation.message}`);
      }
      elapsed = Number(process.hrtime.bigint() - start) / 1e9;
    }
    const cpu = process.cpuUsage(cpuStart);
    return { executions, steps, walkerSteps, seconds: (cpu.user + cpu.system) / 1e6, wall: elapsed };
  }
}

function medians(rounds: readonly Round[]): Measured {
  const stepsPerSecond = median(rounds.map((r) => r.steps / r.seconds));
  return {
    executionsPerSecond: median(rounds.map((r) => r.executions / r.seconds)),
    stepsPerSecond,
    walkerStepsPerExecution: median(rounds.map((r) => r.walkerSteps / r.executions)),
    stepsPerExecution: median(rounds.map((r) => r.steps / r.executions)),
    nsPerStep: 1e9 / stepsPerSecond,
    cpuShare: median(rounds.map((r) => r.seconds / r.wall)),
  };
}

function measure(subject: Subject, seconds: number): Measured {
  subject.warmUp(seconds);
  return medians(Array.from({ length: RUNS }, () => subject.round(seconds)));
}

const run = (mm: number): ScriptStep => ({ op: 'run', mm });
const access = (page: number, write = false): ScriptStep => ({ op: 'access', page, write });
const madvise = (start: number, end: number): ScriptStep => ({ op: 'madvise', start, end });

/**
 * Per pair of CPUs two mms: one CPU flushes while the other switches between both. More pairs do the same
 * beside each other.
 */
function scaled(pairs: number): Scenario {
  const scripts: ScriptStep[][] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = [pair * 2, pair * 2 + 1];
    scripts.push([
      run(a),
      access(0, true),
      access(1, true),
      madvise(0, 1),
      access(0, true),
      access(1),
      madvise(0, 2),
      access(0, true),
      access(1, true),
      { op: 'munmap', start: 1, end: 2 },
      access(0),
    ]);
    scripts.push([
      run(a),
      access(0),
      access(1),
      run(b),
      access(0, true),
      run(a),
      access(0),
      access(1),
      run(b),
      access(1),
      run(a),
      access(0),
    ]);
  }
  return {
    name: `${pairs} x flush while switching`,
    summary: '',
    cpus: pairs * 2,
    mms: Array.from({ length: pairs * 2 }, () => ({})),
    pages: 3,
    slots: 3,
    pcid: true,
    lazy: true,
    walks: pairs * 2,
    scripts,
  };
}

const kernelOf = (scenario: Scenario): Program => {
  const profile = findProfile('6.18');
  if (profile === undefined) throw new Error('there is no profile 6.18');
  return kernelProgram(scenario, { features: profile.features, backend: nativeBackend });
};

const round3 = (value: number): number => Number(value.toPrecision(4));
const rounded = (measured: Measured): Record<string, number> =>
  Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, round3(value)]));

/**
 * Catalogue scenarios of two CPUs and two mms, whatever they do, each under the portfolio with all oracles.
 */
function throughput(seconds: number): void {
  for (const name of ['ping-pong-dontneed', 'ping-pong-munmap', 'lazy-other-mm']) {
    const scenario = catalogue.find((one) => one.name === name);
    if (scenario === undefined || scenario.cpus !== 2 || scenario.mms.length !== 2)
      throw new Error(`no scenario ${name} of two CPUs and two mms`);
    const measured = measure(
      new Subject(kernelOf(scenario), 'tso', strategies, scenario.walks, true),
      seconds,
    );
    emit({
      bench: 'throughput',
      scenario: scenario.name,
      memory: 'tso',
      strategy: 'portfolio',
      ...rounded(measured),
      bar: BARS.stepsPerSecond,
      ok: measured.stepsPerSecond >= BARS.stepsPerSecond,
    });
  }
}

function peers(seconds: number): void {
  const random = strategies.filter((strategy) => strategy.name === 'random');
  const programs: [string, () => Program, number | null][] = [
    ['P1', p1, null],
    ['P2', () => p2(true), null],
    ['P3 3x3', () => p3(3, 3), BARS.p3],
    ['P4', () => p4(), BARS.p4],
  ];
  for (const [name, make, bar] of programs) {
    for (const memory of ['sc', 'tso'] as const) {
      const measured = measure(new Subject(make(), memory, random, 0, false), seconds);
      const barred = memory === 'sc' ? bar : null;
      emit({
        bench: 'peers',
        program: name,
        memory,
        strategy: 'random',
        ...rounded(measured),
        bar: barred,
        ok: barred === null || measured.executionsPerSecond >= barred,
      });
    }
  }
}

/** Executions to the first bug of P4b, mean over 30 seeds. */
function timeToBug(): void {
  for (const info of strategies) {
    for (const loops of [1, 2]) {
      const executor = new Executor(new Machine(p4(loops, true), 'sc'), { walks: 0 });
      const strategy = info.create();
      const random = new Random();
      const needed: number[] = [];
      for (let seed = 1; seed <= 30; seed++) {
        let execution = 0;
        let length = 50;
        do {
          random.seed(seed, 1, execution++);
          const steps = executor.run(strategy, random, length);
          if (execution === 1) length = steps;
        } while (executor.machine.violation === null && execution < 1_000_000);
        needed.push(execution);
      }
      const mean = needed.reduce((sum, n) => sum + n, 0) / needed.length;
      emit({
        bench: 'time-to-bug',
        program: `P4b LOOPS=${loops}`,
        memory: 'sc',
        strategy: info.name,
        meanExecutions: round3(mean),
        maxExecutions: Math.max(...needed),
        ok: Math.max(...needed) < 1_000_000,
      });
    }
  }
}

/**
 * The sizes take turns, so that what else the computer does meets all of them; the growth is the median over
 * the turns.
 */
function scaling(seconds: number): void {
  for (const info of strategies) {
    const subjects = [1, 32, 4, 16].map((pairs) => {
      const scenario = scaled(pairs);
      return {
        cpus: scenario.cpus,
        subject: new Subject(kernelOf(scenario), 'tso', [info], scenario.walks, true),
        rounds: [] as Round[],
      };
    });
    for (const { subject } of subjects) subject.warmUp(seconds);
    for (let i = 0; i < RUNS; i++)
      for (const { subject, rounds } of subjects) rounds.push(subject.round(seconds));
    for (const { cpus, rounds } of subjects)
      emit({ bench: 'scaling', cpus, memory: 'tso', strategy: info.name, ...rounded(medians(rounds)) });
    const [smallest, largest] = subjects;
    const growth = median(
      smallest.rounds.map(
        (small, i) => small.steps / small.seconds / (largest.rounds[i].steps / largest.rounds[i].seconds),
      ),
    );
    emit({
      bench: 'growth',
      from: smallest.cpus,
      to: largest.cpus,
      strategy: info.name,
      ratio: round3(growth),
      bar: BARS.growth,
      ok: growth < BARS.growth,
    });
  }
}

/** Bundled as a worker's entry is: what it does is kept for this name's sake. */
export const start = (): object => ({});

const only = process.argv[2] ?? 'all';
const seconds = Number(process.argv[3] ?? 1);
if (only === 'all' || only === 'throughput') throughput(seconds);
if (only === 'all' || only === 'peers') peers(seconds);
if (only === 'all' || only === 'bug') timeToBug();
if (only === 'all' || only === 'scaling') scaling(seconds);
