import type { Verdict } from '../explore/api.js';
import type { Finding } from '../vocabulary/finding.js';
import { replayFinding } from './replay-finding.js';

/** What a hunt answers. */
interface Hunted {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
}

/** Puts the sentence that a replay of the witness yields in the place of the oracle's: it says why, not only what. */
export function explained(result: Hunted): Hunted {
  if (result.finding === null) return result;
  const { sentence } = replayFinding(result.finding);
  if (sentence === null) return result;
  const { finding, verdict } = result;
  return { verdict: { ...verdict, message: sentence }, finding: { ...finding, violation: { ...finding.violation, message: sentence } } };
}
