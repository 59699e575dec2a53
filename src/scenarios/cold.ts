import { InputError } from '../vocabulary/errors.js';
import type { Scenario } from '../vocabulary/scenario.js';

/**
 * Throws an InputError for a scenario that begins with pages in memory or translations cached. Threads judge
 * by what they have noted of pages themselves: they have no such notes at the start, and would take what is
 * cached there for stale.
 */
export function requireCold({ name, mms, start = [] }: Scenario): void {
  const isWarm =
    mms.some(({ mapped = [] }) => mapped.length > 0) || start.some(({ cached = [] }) => cached.length > 0);
  if (isWarm)
    throw new InputError(
      `stress: ${name} begins with pages in memory or translations cached, which threads cannot`,
      'hunt or verify it',
    );
}
