import type { Modules } from '../bundle/modules.js';
import type { ToldOrdering } from '../explain/told-ordering.js';
import type { TraceStep } from '../explain/trace-step.js';
import type { Layout } from '../machine/layout.js';
import { programOf } from '../programs/subject.js';
import { replayFinding } from '../replay/replay-finding.js';
import { InputError } from '../vocabulary/errors.js';
import { type Finding, type FindingOrdering, ORDERED_STEPS_MAX } from '../vocabulary/finding.js';
import { type CorrectExecution, ForcedExecutions } from './forced-executions.js';
import { ORDERING_LIMITS, type SufficientLimits } from './limits.js';
import { namedOrderings } from './named.js';
import type { WitnessSteps } from './ordering.js';
import { sufficientOrderings } from './sufficient.js';
import { toldOrderings } from './told.js';

/** Which order of which steps is all that a finding's violation needs. */

export interface SufficientOrdering extends ToldOrdering {
  /**
   * The execution that ends with nothing wrong where only the others hold; null: without it they never came
   * true, or that was not tried any more (`isWhole`).
   */
  readonly without: CorrectExecution | null;
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

/** A finding whose orderings are looked for, once or again with more that is known. */
export interface Asked {
  readonly finding: Finding;
  readonly executions: ForcedExecutions;
  readonly witness: WitnessSteps;
  readonly trace: readonly TraceStep[];
  readonly layout: Layout;
}

/** Throws InputError for a finding that does not replay, or goes on without end. */
export function askedOf(finding: Finding, modules: Modules): Asked {
  const { trace, reproduced, reason } = replayFinding(finding, true, modules);
  if (!reproduced) throw new InputError(`not reproduced: ${reason}`, 'give a finding that replays');
  if (finding.violation.class === 'livelock')
    throw new InputError('a livelock has no end that an order could lead to', 'give another finding');
  const { steps } = finding;
  if (steps > ORDERED_STEPS_MAX)
    throw new InputError(`it has ${steps} steps`, `minimise it to at most ${ORDERED_STEPS_MAX} first`);
  const executions = ForcedExecutions.of(finding, modules);
  const { layout } = programOf(finding, modules).program;
  return { finding, executions, witness: executions.witness(), trace, layout };
}

export function orderingsOf(
  { executions, witness, trace, layout }: Asked,
  limits: SufficientLimits = ORDERING_LIMITS,
): FindingOrderings {
  const found = sufficientOrderings(executions, witness, limits);
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
