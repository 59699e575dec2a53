import { resetLoopBudget } from '../../drive/loop-budget.js';
import { COUNTERS } from '../../oracles/counters.js';
import { type Definitions, NO_DEFINITIONS } from '../../programs/definitions.js';
import { findVariant, type Variant } from '../../variants/index.js';
import type { MemoryModel } from '../../vocabulary/finding.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import { environmentOf } from '../batch.js';
import { Executor } from '../executor.js';
import { hashText, Random } from '../random.js';
import { findStrategy } from '../strategies/index.js';
import type { Strategy } from '../strategies/strategy.js';
import { Follower } from './follower.js';
import { Lead } from './lead.js';
import { Side } from './side.js';

/**
 * A run of pairs of one scenario: executions `first` to `first + count - 1` of the base, the patch that
 * follows each of them, and the patch's own executions of these numbers, apart from the base's, as a hunt
 * runs them.
 */
export interface PairRequest {
  readonly base: string;
  readonly patch: string;
  readonly scenario: Scenario;
  readonly memory: MemoryModel;
  readonly strategies: readonly string[];
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** Mean steps of the base's executions, and of the patch's own. */
  readonly length: number;
  readonly patchLength: number;
}

export interface PairResult {
  readonly pairs: number;
  /** By pair: the base's counters, then the patch's, in the order of COUNTERS. */
  readonly counts: Float64Array;
  /** The same of the base and of the patch's own execution. */
  readonly apart: Float64Array;
  /**
   * Pairs of which one execution went wrong: both are counted up to the last client operation that ended
   * before.
   */
  readonly cut: number;
  /** Pairs in which the patch executed anything otherwise than the base. */
  readonly otherwise: number;
}

const FOLLOW_STREAM = hashText('follow');
const PAIRS_MAX = 32;

/** Two kernels in a scenario, ready to run, kept between batches. */
class Pair {
  private readonly base: Side;
  private readonly patch: Side;
  /** The patch once more, which follows nobody. */
  private readonly alone: Side;
  private readonly lead: Lead;
  private readonly follower: Follower;
  private readonly executor: Executor;
  private readonly executorAlone: Executor;
  private readonly random = new Random();
  private readonly followRandom = new Random();
  private readonly stream: number;
  /** Of the base, and of the patch alone: a strategy watches one machine. */
  private readonly strategies = [new Map<string, Strategy>(), new Map<string, Strategy>()] as const;
  private readonly goOn: Strategy;

  constructor({ base, patch, scenario, memory }: PairRequest, own: Definitions) {
    this.base = new Side(variantOf(base, own), scenario, memory);
    this.patch = new Side(variantOf(patch, own), scenario, memory);
    this.alone = new Side(variantOf(patch, own), scenario, memory);
    this.lead = new Lead(this.base);
    this.follower = new Follower(this.patch, this.followRandom);
    this.executor = new Executor(
      this.base.machine,
      environmentOf({ variant: base, scenario }, this.base.program),
      this.lead,
    );
    this.executorAlone = new Executor(
      this.alone.machine,
      environmentOf({ variant: patch, scenario }, this.alone.program),
    );
    this.stream = hashText(scenario.name);
    this.goOn = strategyOf('random');
  }

  /** Counts of both, up to where one of them went wrong; answers whether one did. */
  run({ strategies, seed, length }: PairRequest, execution: number, into: Float64Array, at: number): boolean {
    const { base, patch, lead } = this;
    resetLoopBudget();
    this.random.seed(seed, this.stream, execution);
    lead.begin();
    this.executor.run(this.strategy(0, strategies, execution), this.random, length);
    lead.end(this.executor.schedule);
    this.followRandom.seed(seed, this.stream ^ FOLLOW_STREAM, execution);
    resetLoopBudget();
    const isLeadComplete = base.machine.violation === null;
    const isComplete = this.follower.run(lead, isLeadComplete, this.goOn, length);
    if (isLeadComplete && isComplete) {
      into.set(base.total(), at);
      into.set(patch.total(), at + COUNTERS.length);
      return false;
    }
    const patched = patch.tally.operations;
    const clock = isComplete ? lead.steps : patched === 0 ? -1 : patch.tally.clocks[patched - 1];
    into.set(base.tally.after(base.tally.by(clock)), at);
    into.set(patch.tally.after(patched), at + COUNTERS.length);
    return true;
  }

  /**
   * After `run`: whether the patch executed anything otherwise; one that does what the base does makes the
   * very same steps.
   */
  get differs(): boolean {
    return this.patch.machine.hash !== this.base.machine.hash;
  }

  /**
   * After `run`: counts of the base's execution and of the patch's own of that number, each up to where it
   * went wrong.
   */
  runAlone(
    { strategies, seed, patchLength }: PairRequest,
    execution: number,
    into: Float64Array,
    at: number,
  ): void {
    const { base, alone } = this;
    resetLoopBudget();
    this.random.seed(seed, this.stream, execution);
    alone.begin();
    this.executorAlone.run(this.strategy(1, strategies, execution), this.random, patchLength);
    into.set(base.counted(), at);
    into.set(alone.counted(), at + COUNTERS.length);
  }

  private strategy(side: 0 | 1, names: readonly string[], execution: number): Strategy {
    const name = names[execution % names.length];
    const known = this.strategies[side].get(name);
    if (known !== undefined) return known;
    const made = strategyOf(name);
    this.strategies[side].set(name, made);
    return made;
  }
}

function variantOf(name: string, own: Definitions): Variant {
  const variant = findVariant(name, own.variants);
  if (variant === undefined) throw new Error(`no such variant: ${name}`);
  return variant;
}

function strategyOf(name: string): Strategy {
  const info = findStrategy(name);
  if (info === undefined) throw new Error(`no such strategy: ${name}`);
  return info.create();
}

/** By what names mean, and by name. */
const kept = new WeakMap<Definitions, Map<string, Pair>>();

function pairFor(request: PairRequest, own: Definitions): Pair {
  const pairs = kept.get(own) ?? new Map<string, Pair>();
  kept.set(own, pairs);
  const { base, patch, scenario, memory } = request;
  const key = JSON.stringify([base, patch, memory, scenario]);
  const known = pairs.get(key);
  if (known !== undefined) return known;
  if (pairs.size >= PAIRS_MAX) pairs.clear();
  const made = new Pair(request, own);
  pairs.set(key, made);
  return made;
}

/** `own`: what users' modules define. */
export function runPairs(request: PairRequest, own = NO_DEFINITIONS): PairResult {
  const pair = pairFor(request, own);
  const width = 2 * COUNTERS.length;
  const counts = new Float64Array(request.count * width);
  const apart = new Float64Array(request.count * width);
  let cut = 0;
  let otherwise = 0;
  for (let i = 0; i < request.count; i++) {
    if (pair.run(request, request.first + i, counts, i * width)) cut++;
    if (pair.differs) otherwise++;
    pair.runAlone(request, request.first + i, apart, i * width);
  }
  return { pairs: request.count, counts, apart, cut, otherwise };
}
