import type { HuntPlan } from '../../../report/reporters/hunt-report.js';
import type { CampaignRequest } from './campaign.js';
import type { Targets } from './hunt-targets.js';
import type { BaselineUse } from './known-violations.js';

/**
 * From what is planned to what the engine is asked: one request for each subject, in order. `asksBase`: see
 * HuntRequest.
 */
export function huntRequests(
  { strategies, seed, memory, executions, budgetMs, shard, subjects: names }: HuntPlan,
  subjects: Targets['subjects'],
  baseline: BaselineUse | null,
  asksBase: boolean,
): (() => CampaignRequest)[] {
  return subjects.map((subject, index) => () => ({
    ...{
      ...subject,
      strategies,
      seed,
      memory,
      executions,
      budgetMs,
      shard,
      asksBase,
      pastOpenFindings: true,
    },
    ...baseline?.request(names[index], memory),
  }));
}
