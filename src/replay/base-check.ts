import type { HuntRequest, Verdict } from '../explore/api.js';
import type { BaseCheck } from '../explore/base-check.js';
import { hunt } from '../explore/hunt.js';
import type { BatchRunner } from '../explore/pool.js';
import { findVariant } from '../variants/index.js';
import { type Finding, isProgramFinding } from '../vocabulary/finding.js';
import { followOnBase } from './on-base.js';
import { replayFinding } from './replay-finding.js';

/**
 * Is a finding against a variant its own? What it was made from is followed along the very schedule and then hunted in the same scenario, with
 * the same seed and that scenario's share of the budget (at least as many executions as the finding took). It has the finding too where the
 * class and the cause are the same. Null where there is nothing to ask, or no cause to compare.
 */
export async function checkBase(
  { verdict, finding }: { readonly verdict: Verdict; readonly finding: Finding | null },
  request: HuntRequest & { readonly pool: BatchRunner },
): Promise<BaseCheck | null> {
  const base = findVariant(request.variant)?.made?.base;
  if (base === undefined || finding === null || isProgramFinding(finding) || verdict.interrupted) return null;
  if (findVariant(base.name) === undefined) return null;
  const { cause, reproduced } = replayFinding(finding, false);
  if (cause === null || !reproduced) return null;
  const schedule = followOnBase(finding, base.name, cause);
  const told = { variant: base.name, cause, schedule };
  if (schedule.isSame) return { ...told, hasIt: true, executions: 0, execution: null, interrupted: false };
  const { scenarios, executions, budgetMs, onProgress } = request;
  const share = (whole: number | undefined): number | undefined => (whole === undefined ? undefined : Math.ceil(whole / scenarios.length));
  const taken = verdict.scenarios.find(({ scenario }) => scenario === finding.scenario.name)?.executions ?? 0;
  const asked = share(executions);
  const outcome = await hunt({
    ...request,
    variant: base.name,
    scenarios: [finding.scenario],
    executions: asked === undefined ? undefined : Math.max(asked, taken),
    executionsMin: taken,
    budgetMs: share(budgetMs),
    known: undefined,
    pastViolations: undefined,
    sought: { scenario: finding.scenario.name, class: finding.violation.class, cause },
    onProgress: onProgress === undefined ? undefined : (progress) => onProgress({ ...progress, variant: `base ${base.name}` }),
  });
  return {
    ...told,
    hasIt: outcome.finding !== null,
    executions: outcome.verdict.executions,
    execution: outcome.finding?.execution ?? null,
    interrupted: outcome.verdict.interrupted,
  };
}
