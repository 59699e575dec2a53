import { nativeBackend } from '../../src/backends/native.js';
import { Executor } from '../../src/explore/executor.js';
import { hashText, Random } from '../../src/explore/random.js';
import { findStrategy } from '../../src/explore/strategies/index.js';
import type { Strategy } from '../../src/explore/strategies/strategy.js';
import type { Backend } from '../../src/kernel/backend.js';
import type { Features } from '../../src/kernel/features/index.js';
import type { KernelFunctions } from '../../src/kernel/functions.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import type { KernelLayout } from '../../src/kernel/kernel-layout.js';
import { type KernelProgram, kernelProgram } from '../../src/kernel/kernel-program.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { Machine } from '../../src/machine/machine.js';
import * as K from '../../src/machine/op-kinds.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { OracleBoard } from '../../src/oracles/board.js';
import { COUNTERS, type CounterName } from '../../src/oracles/counters.js';
import type { MemoryModel, Violation } from '../../src/vocabulary/finding.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { personally, waitingWords } from '../../src/vocabulary/violation-facts.js';

/**
 * Ways to run the simulated kernel in a test: one function on one CPU, step by step; or a scenario under many
 * schedules.
 */

export interface Setup {
  readonly profile?: string;
  readonly features?: Partial<Features>;
  readonly replace?: Partial<KernelFunctions>;
  readonly memory?: MemoryModel;
  readonly backend?: Backend;
}

/** A scenario of idle CPUs, for tests that run a single kernel function. */
export function quiet(changes: Partial<Scenario> = {}): Scenario {
  const cpus = changes.cpus ?? 2;
  return {
    name: 'quiet',
    summary: '',
    cpus,
    mms: [{}, {}, {}],
    pages: 3,
    slots: 3,
    pcid: true,
    lazy: true,
    walks: 0,
    scripts: Array.from({ length: cpus }, () => []),
    ...changes,
  };
}

/** One executed operation of the CPU under test: `WRITE_ONCE cpu0.loaded_mm 1`, `write_cr3 pcid 2 flush`. */
export type OpLine = string;

export class Bench {
  readonly machine: Machine;
  readonly program: KernelProgram;
  readonly layout: KernelLayout;
  /** What CPU 0 executed, interrupt handlers on it included. */
  readonly ops: OpLine[] = [];
  readonly events: { cpu: number; kind: number; a: number; b: number }[] = [];
  /** Answers to recorded choices, in order; then 0. */
  choices: number[] = [];
  private bodies = new Map<number, (cpu: KernelCpu) => Protocol<void>>();

  constructor(scenario: Scenario, setup: Setup = {}) {
    const profile = findProfile(setup.profile ?? '6.18');
    if (profile === undefined) throw new Error(`no profile ${setup.profile}`);
    const bodies = this.bodies;
    this.program = kernelProgram(scenario, {
      features: { ...profile.features, ...setup.features },
      backend: setup.backend ?? nativeBackend,
      replace: {
        ...setup.replace,
        *runScript(cpu, _script) {
          const body = bodies.get(cpu.id);
          if (body !== undefined) yield* body(cpu);
        },
      },
    });
    this.layout = this.program.config.layout;
    // Sequential consistency unless asked: what is tested is order of execution, and memory is read back at
    // once.
    this.machine = new Machine(this.program, setup.memory ?? 'sc');
    const board = new OracleBoard(this.machine, this.program.config);
    const inner = board.event.bind(board);
    board.event = (cpu, kind, a, b) => {
      this.events.push({ cpu, kind, a, b });
      inner(cpu, kind, a, b);
    };
    this.machine.observer = board;
    this.machine.choose = () => this.choices.shift() ?? 0;
  }

  /** Sets a word of the start image. */
  set(address: number, value: number): this {
    this.program.image[address] = value;
    return this;
  }

  word(address: number): number {
    return this.machine.load(0, address);
  }

  /**
   * Runs protocol functions, by CPU, to the end of all: CPU 0 while it can move, then the lowest agent that
   * can. Returns CPU 0's result.
   */
  run<R>(
    body: (cpu: KernelCpu) => Protocol<R>,
    others: Record<number, (cpu: KernelCpu) => Protocol<unknown>> = {},
  ): R {
    let result: R | undefined;
    this.bodies.clear();
    this.bodies.set(0, function* (cpu) {
      result = yield* body(cpu);
    });
    for (const [id, other] of Object.entries(others)) {
      this.bodies.set(Number(id), function* (cpu) {
        yield* other(cpu);
      });
    }
    this.ops.length = 0;
    this.events.length = 0;
    const { machine } = this;
    machine.begin();
    for (let steps = 0; machine.violation === null && !machine.finished; steps++) {
      if (steps > 100_000) throw new Error('no end');
      const enabled = Array.from(machine.enabled.list.subarray(0, machine.enabled.count)).sort(
        (a, b) => a - b,
      );
      if (enabled.length === 0)
        throw new Error(
          'nobody can move: ' +
            `${machine.cpus.map((cpu) => waitingWords(machine.waits.standing(cpu.id), personally(machine.program.layout))).join('; ')}`,
        );
      const agent = enabled[0];
      if (agent === 0) this.ops.push(this.describe());
      machine.stepAgent(agent);
    }
    return result as R;
  }

