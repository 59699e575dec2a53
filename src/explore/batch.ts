import { judgeEnd } from '../drive/end.js';
import { follow } from '../drive/recorded.js';
import type { KernelLayout } from '../kernel/kernel-layout.js';
import type { KernelProgram } from '../kernel/kernel-program.js';
import { Machine } from '../machine/machine.js';
import type { Program } from '../machine/program.js';
import { type OracleBoard, watch } from '../oracles/board.js';
import { COUNTERS } from '../oracles/counters.js';
import { type Definitions, isOwnVariantName, NO_DEFINITIONS } from '../programs/definitions.js';
import { programOf, type Subject } from '../programs/subject.js';
import { findVariant } from '../variants/index.js';
import { counted, type OwnCounters } from '../variants/own-counters.js';
import { type LatentClass, type MemoryModel, type Violation, withoutFacts } from '../vocabulary/violation.js';
import { type BatchEffect, Comparison } from './effect/comparison.js';
import { forgetRan, type RanSites, ranSites } from './effect/ran.js';
import { Executor } from './executor.js';
import { isKnown, isSought, type Writable } from './judge-known.js';
import type { CauseFound, KnownViolation, MetViolation } from './known.js';
import { hashText, mix, Random } from './random.js';
import { PairTouches } from './reach/pair-touches.js';
import type { Reaching } from './reach/reached.js';
import { executionOf, type Shard } from './shard.js';
import { shortenLivelock } from './shorten-livelock.js';
import { simplify } from './simplify.js';
import { findStrategy } from './strategies/index.js';
import type { Strategy } from './strategies/strategy.js';
import type { EnvironmentPlan } from './strategy-decider.js';

/**
 * A batch: a run of executions of one scenario, the unit of work of a pool. Execution i is a pure function of
 * (version, seed, i), so a batch's result depends on its request alone, wherever and in whatever order it
 * runs.
 */

export type BatchRequest = Subject & {
  readonly memory: MemoryModel;
  readonly strategies: readonly string[];
  readonly seed: number;
  /**
   * Executions first to first + count - 1 (of the shard's, if there are shards); stops early at a violation.
   */
  readonly first: number;
  readonly count: number;
  readonly shard?: Shard;
  /**
   * Violations that do not end the batch. With them, even with none, the batch says of each violation what
   * its cause is.
   */
  readonly known?: readonly KnownViolation[];
  /** The one violation that ends the batch. */
  readonly sought?: KnownViolation;
  /**
   * Goes on after a violation, for counts over the same executions whatever the variant; the witness is the
   * first.
   */
  readonly pastViolations?: boolean;
  /** Mean steps of an execution, if measured already. */
  readonly length?: number;
  /** A variant that was made from another is compared with it. */
  readonly compared?: boolean;
  /** The batch says which pairs of accesses it reached that are not among these. */
  readonly covers?: readonly number[];
};

/** What tells a subject under a memory model from any other, for caches. */
export function subjectKey(request: Subject & Pick<BatchRequest, 'memory' | 'compared'>): string {
  if ('program' in request) return JSON.stringify([request.program, request.memory]);
  return JSON.stringify([request.variant, request.memory, request.scenario, request.compared === true]);
}

export interface BatchLatent {
  readonly class: LatentClass;
  readonly executions: number;
  readonly first: number;
  readonly message: string;
}

export interface BatchWitness {
  readonly execution: number;
  readonly strategy: string;
  readonly schedule: readonly number[];
  readonly steps: number;
  readonly hash: number;
  readonly violation: Violation;
  readonly latent: readonly Violation[];
}

/** What went wrong in a witness, in words that are the same for every witness of one bug. */
export type CauseOf = (request: BatchRequest, witness: BatchWitness) => CauseFound;

export interface BatchResult {
  readonly executions: number;
  readonly steps: number;
  readonly walkerSteps: number;
  /** In the order of COUNTERS; behind them the variant's own. */
  readonly counters: readonly number[];
  readonly latent: readonly BatchLatent[];
  readonly hash: number;
  /** The first violation that is not known. */
  readonly witness: BatchWitness | null;
  /** Where the request says what is known: each kind of violation that was met. */
  readonly met: readonly MetViolation[];
  /** Of a variant that was made from another: how often it did otherwise. */
  readonly effect: BatchEffect | null;
  /** What ran of users' files. */
  readonly ran: readonly RanSites[];
  /** Executions that reached something first, where that is asked for. */
  readonly reached: readonly Reaching[];
}

/** Preemptions per execution where CPUs are virtual and the scenario says nothing. */
const PREEMPTIONS = 3;

/** Executions that measure how long a scenario takes; their stream is apart from all hunts'. */
const MEASURE_EXECUTIONS = 16;
/** So many at the beginning that do not end are enough: probably none does. */
const ENDLESS_EXECUTIONS = 4;
const MEASURE_STREAM = hashText('measure');

