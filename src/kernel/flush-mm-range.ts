import type { Protocol } from '../machine/protocol.js';
import { TLB_FLUSH_ALL, TLB_SINGLE_PAGE_FLUSH_CEILING, TRIM_ONE_IN } from './constants.js';
import { cpumaskAnyOther } from './cpumask.js';
import type { KernelCpu } from './kernel-cpu.js';

/** Page shift of the only page size here. */
const PAGE_SHIFT = 12;

/**
 * `inc_mm_tlb_gen` (arch/x86/include/asm/tlbflush.h): counts a flush request. The locked increment is the
 * full barrier between the page-table stores before it and the look at mm_cpumask and loaded_mm after it;
 * without it both sides of the Dekker handshake can miss each other (B8).
 *
 * @assumes the entries are written; nobody has looked at mm_cpumask yet.
 */
export function* incMmTlbGen(cpu: KernelCpu, mm: number): Protocol<number> {
  const word = cpu.mms[mm].tlbGen;
  if (cpu.features.incGenIsBarrier) return yield* cpu.incReturn(word);
  const gen = (yield* cpu.readOnce(word)) + 1;
  yield* cpu.writeOnce(word, gen);
  return gen;
}

/**
 * `get_flush_tlb_info`: fills this CPU's one request. More pages than the ceiling become a full flush.
 * `nominalPages` is the number of pages that the range stands for. The targets read the request, so it must
 * not change before all have acknowledged.
 *
 * @assumes every target of the last request has acknowledged.
 */
export function* getFlushTlbInfo(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  nominalPages: number,
  freedTables: boolean,
  newTlbGen: number,
): Protocol<void> {
  const info = cpu.own.flushInfo;
  const full = end === TLB_FLUSH_ALL || nominalPages > TLB_SINGLE_PAGE_FLUSH_CEILING;
  yield* cpu.writeOnce(info.mm, mm);
  yield* cpu.writeOnce(info.start, full ? 0 : start);
  yield* cpu.writeOnce(info.end, full ? TLB_FLUSH_ALL : end);
  yield* cpu.writeOnce(info.newTlbGen, newTlbGen);
  yield* cpu.writeOnce(info.initiatingCpu, cpu.id);
  yield* cpu.writeOnce(info.strideShift, PAGE_SHIFT);
  yield* cpu.writeOnce(info.freedTables, freedTables ? 1 : 0);
  yield* cpu.writeOnce(info.trimCpumask, 0);
}

/**
 * `flush_tlb_mm_range` (arch/x86/mm/tlb.c, since 5.13). The caller has written the entries; interrupts are
 * on. When it returns, no CPU can use what was there before.
 *
 * @assumes the entries are written; interrupts are on.
 */
export function* flushTlbMmRange(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  nominalPages: number,
  freedTables: boolean,
): Protocol<void> {
  const newTlbGen = yield* cpu.fn.incMmTlbGen(cpu, mm);
  yield* cpu.fn.getFlushTlbInfo(cpu, mm, start, end, nominalPages, freedTables, newTlbGen);
  if (!cpu.features.concurrentFlush) {
    yield* cpu.fn.flushLocalThenOthers(cpu, mm);
    return;
  }
  if (cpu.broadcasts && (yield* cpu.fn.flushGlobalAsid(cpu, mm))) return;
  if (yield* cpumaskAnyOther(cpu, cpu.mms[mm].cpumask)) {
    if (cpu.features.filterLoadedMm) {
      const trim = yield* cpu.fn.shouldTrimCpumask(cpu, mm);
      yield* cpu.writeOnce(cpu.own.flushInfo.trimCpumask, trim ? 1 : 0);
    }
    yield* cpu.fn.flushRemote(cpu, cpu.mms[mm].cpumask);
    if (cpu.broadcasts) yield* cpu.fn.considerGlobalAsid(cpu, mm);
    return;
  }
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  // Nobody has it loaded: whoever loads it next sees the new generation.
  if (loadedMm !== mm) return;
  yield* cpu.fn.flushHere(cpu);
}

/**
 * The rest of flush_tlb_mm_range before 5.13: the local flush, and only then the others (`flush_tlb_others`).
 *
 * @assumes the request is filled in; interrupts are on.
 */
export function* flushLocalThenOthers(cpu: KernelCpu, mm: number): Protocol<void> {
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  if (loadedMm === mm) yield* cpu.fn.flushHere(cpu);
  if (yield* cpumaskAnyOther(cpu, cpu.mms[mm].cpumask)) yield* cpu.fn.flushRemote(cpu, cpu.mms[mm].cpumask);
}

/**
 * flush_tlb_mm_range: the backend's flush, between the places where rules of src/rules step in.
 *
 * @assumes the request is filled in, its generation counted; interrupts are on.
 */
export function* flushRemote(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.fn.beforeRemoteFlush(cpu);
  yield* cpu.fn.flushTlbMulti(cpu, mask);
  yield* cpu.fn.afterRemoteFlush(cpu);
}

/**
 * flush_tlb_mm_range, arch_tlbbatch_flush: carries this CPU's own request out on itself.
 *
 * @assumes the request is filled in; interrupts are on.
 */
export function* flushHere(cpu: KernelCpu): Protocol<void> {
  yield* cpu.localIrqDisable();
  yield* cpu.fn.flushTlbFunc(cpu, cpu.id);
  yield* cpu.localIrqEnable();
}

/** `should_trim_cpumask` (6db2526c1d69): once a second per mm, a flush goes to every bit of the mask. */
export function* shouldTrimCpumask(cpu: KernelCpu, _mm: number): Protocol<boolean> {
  return (yield* cpu.choose(TRIM_ONE_IN)) === TRIM_ONE_IN - 1;
}
