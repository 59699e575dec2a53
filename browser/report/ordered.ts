import type { TraceStep } from '../../src/explain/trace-step.js';

/** An ordering that the violation needs, by its steps; null of one that has not been when it ends. */
export interface OrderedPair {
  readonly ordering: number;
  readonly before: TraceStep | null;
  readonly after: TraceStep | null;
}

/** The orderings that steps are marked with, in their order. */
export function orderedPairs(steps: readonly TraceStep[]): OrderedPair[] {
  const pairs = new Map<number, OrderedPair>();
  for (const step of steps)
    for (const { ordering, is } of step.ordered ?? []) {
      const pair = pairs.get(ordering) ?? { ordering, before: null, after: null };
      pairs.set(ordering, { ...pair, [is]: step });
    }
  return [...pairs.values()].sort((a, b) => a.ordering - b.ordering);
}
