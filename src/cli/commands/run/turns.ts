/** What becomes of a subject when its turn comes, by the mode and by what its project expects. */

import type { Mode } from '../../../config/config.js';
import type { Project } from '../../../config/config-schema.js';
import type { Verdict } from '../../../explore/api.js';
import { knownInCorpus } from '../../../merge/batches.js';
import type { Expected } from '../../../report/reporters/hunt-report.js';
import type { CliContext } from '../../command-context.js';
import type { HuntResult } from '../../engine-api.js';
import type { CampaignOptions, CampaignRequest } from '../hunt/campaign.js';
import { BatchMode, type BatchPlan } from './batch-mode.js';
import { expectedOf, PastBase } from './expectations.js';

export class Turns {
  private readonly past: PastBase;
  private readonly batch: BatchMode;

  /** `owners`: the project of each subject. `codeHash`: see Engine. */
  constructor(
    context: CliContext,
    private readonly how: BatchPlan & { readonly mode: Mode },
    private readonly owners: readonly Project[],
    codeHash: string,
  ) {
    this.past = new PastBase(owners.length);
    this.batch = new BatchMode(context, how, codeHash);
  }

  /** Null: nothing is left to be hunted. */
  begin(subject: number, request: CampaignRequest): CampaignRequest | null {
    if (this.isAwaited(subject)) return request;
    if (this.how.mode === 'batch') return this.batch.begin(subject, request);
    // A change answers for what no batch has met before.
    const met = knownInCorpus(this.how.corpus, 'program' in request ? request.program : request.variant);
    const known = met.length === 0 ? request.known : [...(request.known ?? []), ...met];
    return this.past.begin(subject, { ...request, known });
  }

  readonly instead: NonNullable<CampaignOptions['instead']> = (result, subject, keep) => {
    if (this.isAwaited(subject)) return null;
    return this.how.mode === 'batch'
      ? this.batch.instead(result, subject, keep)
      : this.past.instead(result, subject);
  };

  readonly total = async (last: HuntResult | null, subject: number): Promise<HuntResult> =>
    last === null || (this.how.mode === 'batch' && !this.isAwaited(subject))
      ? this.batch.total(last, subject)
      : last;

  readonly expected = (verdict: Verdict, subject: number): Expected =>
    expectedOf(this.owners[subject], verdict, this.past.of(subject));

  /** A violation is to come: the hunt is over with it, and none is gone past. */
  private isAwaited(subject: number): boolean {
    return this.owners[subject].expect?.startsWith('violation:') === true;
  }
}
