/** Where in the protocol a witness went wrong. */

import type { TraceStep } from '../explain/trace-step.js';
import type { Place } from '../vocabulary/told.js';

/** Files of the simulated kernel, which whoever reads an annotation may not have. */
const KERNEL = /^src\/(?:kernel|backends|rules)\//;

/**
 * The step that the cause speaks of, else the last deciding one whose place is known; or null. In a user's
 * own file, where a deciding step is written in one.
 */
export function placeOf(steps: readonly TraceStep[]): Place | null {
  const written = ({ site, judgedAt }: TraceStep): Place | null => judgedAt ?? site;
  const placed = steps.filter((step) => written(step) !== null);
  const own = placed.filter((step) => !KERNEL.test(written(step)?.file ?? ''));
  const decisive = (among: readonly TraceStep[]): TraceStep | undefined =>
    among.find(({ isCause }) => isCause) ?? among.findLast(({ deciding }) => deciding !== null);
  const step = decisive(own) ?? decisive(placed);
  return step === undefined ? null : written(step);
}
