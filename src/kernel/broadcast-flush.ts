import { INVLPGB_ASID, INVLPGB_PCID, INVLPGB_VA } from '../machine/broadcast.js';
import type { Protocol } from '../machine/protocol.js';
import { INVLPGB_COUNT_MAX, LOADED_MM_SWITCHING, TLB_FLUSH_ALL } from './constants.js';
import { cpumaskNext } from './cpumask.js';
import { EV_BROADCAST, EV_TRANSITION_DONE, EV_TRANSITION_WAIT } from './events.js';
import type { KernelCpu } from './kernel-cpu.js';

/** Flushes by broadcast (arch/x86/mm/tlb.c and asm/tlb.h, since 6.15; read in 7.0's tree). */

/** flush_tlb_mm_range of an mm with a global ASID; answers whether it has one. */
export function* flushGlobalAsid(cpu: KernelCpu, mm: number): Protocol<boolean> {
  if ((yield* cpu.fn.mmGlobalAsid(cpu, mm)) === 0) return false;
  yield* cpu.fn.broadcastTlbFlush(cpu, mm);
  return true;
}

/**
 * `broadcast_tlb_flush`: carries this CPU's request out on every CPU, whoever runs the mm. The increment of
 * tlb_gen before it was a full barrier: what the MMUs fill after they have dropped the old entries is new.
 */
export function* broadcastTlbFlush(cpu: KernelCpu, mm: number): Protocol<void> {
  const info = cpu.own.flushInfo;
  const asid = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  const end = yield* cpu.readOnce(info.end);
  yield* cpu.event(EV_BROADCAST, mm, asid);
  if (end === TLB_FLUSH_ALL) {
    yield* cpu.fn.invlpgbFlushSinglePcidNosync(cpu, asid);
  } else {
    const ofHardware = cpu.scenario.invlpgbCountMax ?? INVLPGB_COUNT_MAX;
    const countMax = cpu.features.invlpgbCountKnown ? ofHardware : 0;
    let page = yield* cpu.readOnce(info.start);
    do {
      // Before the count has been read from CPUID it is 0, and this goes on for ever (B17).
      const pages = Math.min(Math.max(end - page, 1), countMax);
      yield* cpu.fn.invlpgbFlushUserNrNosync(cpu, asid, page, pages);
      page += pages;
    } while (page < end);
  }
  // Before the wait, so that the IPIs to stragglers and the invalidations are under way together.
  yield* cpu.fn.finishAsidTransition(cpu, mm);
  yield* cpu.fn.tlbSync(cpu);
}

/**
 * `finish_asid_transition`: CPUs that still run the mm under an ASID of their own get an IPI, whose handler
 * goes over to the global one. Once there is none the transition has ended.
 */
export function* finishAsidTransition(cpu: KernelCpu, mm: number): Protocol<void> {
  const asid = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  if (!(yield* cpu.fn.mmInAsidTransition(cpu, mm))) return;
  const mask = cpu.mms[mm].cpumask;
  let target = yield* cpumaskNext(cpu, 0, mask);
  while (target >= 0) {
    const state = cpu.per[target].tlbstate;
    // In the middle of a switch, perhaps to this mm with the ASID that it had.
    yield* cpu.condLoadAcquireNot(state.loadedMm, -1, LOADED_MM_SWITCHING);
    const loadedMm = yield* cpu.readOnce(state.loadedMm);
    if (loadedMm === mm) {
      const loadedAsid = yield* cpu.readOnce(state.loadedMmAsid);
      if (loadedAsid !== asid) {
        yield* cpu.event(EV_TRANSITION_WAIT, mm, target);
        yield* cpu.fn.flushTlbMulti(cpu, mask);
        // Whether all have followed the next flush sees.
        return;
      }
    }
    target = yield* cpumaskNext(cpu, target + 1, mask);
  }
  yield* cpu.event(EV_TRANSITION_DONE, mm, 0);
  yield* cpu.writeOnce(cpu.layout.globalAsids.transition[mm], 0);
}

/**
 * The PCID of a global ASID as an operand. With PCIDs off another one than 0 is a general protection fault
 * (B18).
 */
export function* pcidOperand(cpu: KernelCpu, asid: number): Protocol<number> {
  yield* cpu.assert(cpu.scenario.pcid, 'INVLPGB names a PCID while CR4.PCIDE is 0: general protection fault');
  return asid + 1;
}

/** Without the ASID flag a host's broadcast flushes its guests as well (B19). */
function asidFlag(cpu: KernelCpu): number {
  return cpu.features.invlpgbAsidValid ? INVLPGB_ASID : 0;
}

/** `invlpgb_flush_single_pcid_nosync`. */
export function* invlpgbFlushSinglePcidNosync(cpu: KernelCpu, asid: number): Protocol<void> {
  const pcid = yield* cpu.fn.pcidOperand(cpu, asid);
  yield* cpu.invlpgb(asidFlag(cpu) | INVLPGB_PCID, pcid, 0, 0);
}

/** `invlpgb_flush_user_nr_nosync`. */
export function* invlpgbFlushUserNrNosync(
  cpu: KernelCpu,
  asid: number,
  page: number,
  pages: number,
): Protocol<void> {
  const pcid = yield* cpu.fn.pcidOperand(cpu, asid);
  yield* cpu.invlpgb(asidFlag(cpu) | INVLPGB_PCID | INVLPGB_VA, pcid, page, pages);
}

/** `invlpgb_flush_all_nonglobals`: whatever PCID, and waits. */
export function* invlpgbFlushAllNonglobals(cpu: KernelCpu): Protocol<void> {
  yield* cpu.invlpgb(asidFlag(cpu), 0, 0, 0);
  yield* cpu.tlbsync();
}

/**
 * `__tlbsync`. It waits for what this CPU has broadcast: a task that could migrate between INVLPGB and here
 * would wait for another CPU's broadcasts, that is for nothing (B20c). Where that can happen it is a recorded
 * choice.
 */
export function* tlbSync(cpu: KernelCpu): Protocol<void> {
  if (!cpu.features.tlbsyncOnSameCpu && (yield* cpu.choose(2)) !== 0) return;
  yield* cpu.tlbsync();
}
