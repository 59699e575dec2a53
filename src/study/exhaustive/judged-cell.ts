import { findKnown } from '../../explore/known.js';
import { knownOf } from '../../known/of-variant.js';
import { replayFinding } from '../../replay/replay-finding.js';
import type { VerifyOutcome } from '../../verify/verify.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { CellVerdict } from './decided-cell.js';

/** A verdict, and whether its violation is known of the kernel beneath. */
export function judgedCell(
  { verdict, finding }: VerifyOutcome,
  variant: string,
  scenario: Scenario,
): CellVerdict {
  const open = knownOf(variant, [scenario]);
  if (finding === null || open === undefined) return { ...verdict, known: null };
  const { cause, circumstance } = replayFinding(finding);
  const met = {
    scenario: scenario.name,
    class: finding.violation.class,
    cause: cause ?? '',
    circumstance: circumstance ?? undefined,
  };
  return { ...verdict, known: findKnown(open, met)?.finding ?? null };
}