/** What the environment may begin in each execution; a plain program has none. */
export function environmentOf(subject: Subject, program: Pick<Program, 'host'>): EnvironmentPlan {
  if ('program' in subject) return { walks: 0 };
  const { walks, preemptions = PREEMPTIONS } = subject.scenario;
  return { walks, preemptions: program.host == null ? 0 : preemptions };
}

/** A subject, ready to run, kept between batches. */
class Runner {
  readonly machine: Machine;
  /** Null for a plain program, which has nothing that oracles know of. */
  readonly board: OracleBoard | null;
  readonly executor: Executor;
  readonly random = new Random();
  /** Of a variant that was made from another. */
  readonly comparison: Comparison | null;
  private readonly strategies = new Map<string, Strategy>();
  private readonly stream: number;
  /** Mean steps of an execution. */
  readonly length: number;
  private readonly counters: OwnCounters | undefined;
  private readonly layout: KernelLayout | null;
  private pairs: PairTouches | null = null;

  /** `instead`: a kernel to run in the place of the request's, compared with nothing. */
  constructor(
    request: BatchRequest,
    private readonly own: Definitions,
    instead?: KernelProgram,
  ) {
    const { program: plain, kernel } =
      instead === undefined ? programOf(request, own) : { program: instead, kernel: instead };
    this.comparison = kernel === null || instead !== undefined ? null : this.compare(request, kernel);
    const program = this.comparison?.program ?? plain;
    this.machine = new Machine(program, request.memory);
    this.board = watch(this.machine, kernel);
    const variant = 'program' in request ? undefined : findVariant(request.variant, own.variants);
    this.counters = variant?.counters;
    this.layout = kernel?.config.layout ?? null;
    this.executor = new Executor(this.machine, environmentOf(request, program));
    this.stream = hashText(this.machine.program.name);
    this.length = request.length ?? this.measure();
  }

  private compare(request: BatchRequest, program: KernelProgram): Comparison | null {
    const variant = 'program' in request ? undefined : findVariant(request.variant, this.own.variants);
    if ('program' in request || variant === undefined || request.compared !== true) return null;
    return Comparison.of(variant, request.scenario, program, (other) => {
      let runner: Runner | null = null;
      return (strategy, seed, execution) => {
        runner ??= new Runner({ ...request, length: this.length }, this.own, other);
        runner.run(runner.strategy(strategy), seed, execution);
        return runner.machine.hash;
      };
    });
  }

  strategy(name: string): Strategy {
    let strategy = this.strategies.get(name);
    if (strategy === undefined) {
      const info = findStrategy(name);
      if (info === undefined) throw new Error(`no such strategy: ${name}`);
      strategy = info.create();
      this.strategies.set(name, strategy);
    }
    return strategy;
  }

  private measure(): number {
    let steps = 0;
    let ended = 0;
    // A first guess of any size does: random does not use it, and the limit only ends what would not end.
    const guess = 1000 * this.machine.cpus.length;
    for (let i = 0; i < MEASURE_EXECUTIONS; i++) {
      this.random.seed(0, this.stream ^ MEASURE_STREAM, i);
      const taken = this.executor.run(this.strategy('random'), this.random, guess);
      // What does not end has no length. Its limit would become a multiple of the guess's, and the hunt's
      // executions hundreds of times that.
      if (this.machine.violation?.class === 'livelock') {
        if (ended === 0 && i + 1 === ENDLESS_EXECUTIONS) break;
        continue;
      }
      steps += taken;
      ended++;
    }
    return ended === 0 ? guess : Math.max(1, Math.round(steps / ended));
  }

  /** Notes pairs of accesses beside `known` from here on; undefined: none are asked for. */
  cover(known: readonly number[] | undefined): PairTouches | null {
    if (known === undefined) return null;
    this.pairs ??= new PairTouches(this.machine);
    this.machine.touches = this.pairs;
    this.pairs.know(known);
    return this.pairs;
  }

  /** What the variant's own counters say at the end of an execution. */
  ownCounts(): readonly number[] {
    return this.layout === null ? [] : counted(this.counters, this.layout, this.machine.mem);
  }

  run(strategy: Strategy, seed: number, execution: number): number {
    this.random.seed(seed, this.stream, execution);
    return this.executor.run(strategy, this.random, this.length);
  }
}

const RUNNERS_MAX = 64;
/** By what names mean, and by name. */
const kept = new WeakMap<Definitions, Map<string, Runner>>();

function runnerFor(request: BatchRequest, own: Definitions): Runner {
  const key = subjectKey(request);
  const runners = kept.get(own) ?? new Map<string, Runner>();
  kept.set(own, runners);
  let runner = runners.get(key);
  if (runner === undefined) {
    if (runners.size >= RUNNERS_MAX) runners.clear();
    runner = new Runner(request, own);
    runners.set(key, runner);
  }
  return runner;
}

