import type { OrderedMark } from '../explain/told-ordering.js';

/** What an ordering says of one of its two steps. */
export function orderedWords({ ordering, is, other }: OrderedMark): string {
  return `ordering ${ordering}: ${is} ${other === null ? 'what has not been' : `step ${other}`}`;
}
