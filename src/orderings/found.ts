import type { Modules } from '../bundle/modules.js';
import type { Finding, FindingOrdering } from '../vocabulary/finding.js';
import type { AllExecutions } from './all-executions.js';
import type { SufficientLimits } from './limits.js';
import { askedOf, type FindingOrderings, orderingsOf } from './orderings-of-finding.js';
import { searchOrderings } from './searched.js';

/**
 * Orderings that suffice as far as executions were tried, and whether all executions bear it out. One that
 * does not is known from then on, and they are looked for again.
 */

export interface FoundOrderings extends FindingOrderings {
  /** All executions that keep them; null: not asked for, none found, or not to be searched. */
  readonly all: SearchedOrderings | null;
}

export interface SearchedOrderings extends Omit<AllExecutions, 'correct'> {
  /** Steps of a shortest execution in which all come true and nothing is wrong; null: none was met. */
  readonly correctSteps: number | null;
}

export interface FindLimits extends SufficientLimits {
  /** States of a search of all executions; 0: there is none. */
  readonly states: number;
}

/** How far the looking is: steps of all executions; of a search of all that keep them, its states. */
export interface OrderingsProgress {
  readonly steps: number;
  /** Null: there is none at the time. */
  readonly states: number | null;
}

/** Searches that show that something does not suffice, after which it is told as that. */
const SEARCHES_MAX = 16;

/** Throws InputError for a finding that does not replay, or goes on without end. */
export async function findOrderings(
  finding: Finding,
  modules: Modules,
  { states, ...limits }: FindLimits,
  onProgress: (progress: OrderingsProgress) => void = () => undefined,
): Promise<FoundOrderings> {
  const asked = askedOf(finding, modules);
  const { executions } = asked;
  executions.onSteps = (steps) => onProgress({ steps, states: null });
  const searched = (named: readonly FindingOrdering[]): Promise<AllExecutions | null> =>
    searchOrderings(finding, named, states, modules, (reached) =>
      onProgress({ steps: executions.steps, states: reached }),
    );
  let found = orderingsOf(asked, limits);
  for (let searches = 1; ; searches++) {
    const { named } = found;
    const all = states > 0 && named !== null ? await searched(named) : null;
    if (all === null) return { ...found, all: null };
    const { correct, ...told } = all;
    if (correct !== null && searches < SEARCHES_MAX) {
      executions.knows(correct);
      const next = orderingsOf(asked, limits);
      if (next.named !== null) {
        found = next;
        continue;
      }
    }
    const correctSteps = correct?.filter((decision) => decision >= 0).length ?? null;
    return { ...found, all: { ...told, correctSteps } };
  }
}