/**
 * Mean steps per execution of a scenario under a variant. `own`, here and below: what users' modules define.
 */
export function measureLength(request: BatchRequest, own = NO_DEFINITIONS): number {
  return runnerFor(request, own).length;
}

/** A witness made easier to read; of a deadlock it stays as it is. */
export function simplifyWitness(
  request: BatchRequest,
  witness: BatchWitness,
  causeOf?: CauseOf,
  own = NO_DEFINITIONS,
): BatchWitness {
  const { class: wanted } = witness.violation;
  // The machine reports neither that nor a livelock: it is what its driver sees, and no candidate shows it.
  if (wanted === 'deadlock') return witness;
  const { machine } = runnerFor(request, own);
  const isEndless = wanted === 'livelock';
  const schedule = isEndless
    ? shortenLivelock(machine, witness.schedule)
    : simplify(machine, witness.schedule, wanted);
  if (schedule === witness.schedule) return witness;
  const diverged = follow(machine, schedule);
  if (diverged === null && (isEndless || wanted === 'assertion')) judgeEnd(machine, isEndless);
  if (diverged !== null || machine.violation === null) return witness;
  const simplified = {
    ...witness,
    ...{ schedule, steps: machine.step, hash: machine.hash },
    ...{ violation: withoutFacts(machine.violation), latent: machine.latent.map(withoutFacts) },
  };
  // What is compared with known violations must stay what it was: leaving steps out may turn one bug into
  // another.
  if (request.known === undefined || causeOf === undefined) return simplified;
  const [before, after] = [causeOf(request, witness), causeOf(request, simplified)];
  return before.cause === after.cause && before.circumstance === after.circumstance ? simplified : witness;
}

type LatentTally = Map<LatentClass, { executions: number; first: number; message: string }>;

function countLatent(tally: LatentTally, all: readonly Violation[], execution: number): void {
  for (const { class: name, message } of all) {
    const known = tally.get(name as LatentClass);
    if (known === undefined) tally.set(name as LatentClass, { executions: 1, first: execution, message });
    else known.executions++;
  }
}

export function runBatch(request: BatchRequest, causeOf?: CauseOf, own = NO_DEFINITIONS): BatchResult {
  const runner = runnerFor(request, own);
  const { machine, board, comparison } = runner;
  comparison?.reset();
  const pairs = runner.cover(request.covers);
  const reached: Reaching[] = [];
  const isNoted =
    request.compared === true && ('program' in request || isOwnVariantName(request.variant, own));
  if (isNoted) forgetRan();
  board?.counters.values.fill(0);
  const ownCounts: number[] = [];
  const latent: LatentTally = new Map();
  let steps = 0;
  let walkerSteps = 0;
  let executions = 0;
  let hash = 0;
  let witness: BatchWitness | null = null;
  const met = new Map<string, Writable<MetViolation>>();
  const end = request.first + request.count;
  for (let j = request.first; j < end && (witness === null || request.pastViolations === true); j++) {
    const execution = executionOf(j, request.shard, request.strategies.length);
    const strategy = runner.strategy(request.strategies[execution % request.strategies.length]);
    comparison?.begin();
    steps += runner.run(strategy, request.seed, execution);
    comparison?.end(execution, machine.hash, strategy.name, request.seed);
    const fresh = pairs?.take() ?? [];
    const { schedule } = runner.executor;
    if (fresh.length > 0)
      reached.push({ execution, strategy: strategy.name, schedule: schedule.toArray(), pairs: fresh });
    walkerSteps += machine.walkerSteps;
    board?.counters.addLocked(machine.lockedOperations);
    for (const [i, value] of runner.ownCounts().entries()) ownCounts[i] = (ownCounts[i] ?? 0) + value;
    executions++;
    hash = mix(hash ^ machine.hash);
    countLatent(latent, machine.latent, execution);
    if (machine.violation !== null && (witness === null || request.known !== undefined)) {
      const seen: BatchWitness = {
        execution,
        strategy: strategy.name,
        schedule: schedule.toArray(),
        steps: machine.step,
        hash: machine.hash,
        violation: withoutFacts(machine.violation),
        latent: machine.latent.map(withoutFacts),
      };
      const passed =
        request.sought === undefined
          ? isKnown(request, seen, met, causeOf)
          : !isSought(request, request.sought, seen, causeOf);
      if (!passed) witness ??= seen;
    }
  }
  return {
    executions,
    steps,
    walkerSteps,
    counters: board === null ? [] : [...board.counters.values.subarray(0, COUNTERS.length), ...ownCounts],
    latent: [...latent].map(([name, seen]) => ({ class: name, ...seen })),
    hash,
    witness,
    met: [...met.values()],
    effect: comparison?.counts ?? null,
    ran: isNoted ? ranSites() : [],
    reached,
  };
}
