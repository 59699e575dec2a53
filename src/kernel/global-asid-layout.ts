import type { Layout } from '../machine/layout.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { GLOBAL_ASIDS, PROMOTE_ABOVE_CPUS } from './constants.js';
import type { GlobalAsidLayout } from './structs.js';

/**
 * The pool of global ASIDs, and what each mm (by handle, placeholders too) has of it; of no words for none.
 */
export function globalAsidLayout(
  layout: Layout,
  { slots, cpus, globalAsids }: Scenario,
  mmNames: readonly string[],
): GlobalAsidLayout {
  const word = (name: string): number => (mmNames.length === 0 ? 0 : layout.alloc(name));
  const perMm = (field: string, format: Parameters<Layout['alloc']>[2]): number[] =>
    mmNames.map((name) => layout.alloc(`${field}(${name})`, 1, format));
  return {
    lock: word('global_asid_lock'),
    last: word('last_global_asid'),
    available: word('global_asid_available'),
    used: word('global_asid_used'),
    freed: word('global_asid_freed'),
    asid: perMm('global_asid', 'asid'),
    transition: perMm('asid_transition', 'bool'),
    first: slots,
    end: slots + (globalAsids ?? GLOBAL_ASIDS),
    threshold: cpus > PROMOTE_ABOVE_CPUS ? PROMOTE_ABOVE_CPUS : 1,
  };
}
