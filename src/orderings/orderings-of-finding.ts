import type { Modules } from '../bundle/modules.js';
import type { ToldOrdering } from '../explain/told-ordering.js';
import { programOf } from '../programs/subject.js';
import { replayFinding } from '../replay/replay-finding.js';
import { InputError } from '../vocabulary/errors.js';
import { type Finding, type FindingOrdering, ORDERED_STEPS_MAX } from '../vocabulary/finding.js';
import { ForcedExecutions } from './forced-executions.js';
import { ORDERING_LIMITS, type SufficientLimits } from './limits.js';
import { namedOrderings } from './named.js';
import { sufficientOrderings } from './sufficient.js';
import { toldOrderings } from './told.js';

/** Which order of which steps is all that a finding's violation needs. */

export interface SufficientOrdering extends ToldOrdering {
  /**
   * The forced execution that ends with nothing wrong where only the others hold; null: without it they never
   * came true, or that was not tried any more (`isWhole`).
   */
  readonly without: number | null;
}

export interface FindingOrderings {
  /** Null where not even the order of all steps is known to force the violation. */
  readonly orderings: readonly SufficientOrdering[] | null;
  /** The same, as a finding has them. */
  readonly named: readonly FindingOrdering[] | null;
  /** Whether all was tried: else the steps that it may take were used up, and fewer orderings may suffice. */
  readonly isWhole: boolean;
  /** Executions in which they were forced, and those in which all of them came true: each failed. */
  readonly forced: number;
  readonly failing: number;
  /** All that were executed to find them. */
  readonly executed: number;
}

/** Throws InputError for a finding that does not replay, or goes on without end. */
export function orderingsOf(
  finding: Finding,
  modules: Modules,
  limits: SufficientLimits = ORDERING_LIMITS,
): FindingOrderings {
  const { trace, reproduced, reason } = replayFinding(finding, true, modules);
  if (!reproduced) throw new InputError(`not reproduced: ${reason}`, 'give a finding that replays');
  if (finding.violation.class === 'livelock')
    throw new InputError('a livelock has no end that an order could lead to', 'give another finding');
  const { steps } = finding;
  if (steps > ORDERED_STEPS_MAX)
    throw new InputError(`it has ${steps} steps`, `minimise it to at most ${ORDERED_STEPS_MAX} first`);
  const executions = ForcedExecutions.of(finding, modules);
  const found = sufficientOrderings(executions, executions.witness(), limits);
  const { layout } = programOf(finding, modules).program;
  const { isWhole, forced, failing } = found;
  const counted = { isWhole, forced, failing, executed: executions.executed };
  if (found.orderings === null) return { orderings: null, named: null, ...counted };
  const orderings = found.orderings.map(({ ordering }) => ordering);
  return {
    orderings: toldOrderings(orderings, trace, layout).map((told, i) => ({
      ...told,
      without: found.orderings?.[i].without ?? null,
    })),
    named: namedOrderings(orderings, layout),
    ...counted,
  };
}
