import type { Layout } from '../machine/layout.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { GLOBAL_ASIDS, PROMOTE_ABOVE_CPUS } from './constants.js';
import type { GlobalAsidLayout } from './structs.js';

/** The word of a bitmap that has the ASID's bit. */
export const bitmapWord = (asid: number): number => asid >> 5;

/**
 * The pool of global ASIDs, and what each mm (by handle, placeholders too) has of it; of no words for none.
 */
export function globalAsidLayout(
  layout: Layout,
  { slots, cpus, globalAsids }: Scenario,
  mmNames: readonly string[],
): GlobalAsidLayout {
  const end = slots + (globalAsids ?? GLOBAL_ASIDS);
  const words = (name: string, number: number): number =>
    mmNames.length === 0 ? 0 : layout.alloc(name, number);
  const word = (name: string): number => words(name, 1);
  // The bit of the number behind the last one has a place, as in the kernel (see allocateGlobalAsid).
  const bitmap = (name: string): number => words(name, bitmapWord(end) + 1);
  const perMm = (field: string, format: Parameters<Layout['alloc']>[2]): number[] =>
    mmNames.map((name) => layout.alloc(`${field}(${name})`, 1, format));
  return {
    lock: word('global_asid_lock'),
    last: word('last_global_asid'),
    available: word('global_asid_available'),
    used: bitmap('global_asid_used'),
    freed: bitmap('global_asid_freed'),
    asid: perMm('global_asid', 'asid'),
    transition: perMm('asid_transition', 'bool'),
    first: slots,
    end,
    threshold: cpus > PROMOTE_ABOVE_CPUS ? PROMOTE_ABOVE_CPUS : 1,
  };
}
