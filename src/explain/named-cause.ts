import type { NamedCause } from '../vocabulary/named-cause.js';
import type { Cause, FlushCauseKind } from './cause.js';
import { CIRCUMSTANCES, type Circumstance } from './circumstance.js';

/** What is said where no reason was found: it would make one bug of many. */
const NO_REASON: FlushCauseKind = 'nothing';

/**
 * The cause as data; null where it names nothing that is the same in another scenario: of an outcome only
 * what was judged is known, and what CPUs wait for that are stuck follows from what the scenario runs.
 */
export function namedCause(cause: Cause, circumstance: Circumstance | null): NamedCause | null {
  if (cause.kind === 'outcome' || cause.kind === 'stuck' || cause.kind === NO_REASON) return null;
  const { kind, isBuffered, isRaised, isClaimed } = cause;
  const names = Object.keys(CIRCUMSTANCES) as (keyof typeof CIRCUMSTANCES)[];
  const where = names.find((name) => CIRCUMSTANCES[name] === circumstance) ?? null;
  return { kind, isBuffered, isRaised, isClaimed, circumstance: where };
}
