import type { HuntProgress, HuntRequest } from '../explore/api.js';
import { hunt } from '../explore/hunt.js';
import { type KnownViolation, type MetViolation, sameKind } from '../explore/known.js';
import type { HuntPool } from '../explore/pool.js';
import { knownOf } from '../known/of-variant.js';
import { knownWitnesses } from '../known/witnesses.js';
import { checkBase } from '../replay/base-check.js';
import { explained } from '../replay/explained.js';
import { type Differences, differencesOf } from '../study/difference.js';
import { countPairs, type PairedCounts, type PairsRequest } from '../study/paired-counts.js';
import { findVariant, type Variant } from '../variants/index.js';
import { InputError } from '../vocabulary/errors.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { ViolationClass } from '../vocabulary/violation.js';
import { comparedCounters } from './compared-counters.js';
import type { ComparedOutcome, Comparison } from './comparison.js';

/**
 * Is the patch safe, and what does it save? Both are hunted in the same executions, and counted in pairs of
 * them.
 */

/** `budgetMs`: wall time, a third for each hunt, the last for the counts. */
export interface CompareRequest extends PairsRequest {
  /** Executions of each hunt; undefined: as many as the time allows. */
  readonly executions?: number;
  readonly onProgress?: (progress: HuntProgress) => void;
  /** Called with each outcome as soon as it is known; answers where its finding is kept, or null. */
  readonly onOutcome?: (outcome: ComparedOutcome) => string | null;
}

/** Hunts of the patch that go past what the base turns out to have as well. */
const ROUNDS_MAX = 4;

/** Throws what the pool throws, and InputError for a name that is no variant's. */
export async function compareVariants(request: CompareRequest, pool: HuntPool): Promise<Comparison> {
  const { base, patch, signal } = request;
  const counters = comparedCounters(
    variantOf(base, pool.modules.variants),
    variantOf(patch, pool.modules.variants),
  );
  // Each in pairs, and apart.
  const comparisons = 2 * counters.length;
  const outcomes: ComparedOutcome[] = [];
  const keep = (outcome: ComparedOutcome): ComparedOutcome => {
    const finding = request.onOutcome?.(outcome) ?? null;
    const kept = { ...outcome, verdict: { ...outcome.verdict, finding } };
    outcomes.push(kept);
    return kept;
  };
  const before = keep(await huntBase(request, pool));
  const after = signal?.aborted === true ? null : keep(await huntPatch(request, before, pool));
  const pairs = signal?.aborted === true ? null : await countBoth(request, pool);
  const differences =
    pairs === null
      ? []
      : counters.map((counter) => [counter.name, differencesOf(pairs, counter, comparisons)] as const);
  return {
    ...{ base, patch, outcomes, ...whatChanged(before, after) },
    counters: Object.fromEntries(differences) as Record<string, Differences>,
    pairs: pairs?.pairs ?? 0,
    otherwise: pairs?.otherwise ?? 0,
    comparisons,
    interrupted: signal?.aborted === true,
  };
}

function variantOf(name: string, own: readonly Variant[]): Variant {
  const variant = findVariant(name, own);
  if (variant === undefined)
    throw new InputError(`there is no variant "${name}"`, '"shootdown list variants" shows them');
  return variant;
}

/** What both hunts are asked. Neither asks its own base: the other one is what it is compared with. */
function asked(
  request: CompareRequest,
  variant: string,
  pool: HuntPool,
): HuntRequest & { readonly pool: HuntPool } {
  const { scenarios, strategies, memory, seed, executions, budgetMs, signal, onProgress } = request;
  const limits = { executions, budgetMs: budgetMs === undefined ? undefined : budgetMs / 3 };
  return {
    variant,
    scenarios,
    strategies,
    memory,
    seed,
    ...limits,
    signal,
    onProgress,
    jobs: pool.jobs,
    pool,
  };
}

