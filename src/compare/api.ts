import { strategies as allStrategies } from '../explore/strategies/index.js';
import { fittingScenarios } from '../scenarios/fitting.js';
import { onPool, type RunOptions } from '../study/run-options.js';
import { findVariant } from '../variants/index.js';
import type { Finding } from '../vocabulary/finding.js';
import { VERSION } from '../vocabulary/version.js';
import { type CompareDocument, compareDocument } from './compare-document.js';
import { compareVariants } from './compare-variants.js';

/** How two variants are compared; everything may be left out. */
export interface CompareOptions extends RunOptions {
  /** Names of strategies, alternating in each scenario. Default: all. */
  readonly strategies?: readonly string[];
  /**
   * Wall time in milliseconds, a third for each hunt and one for the counts. Default: none where `executions`
   * is given, else 60,000.
   */
  readonly budgetMs?: number;
}

/** The document that `compare --json` prints, and the witnesses of the base and of the patch. */
export interface CompareResult extends CompareDocument {
  readonly findings: readonly Finding[];
}

/** A variant, of which the pool's modules know the name. */
interface Named {
  readonly name: string;
}

const nameOf = (variant: Named | string): string => (typeof variant === 'string' ? variant : variant.name);

const BUDGET_MS_DEFAULT = 60_000;

/**
 * Compares two variants, those of users by the pool's modules: is the patch safe, and what does it save?
 * Answers what `compare --json` prints: both verdicts, `isNew` where the patch has a violation that the base
 * has not, and `counters` per 1,000 client operations, each difference with its interval. The same request
 * has the same answer, but for times, wherever no time limit ends it.
 *
 *     const { isNew, counters } = await compare('kvm/v0', 'kvm/v7', { executions: 2_000 });
 *
 * Throws InputError for a name that is no variant's.
 */
export async function compare(
  base: Named | string,
  patch: Named | string,
  options: CompareOptions = {},
): Promise<CompareResult> {
  const { executions, count, seed = 1, memory = 'tso', signal } = options;
  const strategies = options.strategies ?? allStrategies.map(({ name }) => name);
  const budgetMs = options.budgetMs ?? (executions === undefined ? BUDGET_MS_DEFAULT : undefined);
  return onPool(options.pool, async (pool) => {
    const named = [base, patch].map((one) => findVariant(nameOf(one), pool.modules.variants));
    const scenarios = fittingScenarios(named, options.scenarios);
    const comparison = await compareVariants(
      {
        base: nameOf(base),
        patch: nameOf(patch),
        scenarios,
        strategies,
        memory,
        seed,
        executions,
        count,
        budgetMs,
        signal,
      },
      pool,
    );
    const findings = comparison.outcomes.flatMap(({ finding }) => finding ?? []);
    return { ...compareDocument(VERSION, comparison, []), findings };
  });
}