  private describe(): OpLine {
    const { kind, a, b, c } = this.machine.cpus[0].pending;
    const name = K.opName(kind);
    switch (kind) {
      case K.OP_SMP_MB:
      case K.OP_IRET:
      case K.OP_LOCAL_IRQ_DISABLE:
      case K.OP_LOCAL_IRQ_ENABLE:
        return name;
      case K.OP_WRITE_CR3:
        return `${name} pcid ${b}${c === 0 ? ' flush' : ' no flush'}`;
      case K.OP_INVLPGB:
        return `${name} flags ${a} pcid ${b} page ${c} pages ${this.machine.cpus[0].pending.d}`;
      case K.OP_TLBSYNC:
        return name;
      case K.OP_INVLPG:
      case K.OP_SEND_IPI:
      case K.OP_SEND_RAR:
        return `${name} ${a}`;
      case K.OP_WRITE_ONCE:
      case K.OP_STORE_RELEASE:
        return `${name} ${this.nameOf(a)} = ${b}`;
      case K.OP_FETCH_AND:
      case K.OP_FETCH_OR:
      case K.OP_FETCH_ADD:
        return `${name} ${this.nameOf(a)} ${b}`;
      default:
        return `${name} ${this.nameOf(a)}`;
    }
  }

  private nameOf(address: number): string {
    return this.program.layout.nameOf(address);
  }

  /** Events of one kind on a CPU, as [a, b]. */
  eventsOf(cpu: number, kind: number): [number, number][] {
    return this.events
      .filter((event) => event.cpu === cpu && event.kind === kind)
      .map((event) => [event.a, event.b]);
  }
}

/** What many executions of a scenario gave. */
export interface Tally {
  /** Executions that ended in this harm class. */
  readonly harm: Record<string, number>;
  /** Executions in which this latent class was seen. */
  readonly latent: Record<string, number>;
  /** The first violation's, harm before latent, and the execution it was in. */
  readonly first: Violation | null;
  readonly firstExecution: number;
  /** Executions in which a violation's sentence matched `wanted`. */
  readonly said: number;
  readonly counters: Record<CounterName, number>;
  readonly steps: number;
}

export interface Many extends Setup {
  readonly executions: number;
  readonly seed?: number;
  readonly strategies?: readonly string[];
  /** Counts executions with a violation whose sentence matches. */
  readonly wanted?: RegExp;
  /** Called at the end of each execution without a violation. */
  readonly atEnd?: (machine: Machine, program: KernelProgram) => void;
}

/** No scenario of these tests takes more steps, but those that never end. */
const MEAN_MAX = 800;

/**
 * Runs a scenario under `executions` random schedules; goes on after violations, so that frequencies can be
 * told.
 */
export function runMany(scenario: Scenario, options: Many): Tally {
  const profile = findProfile(options.profile ?? '6.18');
  if (profile === undefined) throw new Error(`no profile ${options.profile}`);
  const program = kernelProgram(scenario, {
    features: { ...profile.features, ...options.features },
    backend: options.backend ?? nativeBackend,
    replace: options.replace,
  });
  const machine = new Machine(program, options.memory ?? 'tso');
  const board = new OracleBoard(machine, program.config);
  machine.observer = board;
  const executor = new Executor(machine, { walks: scenario.walks });
  const random = new Random();
  const strategies: Strategy[] = (options.strategies ?? ['random', 'pct']).map((name) =>
    findStrategy(name)!.create(),
  );
  const stream = hashText(scenario.name);
  const harm: Record<string, number> = {};
  const latent: Record<string, number> = {};
  let first: Violation | null = null;
  let firstLatent: Violation | null = null;
  let firstExecution = -1;
  let said = 0;
  let steps = 0;
  for (let execution = 0; execution < options.executions; execution++) {
    random.seed(options.seed ?? 1, stream, execution);
    // The length spreads change points and walks and bounds what does not end: the mean of what has been
    // seen, if that ended.
    const length = execution === 0 ? 300 : Math.min(MEAN_MAX, Math.round(steps / execution));
    steps += executor.run(strategies[execution % strategies.length], random, length);
    for (const seen of machine.latent) {
      latent[seen.class] = (latent[seen.class] ?? 0) + 1;
      firstLatent ??= seen;
    }
    const sentences = [...machine.latent, ...(machine.violation === null ? [] : [machine.violation])].map(
      (seen) => seen.message,
    );
    if (sentences.some((sentence) => options.wanted?.test(sentence) === true)) said++;
    if (machine.violation !== null) {
      harm[machine.violation.class] = (harm[machine.violation.class] ?? 0) + 1;
      if (first === null) firstExecution = execution;
      first ??= machine.violation;
    } else options.atEnd?.(machine, program);
  }
  const counters = Object.fromEntries(COUNTERS.map((name, i) => [name, board.counters.values[i]])) as Record<
    CounterName,
    number
  >;
  return { harm, latent, first: first ?? firstLatent, firstExecution, said, counters, steps };
}
