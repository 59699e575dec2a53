import type { Layout } from '../machine/layout.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { FIRST_USER_MM, GLOBAL_ASIDS, PROMOTE_ABOVE_CPUS } from './constants.js';
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

/** The pool at the start, and what mms have of it then. */
export function startGlobalAsids(mem: Int32Array, scenario: Scenario, pool: GlobalAsidLayout): void {
  if (pool.asid.length === 0) return;
  const { first, end } = pool;
  let next = first;
  scenario.mms.forEach(({ globalAsid }, mm) => {
    if (globalAsid !== true || next >= end) return;
    mem[pool.asid[FIRST_USER_MM + mm]] = next;
    mem[pool.used + bitmapWord(next)] |= 1 << (next & 31);
    next++;
  });
  // At its end the search flushes everything before the next one is given out.
  const isFresh = scenario.freshGlobalAsids === true || next > first;
  mem[pool.last] = isFresh ? Math.max(first, next - 1) : end;
  mem[pool.available] = end - next - 1;
}

/** The global ASID that an mm has at the start, by handle; 0 for none. */
export function globalAsidAtStart(mem: Int32Array, { asid }: GlobalAsidLayout, mm: number): number {
  return asid.length === 0 ? 0 : mem[asid[mm]];
}
