import type { Modules } from '../bundle/modules.js';
import { encodeSchedule } from '../drive/schedule.js';
import { COUNTERS } from '../oracles/counters.js';
import { isOwnVariantName } from '../programs/definitions.js';
import { madeWith } from '../programs/made-with.js';
import type { Subject } from '../programs/subject.js';
import { scopeName } from '../scenarios/scope-name.js';
import { findVariant } from '../variants/index.js';
import { FINDING_FORMAT, FINDING_VERSION, type Finding, type LatentClass } from '../vocabulary/finding.js';
import { VERSION } from '../vocabulary/version.js';
import type { HuntRequest, LatentCount, ProgramHuntRequest, ScenarioTally, Verdict } from './api.js';
import type { BatchRequest, BatchResult, BatchWitness } from './batch.js';
import { BatchOrder, type NextBatch, type Target, targetsOf } from './batch-order.js';
import { type CodeReport, CodeTally } from './effect/code.js';
import { EffectTally } from './effect/effect.js';
import { effectPlan } from './effect/parts.js';
import { hex } from './hex.js';
import { type MetViolation, sameKind } from './known.js';
import type { BatchRunner } from './pool.js';
import { PoolHandOver } from './pool-hand-over.js';
import { mix } from './random.js';
import type { Reached } from './reach/reached.js';
import { ReachedTally } from './reach/reached-tally.js';
import { timeLeftMs } from './time-left.js';

/**
 * A hunt: batches of executions, round-robin over scenarios, on a pool, until a violation or the end of the
 * budget.
 *
 * The order of batches is fixed (batch-order.ts). Workers may finish in any order; what is reported is the
 * completed prefix of that order, and the witness is the first in it, so the result does not depend on the
 * number of jobs (programs/hand-over.ts).
 */

interface Tally {
  executions: number;
  steps: number;
  readonly counters: number[];
}

export interface HuntOutcome {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
}

/**
 * Hunts a variant in scenarios, or a plain program. Throws what the pool throws (InputError for a mistake in
 * a user's module).
 */
export async function hunt(
  request: (HuntRequest | ProgramHuntRequest) & { readonly pool: BatchRunner },
): Promise<HuntOutcome> {
  const started = performance.now();
  const state = new Hunt(request);
  await state.run(started);
  // Seconds to the witness; what makes it easier to read comes after.
  const seconds = (performance.now() - started) / 1000;
  await state.simplifyWitness();
  return state.outcome(seconds);
}

function effectTally(request: HuntRequest | ProgramHuntRequest, { variants }: Modules): EffectTally | null {
  const variant = 'program' in request ? undefined : findVariant(request.variant, variants);
  const plan = variant === undefined ? null : effectPlan(variant);
  return plan === null
    ? null
    : new EffectTally(
        plan,
        targetsOf(request).map(({ name }) => name),
      );
}

class Hunt {
  private readonly targets: readonly Target[];
  private readonly tallies: Tally[];
  private readonly order: BatchOrder;
  private hash = 0;
  private witness: {
    readonly scenario: Target;
    readonly request: BatchRequest;
    readonly found: BatchWitness;
  } | null = null;
  private readonly met: { -readonly [K in keyof MetViolation]: MetViolation[K] }[] = [];
  private readonly latent = new Map<LatentClass, { -readonly [K in keyof LatentCount]: LatentCount[K] }>();
  private interrupted = false;
  /** Names: the lab's, and the variant's own. */
  private readonly counters: readonly string[];
  /** Of a variant that was made from another. */
  private readonly effect: EffectTally | null;
  private readonly code: CodeTally;
  private readonly reached: ReachedTally | null;

  constructor(private readonly request: (HuntRequest | ProgramHuntRequest) & { readonly pool: BatchRunner }) {
    this.targets = targetsOf(request);
    const variant =
      'program' in request ? undefined : findVariant(request.variant, request.pool.modules.variants);
    this.counters = [...COUNTERS, ...Object.keys(variant?.counters ?? {})];
    this.tallies = this.targets.map(() => ({
      executions: 0,
      steps: 0,
      counters: this.counters.map(() => 0),
    }));
    const { covers, seed } = request;
    const names = this.targets.map(({ name }) => name);
    this.reached = covers === undefined ? null : new ReachedTally(covers, names, seed);
    this.order = new BatchOrder(request, this.targets, this.reached);
    this.effect = effectTally(request, request.pool.modules);
    this.code = new CodeTally(request.pool.modules.covered, names, covers?.ran);
  }

  async run(started: number): Promise<void> {
    const { pool, budgetMs, executionsMin = 0, signal } = this.request;
    const { order } = this;
    const isTimeUp = (): boolean =>
      budgetMs !== undefined &&
      performance.now() - started >= budgetMs &&
      this.totals().executions >= executionsMin;
    const take = ({ scenario, request }: NextBatch, result: BatchResult): boolean => {
      this.add(scenario, request, result);
      this.report(started, this.targets[scenario].name);
      return this.isDecided();
    };
    this.interrupted = await new PoolHandOver({ pool, order, signal, isTimeUp, take }).run();
  }

  private isDecided(): boolean {
    return this.witness !== null && this.request.pastViolations !== true;
  }

  /** A witness is made easier to read; an interrupted hunt has no time for it. */
  async simplifyWitness(): Promise<void> {
    // What is sought is looked for by somebody who has it in a simple form already.
    if (this.witness === null || this.interrupted || this.request.sought !== undefined) return;
    this.witness = {
      ...this.witness,
      found: await this.request.pool.simplify(this.witness.request, this.witness.found),
    };
  }

