import { type KernelProgram, kernelProgram } from '../../kernel/kernel-program.js';
import type { Variant } from '../../variants/variant.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { CountingEffect, EffectCount } from './effect-counts.js';
import { effectPlan, undoneFeature } from './parts.js';
import { Watch } from './watch.js';

/** What a batch says of a variant that was made from another. */
export interface BatchEffect {
  /** The change as a whole. */
  readonly whole: EffectCount;
  /** By part of the plan. */
  readonly parts: readonly EffectCount[];
}

/** Runs one execution of a program; answers its trace hash. */
export type RunTrace = (strategy: string, seed: number, execution: number) => number;

/**
 * A variant beside its base, over a batch's executions: protocol functions call by call (Watch), what the
 * host does as whole executions, run again with the same random choices and a host that is switched back.
 */
export class Comparison {
  private readonly hosts: { readonly counts: readonly CountingEffect[]; readonly run: RunTrace }[] = [];

  private constructor(
    private readonly watch: Watch,
    variant: Variant,
    scenario: Scenario,
    runOf: (program: KernelProgram) => RunTrace,
  ) {
    const { plan, parts, whole } = watch;
    if (plan.incomparable !== null) return;
    const switched = plan.parts.flatMap((part, index) =>
      part.isHosts && part.idle === undefined ? [index] : [],
    );
    const add = (indexes: readonly number[], counts: readonly CountingEffect[]): void => {
      const undone = Object.fromEntries(
        indexes.map((index) => [plan.parts[index].name, undoneFeature(plan, plan.parts[index].name)]),
      );
      const program = kernelProgram(scenario, { ...variant, features: { ...variant.features, ...undone } });
      this.hosts.push({ counts, run: runOf(program) });
    };
    if (switched.length === 0) return;
    add(switched, switched.length === 1 ? [whole, parts[switched[0]]] : [whole]);
    if (switched.length > 1) for (const index of switched) add([index], [parts[index]]);
  }

  /**
   * Null for a variant that stands for itself. `runOf` prepares a program to be run as the batch's own
   * executions are.
   */
  static of(
    variant: Variant,
    scenario: Scenario,
    program: KernelProgram,
    runOf: (program: KernelProgram) => RunTrace,
  ): Comparison | null {
    const plan = effectPlan(variant);
    if (plan === null) return null;
    return new Comparison(
      new Watch(plan, program, kernelProgram(scenario, plan.base)),
      variant,
      scenario,
      runOf,
    );
  }

  /** The variant's program, to be run in the place of the one given. */
  get program(): KernelProgram {
    return this.watch.program;
  }

  reset(): void {
    this.watch.reset();
  }

  begin(): void {
    this.watch.begin();
  }

  /** An execution has ended with this trace hash. */
  end(execution: number, hash: number, strategy: string, seed: number): void {
    for (const { counts, run } of this.hosts) {
      const isOther = run(strategy, seed, execution) !== hash;
      for (const count of counts) {
        count.call();
        if (isOther) count.differs();
      }
    }
    this.watch.end(execution);
  }

  get counts(): BatchEffect {
    return this.watch.counts;
  }
}
