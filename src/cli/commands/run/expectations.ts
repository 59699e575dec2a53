/** Whether what came of a project is what it expects, and hunts that go past what the base has too. */

import type { Project } from '../../../config/config-schema.js';
import type { Verdict } from '../../../explore/api.js';
import { openFindingsMet } from '../../../report/hunt-words.js';
import type { Expected, OfBase } from '../../../report/reporters/hunt-report.js';
import type { HuntResult } from '../../engine-api.js';
import type { CampaignRequest } from '../hunt/campaign.js';
import { KNOWN } from './project-targets.js';

const VIOLATION = 'violation:';

/** `ofBase`: what the hunt went past, or ended with, that the base has too. */
export function expectedOf(
  { name, expect = 'clean' }: Project,
  verdict: Verdict,
  ofBase: readonly OfBase[],
): Expected {
  const isMet = !verdict.interrupted && verdict.executions > 0 && isWhatIsExpected(expect, verdict, ofBase);
  return { project: name, text: expect, isMet, ...(ofBase.length === 0 ? {} : { ofBase }) };
}

function isWhatIsExpected(expect: string, verdict: Verdict, ofBase: readonly OfBase[]): boolean {
  if (expect.startsWith(VIOLATION)) return verdict.violation === expect.slice(VIOLATION.length);
  if (verdict.violation !== null && !ofBase.some((one) => isOne(one, verdict))) return false;
  return !expect.startsWith(KNOWN) || openFindingsMet(verdict).includes(expect.slice(KNOWN.length));
}

function isOne({ scenario, class: name, cause }: OfBase, verdict: Verdict): boolean {
  return scenario === verdict.scenario && name === verdict.violation && cause === verdict.base?.cause;
}

/**
 * A change answers for what it brings: a violation that the base has too is noted, and the hunt is done again
 * past it in what is left of its time.
 */
export class PastBase {
  private readonly found: OfBase[][];
  private readonly begun: { readonly request: CampaignRequest; readonly atMs: number }[] = [];

  constructor(subjects: number) {
    this.found = Array.from({ length: subjects }, () => []);
  }

  /** What was found of a subject. */
  of(subject: number): readonly OfBase[] {
    return this.found[subject];
  }

  /** To be told when a subject's hunt begins. */
  begin(subject: number, request: CampaignRequest): CampaignRequest {
    this.begun[subject] = { request, atMs: performance.now() };
    return request;
  }

  /** See CampaignOptions. */
  readonly instead = ({ verdict }: HuntResult, subject: number): CampaignRequest | null => {
    const { base, violation, scenario } = verdict;
    if (violation === null || base === undefined || !base.hasIt) return null;
    const found = this.found[subject];
    // The hunt was told of it and met it again: going past it once more would come to the same.
    if (found.some((one) => isOne(one, verdict))) return null;
    found.push({ variant: base.variant, scenario, class: violation, cause: base.cause });
    const { request, atMs } = this.begun[subject];
    const { budgetMs, known = [] } = request;
    const leftMs = budgetMs === undefined ? undefined : Math.ceil(budgetMs - (performance.now() - atMs));
    if (leftMs !== undefined && leftMs <= 0) return null;
    return { ...request, budgetMs: leftMs, known: [...known, ...found] };
  };
}
