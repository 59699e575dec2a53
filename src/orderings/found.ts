import type { Modules } from '../bundle/modules.js';
import type { Finding } from '../vocabulary/finding.js';
import type { AllExecutions } from './all-executions.js';
import type { SufficientLimits } from './limits.js';
import { type FindingOrderings, orderingsOf } from './orderings-of-finding.js';
import { searchOrderings } from './searched.js';

/** Orderings that suffice as far as executions were tried, and whether all executions bear it out. */

export interface FoundOrderings extends FindingOrderings {
  /** All executions that keep them; null: not asked for, none found, or not to be searched. */
  readonly all: AllExecutions | null;
}

/** `states`: of that search; 0: there is none. Throws InputError as orderingsOf. */
export async function findOrderings(
  finding: Finding,
  modules: Modules,
  { states, ...limits }: SufficientLimits & { readonly states: number },
): Promise<FoundOrderings> {
  const found = orderingsOf(finding, modules, limits);
  const isAsked = states > 0 && found.named !== null;
  return { ...found, all: isAsked ? await searchOrderings(finding, found.named, states, modules) : null };
}
