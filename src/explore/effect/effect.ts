import type { BatchEffect } from './comparison.js';
import { addCounts, type EffectCount, NO_COUNT } from './effect-counts.js';
import type { EffectPart, EffectPlan } from './parts.js';

/** Whether a variant did anything otherwise than what it was made from, over the executions of a hunt. */
export interface Effect {
  /** Name of the variant that it was made from. */
  readonly base: string;
  /** Nothing that it changes answered or acted otherwise than the base, in any execution. */
  readonly changedNothing: boolean;
  /** Why the two could not be asked side by side, so that only calls are counted; else null. */
  readonly notCompared: string | null;
  /** Executions in which something was otherwise, and the first. */
  readonly otherwise: number;
  readonly first: EffectPlace | null;
  /** What the variant changes, one by one. */
  readonly parts: readonly EffectPartReport[];
}

export interface EffectPlace {
  readonly scenario: string;
  readonly execution: number;
}

export interface EffectPartReport extends Omit<EffectCount, 'first'> {
  readonly kind: EffectPart['kind'];
  readonly name: string;
  /** First of the executions in which it did otherwise. */
  readonly first: EffectPlace | null;
  /** Why it cannot change anything here, if that is plain; else null. */
  readonly idle: string | null;
  /** Scenarios in which it ran. */
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly calls: number;
    readonly otherwise: number;
  }[];
}

/** Adds up what batches say. The order is the hunt's. */
export class EffectTally {
  private readonly whole: EffectCount[];
  private readonly parts: EffectCount[][];
  private readonly firsts: (EffectPlace | null)[];

  constructor(
    private readonly plan: EffectPlan,
    private readonly scenarios: readonly string[],
  ) {
    this.whole = scenarios.map(() => NO_COUNT);
    this.parts = plan.parts.map(() => scenarios.map(() => NO_COUNT));
    this.firsts = [null, ...plan.parts.map(() => null)];
  }

  add(index: number, { whole, parts }: BatchEffect): void {
    this.whole[index] = addCounts(this.whole[index], whole);
    for (const [part, count] of parts.entries())
      this.parts[part][index] = addCounts(this.parts[part][index], count);
    for (const [at, { first }] of [whole, ...parts].entries())
      if (first !== null) this.firsts[at] ??= { scenario: this.scenarios[index], execution: first };
  }

  effect(executions: number): Effect {
    const { base, incomparable, parts } = this.plan;
    const whole = this.whole.reduce(addCounts, NO_COUNT);
    return {
      base: base.name,
      changedNothing: incomparable === null && executions > 0 && whole.otherwise === 0,
      notCompared: incomparable,
      otherwise: whole.otherwise,
      first: this.firsts[0],
      parts: parts.map((part, index) => this.report(part, index)),
    };
  }

  private report(part: EffectPart, index: number): EffectPartReport {
    const counts = this.parts[index];
    const { first: _, ...sum } = counts.reduce(addCounts, NO_COUNT);
    const scenarios = this.scenarios.flatMap((scenario, i) => {
      const { calls, otherwise } = counts[i];
      return calls === 0 ? [] : [{ scenario, calls, otherwise }];
    });
    return {
      kind: part.kind,
      name: part.name,
      ...sum,
      first: this.firsts[index + 1],
      idle: part.idle ?? null,
      scenarios,
    };
  }
}
