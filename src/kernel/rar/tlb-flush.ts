import type { Protocol } from '../../machine/protocol.js';
import { cpumaskAnyOther, cpumaskNext, cpumaskTestCpu } from '../cpumask.js';
import { EV_BROADCAST } from '../events.js';
import type { KernelCpu } from '../kernel-cpu.js';

/** rar_tlb_flush (arch/x86/mm/tlb.c of the RAR series): an mm's request, and who flushes itself. */

/**
 * `rar_tlb_flush`. Up to v3 others are asked, and then this CPU flushes itself; in v4 it is one of those that
 * are asked, unless it is the only one.
 */
export function* rarTlbFlush(cpu: KernelCpu, mm: number): Protocol<void> {
  const { trimCpumask } = cpu.own.flushInfo;
  const mask = cpu.mms[mm].cpumask;
  const asid = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  yield* cpu.event(EV_BROADCAST, mm, asid);
  if (!cpu.features.rarFlushesSelf) {
    yield* cpu.fn.rarAskCpus(cpu, mask, asid);
    if (yield* cpumaskTestCpu(cpu, cpu.id, mask)) yield* cpu.fn.flushHere(cpu);
    return;
  }
  if (cpu.features.rarTrimsApart && (yield* cpu.readOnce(trimCpumask)) !== 0)
    yield* cpu.fn.trimCpumask(cpu, mm);
  if (cpu.features.rarFlushesTwice) {
    yield* cpu.fn.rarFlushTwice(cpu, mask, asid);
    return;
  }
  const others = yield* cpumaskAnyOther(cpu, mask);
  if (others) yield* cpu.fn.rarAskCpus(cpu, mask, asid);
  else if (yield* cpumaskTestCpu(cpu, cpu.id, mask)) yield* cpu.fn.flushHere(cpu);
}

/** rar_tlb_flush: the request itself, for this CPU's flush_tlb_info. */
export function* rarAskCpus(cpu: KernelCpu, mask: number, asid: number): Protocol<void> {
  const { start, end } = cpu.own.flushInfo;
  const from = yield* cpu.readOnce(start);
  const to = yield* cpu.readOnce(end);
  yield* cpu.fn.smpCallRarMany(cpu, mask, asid + 1, from, to);
}

/**
 * rar_tlb_flush with v4's debug patch: this CPU by flush_tlb_func, then all by a request if there are others.
 * `cpumask_any_but` answers the first other CPU's number, which is 0 for CPU 0: taken for a truth value, as
 * posted, that is no other CPU.
 */
export function* rarFlushTwice(cpu: KernelCpu, mask: number, asid: number): Protocol<void> {
  if (yield* cpumaskTestCpu(cpu, cpu.id, mask)) yield* cpu.fn.flushHere(cpu);
  let other = yield* cpumaskNext(cpu, 0, mask);
  if (other === cpu.id) other = yield* cpumaskNext(cpu, cpu.id + 1, mask);
  if (cpu.features.rarSeesCpu0 ? other >= 0 : other !== 0) yield* cpu.fn.rarAskCpus(cpu, mask, asid);
}
