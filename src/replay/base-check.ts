import type { HuntRequest } from '../explore/api.js';
import { hunt } from '../explore/hunt.js';
import type { BatchRunner } from '../explore/pool.js';
import type { BaseCheck } from '../explore/schedule-on-base.js';
import { findVariant } from '../variants/index.js';
import { isProgramFinding } from '../vocabulary/finding.js';
import type { Explained } from './explained.js';
import { followOnBase } from './on-base.js';

/** Executions of the base that are done however short the time is. */
const EXECUTIONS_MIN = 200;

/**
 * Is a finding against a variant its own? What it was made from is followed along the very schedule and then
 * hunted in the same scenario, with the same seed and as many executions, or for that scenario's share of the
 * time (but ten times what the finding took). It has the finding too where the class and the cause are the
 * same. `against`: another variant to be asked in its place. Null where there is nothing to ask, or no cause
 * to compare.
 */
export async function checkBase(
  { verdict, finding, replay }: Explained,
  request: HuntRequest & { readonly pool: BatchRunner },
  against: string | undefined = findVariant(request.variant, request.pool.modules.variants)?.made?.base.name,
): Promise<BaseCheck | null> {
  const base = against === undefined ? undefined : findVariant(against, request.pool.modules.variants);
  if (
    base === undefined ||
    finding === null ||
    isProgramFinding(finding) ||
    replay === null ||
    verdict.interrupted
  )
    return null;
  const { cause, reproduced } = replay;
  if (cause === null || !reproduced) return null;
  const schedule = followOnBase(finding, base.name, cause, request.pool.modules);
  const told = { variant: base.name, cause, schedule };
  if (schedule.isSame) return { ...told, hasIt: true, executions: 0, execution: null, interrupted: false };
  const { scenarios, executions, budgetMs, onProgress } = request;
  const taken = verdict.scenarios.find(({ scenario }) => scenario === finding.scenario.name)?.executions ?? 0;
  const outcome = await hunt({
    ...request,
    variant: base.name,
    scenarios: [finding.scenario],
    executions,
    // A base as bad as the variant would have shown it in so many, but for one in twenty thousand.
    executionsMin: Math.max(EXECUTIONS_MIN, 10 * taken),
    budgetMs: budgetMs === undefined ? undefined : Math.ceil(budgetMs / scenarios.length),
    known: undefined,
    pastViolations: undefined,
    sought: { scenario: finding.scenario.name, class: finding.violation.class, cause },
    onProgress:
      onProgress === undefined
        ? undefined
        : (progress) => onProgress({ ...progress, variant: `base ${base.name}` }),
  });
  return {
    ...told,
    hasIt: outcome.finding !== null,
    executions: outcome.verdict.executions,
    execution: outcome.finding?.execution ?? null,
    interrupted: outcome.verdict.interrupted,
  };
}
