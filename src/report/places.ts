/** Where in the protocol a witness went wrong. */

import type { TraceStep } from '../explain/trace-step.js';
import type { Place } from '../vocabulary/told.js';

/** The step that the cause speaks of, else the last deciding one whose place is known; or null. */
export function placeOf(steps: readonly TraceStep[]): Place | null {
  const step =
    steps.find(({ isCause, site }) => isCause && site !== null) ??
    steps.findLast(({ deciding, site }) => deciding !== null && site !== null);
  return step?.judgedAt ?? step?.site ?? null;
}
