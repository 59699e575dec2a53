import { TLB_FLUSH_ALL, TLB_SINGLE_PAGE_FLUSH_CEILING } from '../kernel/constants.js';
import { getFlushTlbInfo } from '../kernel/flush-mm-range.js';
import { isPartialFlush } from '../kernel/flush-tlb-func.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import type { Rule } from './rule.js';

/**
 * Ranges (question C11), answer (c): each mm keeps the ranges of its newest four generations. A CPU that
 * lacks more than the one that it is asked for flushes all that it lacks as ranges, if the ring still has
 * them and they are few pages; the slot then claims the mm's generation, as after a full flush.
 *
 * A place of the ring is one word, so that it cannot be torn: the generation, the range's first page and the
 * page after its last. It is written right after the generation is counted, by an exchange, since a plain
 * store is seen too late to be of use: who comes in between finds another generation there, as it does for a
 * full flush or for a batch, and flushes everything.
 */
const RING = 4;
const PAGES_MAX = 1 << 8;
const GENERATIONS_MAX = 1 << 15;

export function* noteRange(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  nominalPages: number,
  freedTables: boolean,
  newTlbGen: number,
): Protocol<void> {
  const isRange = end !== TLB_FLUSH_ALL && nominalPages <= TLB_SINGLE_PAGE_FLUSH_CEILING;
  if (isRange && end < PAGES_MAX && newTlbGen < GENERATIONS_MAX) {
    const place = cpu.layout.own.perMm[mm][newTlbGen & (RING - 1)];
    yield* cpu.xchg(place, (newTlbGen << 16) | (start << 8) | end);
  }
  yield* getFlushTlbInfo(cpu, mm, start, end, nominalPages, freedTables, newTlbGen);
}

export function* mergedRanges(
  cpu: KernelCpu,
  newTlbGen: number,
  localTlbGen: number,
  mmTlbGen: number,
): Protocol<boolean> {
  if (yield* isPartialFlush(cpu, newTlbGen, localTlbGen, mmTlbGen)) return true;
  if (mmTlbGen - localTlbGen > RING) return false;
  const mm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  let first = PAGES_MAX;
  let end = 0;
  for (let gen = localTlbGen + 1; gen <= mmTlbGen; gen++) {
    const range = yield* cpu.readOnce(cpu.layout.own.perMm[mm][gen & (RING - 1)]);
    if (range >> 16 !== gen) return false;
    first = Math.min(first, (range >> 8) & (PAGES_MAX - 1));
    end = Math.max(end, range & (PAGES_MAX - 1));
  }
  if (end - first > TLB_SINGLE_PAGE_FLUSH_CEILING) return false;
  for (let page = first; page < end; page++) yield* cpu.fn.flushTlbOneUser(cpu, page);
  return true;
}

const places = Array.from({ length: RING }, (_, i) => ({ name: `recent_ranges[${i}]` }));

export const rangeRing: Rule = {
  name: 'range-ring',
  action: 'flushes as ranges all that its slot lacks, if the mm still has the ranges of those generations',
  summary: 'a CPU that lacks up to four generations flushes their ranges, which the mm keeps in a ring',
  assumes: 'a range says all that changed at its generation; a place of the ring is written at once',
  senseless: ({ name }) => (name === 'native' ? null : 'a question about flush_tlb_func'),
  functions: () => ({ getFlushTlbInfo: noteRange, isPartialFlush: mergedRanges }),
  ownWords: { perCpu: [], perMm: places, machine: [] },
};
