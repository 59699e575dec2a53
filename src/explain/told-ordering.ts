import type { AgentKind } from '../machine/agents.js';
import type { Place } from '../vocabulary/told.js';

/** Orderings that suffice for a violation, as people read them. Filled by src/orderings. */

/** A step of an execution. */
export interface OrderedStep {
  /** Its index; null of one that has not been when the execution ends. */
  readonly step: number | null;
  readonly cpu: number;
  readonly agent: AgentKind['who'];
  readonly text: string;
  readonly place: Place | null;
}

export interface ToldOrdering {
  readonly before: OrderedStep;
  readonly after: OrderedStep;
}

/** What executions showed in which orderings were forced. */
export interface ForcedTold {
  readonly executions: number;
  /** In how many of them all came true, and the violation came. */
  readonly failing: number;
  /** One in which they came true and nothing is wrong, by its index; null: none. */
  readonly correct: number | null;
}

/** A finding's orderings as a replay has seen them: in its execution, and forced in others. */
export interface ReplayedOrderings {
  readonly orderings: readonly ToldOrdering[];
  readonly forced: ForcedTold;
}

/** That a step is the first or the second of an ordering, by that one's number from 1. */
export interface OrderedMark {
  readonly ordering: number;
  readonly is: 'before' | 'after';
  /** The index of its other step; null of one that has not been. */
  readonly other: number | null;
}