/** The base goes past all that it meets: each kind is what the patch need not answer for. */
async function huntBase(request: CompareRequest, pool: HuntPool): Promise<ComparedOutcome> {
  const known = knownOf(request.base, request.scenarios, pool.modules.variants) ?? [];
  const result = await hunt({ ...asked(request, request.base, pool), known, pastViolations: true });
  return { ...explained(result, pool.modules), witness: witnessOf(request.base, request.memory) };
}

/**
 * The patch goes past what the base has met. What it meets beyond that the base is asked about, by the very
 * schedule and by more executions; if the base has it too, the patch is hunted past it once more.
 */
async function huntPatch(
  request: CompareRequest,
  base: ComparedOutcome,
  pool: HuntPool,
): Promise<ComparedOutcome> {
  const began = performance.now();
  const known: KnownViolation[] = [
    ...(knownOf(request.patch, request.scenarios, pool.modules.variants) ?? []),
    ...(base.verdict.met ?? []).map(asKnown),
  ];
  const hunted = asked(request, request.patch, pool);
  const witness = witnessOf(request.patch, request.memory);
  for (let round = 1; ; round++) {
    const spentMs = round === 1 ? 0 : performance.now() - began;
    const budgetMs = hunted.budgetMs === undefined ? undefined : Math.max(1, hunted.budgetMs - spentMs);
    const result = explained(await hunt({ ...hunted, budgetMs, known }), pool.modules);
    const check = await checkBase(result, hunted, request.base);
    if (check === null) return { ...result, witness };
    const outcome = { ...result, verdict: { ...result.verdict, base: check }, witness };
    const isOver =
      round === ROUNDS_MAX || request.signal?.aborted === true || (budgetMs !== undefined && budgetMs <= 1);
    const { violation, scenario } = result.verdict;
    if (!check.hasIt || isOver || violation === null) return outcome;
    known.push({ scenario, class: violation, cause: check.cause });
  }
}

function asKnown({ scenario, class: name, cause, circumstance, finding }: MetViolation): KnownViolation {
  // One without a name is told by its cause alone, as a baseline's entries are.
  return { scenario, class: name, cause, ...(finding === undefined ? {} : { circumstance, finding }) };
}

/** They were found under TSO; another model has others. */
function witnessOf(variant: string, memory: MemoryModel): ComparedOutcome['witness'] {
  const [witness] = memory === 'tso' ? knownWitnesses(variant) : [];
  if (witness === undefined) return null;
  const { class: name, scenario, file } = witness;
  return { class: name, scenario, file };
}

function whatChanged(
  base: ComparedOutcome,
  patch: ComparedOutcome | null,
): Pick<Comparison, 'isNew' | 'shared' | 'gone'> {
  const before = base.verdict.met ?? [];
  if (patch === null) return { isNew: false, shared: [], gone: [] };
  const { verdict, witness } = patch;
  const after = verdict.met ?? [];
  const hasItToo = verdict.base?.hasIt === true;
  const isOfBase = ({ class: name }: { readonly class: ViolationClass }): boolean =>
    base.witness?.class === name || before.some((met) => met.class === name);
  return {
    isNew: (verdict.violation !== null && !hasItToo) || (witness !== null && !isOfBase(witness)),
    // What the patch was told to go past has a name, or is the base's.
    shared: after.filter((met) =>
      met.finding === undefined ? met.isKnown || hasItToo : before.some((one) => sameKind(one, met)),
    ),
    gone: before.filter((met) => !after.some((one) => sameKind(one, met))),
  };
}

async function countBoth(request: CompareRequest, pool: HuntPool): Promise<PairedCounts> {
  const { base, patch, scenarios, strategies, memory, seed, count, executions, budgetMs, signal, onRound } =
    request;
  const pairs = count ?? executions;
  const limitMs = pairs !== undefined || budgetMs === undefined ? undefined : budgetMs / 3;
  return countPairs(pool, {
    base,
    patch,
    scenarios,
    strategies,
    memory,
    seed,
    count: pairs,
    budgetMs: limitMs,
    signal,
    onRound,
  });
}
