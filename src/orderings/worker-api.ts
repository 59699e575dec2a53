import type { Subject } from '../programs/subject.js';
import type { ThrownError } from '../vocabulary/told.js';
import type { AllExecutions, OrderedSearch } from './all-executions.js';

/** What passes between the thread that asks for all executions and the one that searches them. */

export interface OrderedTask {
  readonly subject: Subject;
  readonly search: OrderedSearch;
}

export type OrderedAnswer =
  /** Of the search, on the way. */
  | { readonly kind: 'progress'; readonly states: number }
  | { readonly kind: 'result'; readonly result: AllExecutions }
  | { readonly kind: 'thrown'; readonly thrown: ThrownError }
  /** Code that is not seen through. */
  | { readonly kind: 'refused'; readonly what: string };