  private add(index: number, request: BatchRequest, result: BatchResult): void {
    const tally = this.tallies[index];
    tally.executions += result.executions;
    tally.steps += result.steps;
    result.counters.forEach((value, i) => {
      tally.counters[i] += value;
    });
    this.hash = mix(this.hash ^ result.hash);
    if ((result.effect === null) !== (this.effect === null))
      throw new Error('a batch was not compared as its hunt is');
    if (result.effect !== null) this.effect?.add(index, result.effect);
    this.code.add(index, result.ran);
    this.reached?.add(index, result.reached);
    const scenario = this.targets[index];
    for (const seen of result.latent) {
      const known = this.latent.get(seen.class);
      if (known !== undefined) known.executions += seen.executions;
      else {
        const { executions, first, message } = seen;
        this.latent.set(seen.class, {
          class: seen.class,
          executions,
          scenario: scenario.name,
          execution: first,
          message,
        });
      }
    }
    for (const seen of result.met) {
      const before = this.met.find((one) => sameKind(one, seen));
      if (before !== undefined) before.executions += seen.executions;
      else this.met.push({ ...seen });
    }
    if (result.witness !== null) this.witness ??= { scenario, request, found: result.witness };
  }

  private get name(): string {
    return 'program' in this.request ? this.request.program : this.request.variant;
  }

  private report(started: number, scenario: string): void {
    const { onProgress, budgetMs, executions: of } = this.request;
    if (onProgress === undefined) return;
    const { executions, steps } = this.totals();
    const elapsedMs = performance.now() - started;
    const leftMs = timeLeftMs({ elapsedMs, budgetMs, done: executions, of });
    onProgress({ variant: this.name, executions, steps, elapsedMs, leftMs, scenario });
  }

  private totals(): { executions: number; steps: number; counters: number[] } {
    const counters = this.counters.map((_, i) =>
      this.tallies.reduce((sum, tally) => sum + tally.counters[i], 0),
    );
    const sum = (field: 'executions' | 'steps'): number =>
      this.tallies.reduce((total, tally) => total + tally[field], 0);
    return { executions: sum('executions'), steps: sum('steps'), counters };
  }

  outcome(seconds: number): HuntOutcome {
    const { request, witness } = this;
    const { executions, steps, counters } = this.totals();
    const only = scopeName(this.targets.map(({ name }) => name));
    const named = (values: readonly number[]): Record<string, number> =>
      Object.fromEntries(this.counters.map((name, i) => [name, values[i]]));
    const tallies: ScenarioTally[] = this.tallies.map((tally, i) => ({
      scenario: this.targets[i].name,
      executions: tally.executions,
      steps: tally.steps,
      counters: named(tally.counters),
    }));
    const code = this.codeReports();
    const verdict: Verdict = {
      variant: this.name,
      ...('program' in request ? { program: true } : {}),
      ...this.level(),
      scenario: witness?.scenario.name ?? only,
      violation: witness?.found.violation.class ?? null,
      message: witness?.found.violation.message ?? null,
      latent: [...this.latent.values()],
      executions,
      steps,
      seconds,
      strategy: witness?.found.strategy ?? request.strategies.join('+'),
      memory: request.memory,
      seed: request.seed,
      finding: null,
      counters: named(counters),
      scenarios: tallies,
      traceHash: hex(this.hash),
      interrupted: this.interrupted,
      ...(request.shard === undefined ? {} : { shard: request.shard }),
      ...(this.effect === null ? {} : { effect: this.effect.effect(executions) }),
      ...(code.length === 0 ? {} : { code }),
      ...(this.reached === null ? {} : { reached: { ...this.reached.reached(), ...this.ranFirst(code) } }),
      ...(request.known === undefined ? {} : { met: this.met }),
      known:
        witness === null ? (this.met.find(({ finding }) => finding !== undefined)?.finding ?? null) : null,
    };
    return {
      verdict,
      finding: witness === null ? null : this.finding(witness.scenario.subject, witness.found),
    };
  }

  private level(): Pick<Verdict, 'optimisation'> {
    const { kernelSources } = this.request.pool.modules;
    const optimisation = kernelSources.find(({ variant }) => variant === this.name)?.optimisation ?? 0;
    return optimisation === 0 ? {} : { optimisation };
  }

  private ranFirst(code: readonly CodeReport[]): Pick<Reached, 'ran' | 'code'> {
    const { first } = this.code;
    return { ...(first.length === 0 ? {} : { ran: first }), ...(code.length === 0 ? {} : { code }) };
  }

  /** Of a user's code only. */
  private codeReports(): CodeReport[] {
    const { request } = this;
    if ('program' in request) return this.code.reports(null);
    const { modules } = request.pool;
    const variant = findVariant(request.variant, modules.variants);
    if (variant?.made === undefined || !isOwnVariantName(request.variant, modules)) return [];
    const { functions, base } = variant.made;
    const backend = variant.backend === base.backend ? [] : [variant.backend.flushTlbMulti.name];
    return this.code.reports([...functions.map((name) => variant.replace?.[name]?.name ?? name), ...backend]);
  }

  private finding(subject: Subject, found: BatchWitness): Finding {
    const { memory, seed, pool } = this.request;
    const witness = {
      format: FINDING_FORMAT,
      version: FINDING_VERSION,
      shootdown: VERSION,
      memory,
      strategy: found.strategy,
      seed,
      execution: found.execution,
      schedule: encodeSchedule(found.schedule),
      steps: found.steps,
      violation: found.violation,
      latent: found.latent,
      traceHash: hex(found.hash),
    } as const;
    if (!('program' in subject))
      return { ...witness, ...subject, ...madeWith(subject.variant, pool.modules) };
    const { refs: modules, programs } = pool.modules;
    const { cpus = 1 } = programs.find(({ name }) => name === subject.program) ?? {};
    return { ...witness, program: subject.program, cpus, modules };
  }
}
