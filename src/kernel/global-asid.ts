import type { Protocol } from '../machine/protocol.js';
import { PROMOTE_ONE_IN } from './constants.js';
import { cpumaskNext, cpumaskWeight } from './cpumask.js';
import { EV_GLOBAL_ASID_FREED, EV_GLOBAL_ASID_GIVEN } from './events.js';
import { bitmapWord } from './global-asid-layout.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * Global ASIDs (arch/x86/mm/tlb.c and asm/tlbflush.h, since 6.15; read in 7.0's tree): an mm that many CPUs
 * run at once has the same PCID on each of them, so that one broadcast flushes it everywhere. An mm keeps its
 * ASID for life; one that has been given back is handed out again after a flush of everything only, when the
 * search has come to the end. So an ASID that is handed out has no translations anywhere. Only where CPUs
 * broadcast is any of this called.
 */

/** `mm_global_asid`: the mm's global ASID, 0 for none. Who sees it sees that the mm is in transition. */
export function* mmGlobalAsid(cpu: KernelCpu, mm: number): Protocol<number> {
  return yield* cpu.loadAcquire(cpu.layout.globalAsids.asid[mm]);
}

/** `is_global_asid`: none of the CPU's own slots. */
export function isGlobalAsid(cpu: KernelCpu, asid: number): boolean {
  return asid >= cpu.own.tlbstate.ctxs.length;
}

/**
 * choose_new_asid of an mm with a global ASID, as choose_new_asid answers; -1 for one without. Broadcasts
 * keep it up to date everywhere, whoever runs it.
 *
 * @assumes interrupts are off.
 */
export function* chooseGlobalAsid(cpu: KernelCpu, next: number): Protocol<number> {
  const globalAsid = yield* cpu.fn.mmGlobalAsid(cpu, next);
  return globalAsid === 0 ? -1 : globalAsid * 2;
}

/** `mm_in_asid_transition`: a CPU may still run the mm under an ASID of its own. */
export function* mmInAsidTransition(cpu: KernelCpu, mm: number): Protocol<boolean> {
  return (yield* cpu.readOnce(cpu.layout.globalAsids.transition[mm])) !== 0;
}

/** `mm_needs_global_asid`: this CPU has the mm under `asid`, and a global one has been given to it. */
export function* mmNeedsGlobalAsid(cpu: KernelCpu, mm: number, asid: number): Protocol<boolean> {
  const globalAsid = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  return globalAsid !== 0 && asid !== globalAsid;
}

/**
 * `consider_global_asid`, after a flush by IPI. The kernel looks at one flush in 32 (the low bits of pid and
 * jiffies agree), a recorded choice here.
 */
export function* considerGlobalAsid(cpu: KernelCpu, mm: number): Protocol<void> {
  if ((yield* cpu.choose(PROMOTE_ONE_IN)) !== PROMOTE_ONE_IN - 1) return;
  if (yield* cpu.fn.mmActiveCpusExceeds(cpu, mm, cpu.layout.globalAsids.threshold))
    yield* cpu.fn.useGlobalAsid(cpu, mm);
}

/** `mm_active_cpus_exceeds`: an estimate, nobody is kept from switching meanwhile. */
export function* mmActiveCpusExceeds(cpu: KernelCpu, mm: number, threshold: number): Protocol<boolean> {
  const mask = cpu.mms[mm].cpumask;
  if ((yield* cpumaskWeight(cpu, mask)) <= threshold) return false;
  let active = 0;
  let target = yield* cpumaskNext(cpu, 0, mask);
  while (target >= 0) {
    const loadedMm = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
    const isLazy = loadedMm === mm ? yield* cpu.readOnce(cpu.per[target].tlbstate.isLazy) : 1;
    if (isLazy === 0) active++;
    if (active > threshold) return true;
    target = yield* cpumaskNext(cpu, target + 1, mask);
  }
  return false;
}

/** `use_global_asid`, under global_asid_lock with interrupts off. */
export function* useGlobalAsid(cpu: KernelCpu, mm: number): Protocol<void> {
  const pool = cpu.layout.globalAsids;
  yield* cpu.fn.lockGlobalAsids(cpu);
  const given = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  const available = yield* cpu.readOnce(pool.available);
  // Another thread of the mm may have been here first; and others may have taken the last one.
  if (given === 0 && available !== 0) {
    const asid = yield* cpu.fn.allocateGlobalAsid(cpu);
    if (asid !== 0) yield* cpu.fn.mmAssignGlobalAsid(cpu, mm, asid);
  }
  yield* cpu.fn.unlockGlobalAsids(cpu);
}

/** `raw_spin_lock_irqsave(&global_asid_lock)`. */
export function* lockGlobalAsids(cpu: KernelCpu): Protocol<void> {
  yield* cpu.localIrqDisable();
  yield* cpu.spinLock(cpu.layout.globalAsids.lock);
}

/** `raw_spin_unlock_irqrestore`. */
export function* unlockGlobalAsids(cpu: KernelCpu): Protocol<void> {
  yield* cpu.spinUnlock(cpu.layout.globalAsids.lock);
  yield* cpu.localIrqEnable();
}

/**
 * `mm_assign_global_asid`: in transition first, the ASID by a release store. Whoever saw the ASID and no
 * transition would think that no CPU is left under another one, and not send it an IPI (B20d).
 */
export function* mmAssignGlobalAsid(cpu: KernelCpu, mm: number, asid: number): Protocol<void> {
  const { asid: asids, transition } = cpu.layout.globalAsids;
  if (cpu.features.transitionBeforeAsid) yield* cpu.writeOnce(transition[mm], 1);
  yield* cpu.storeRelease(asids[mm], asid);
  if (!cpu.features.transitionBeforeAsid) yield* cpu.writeOnce(transition[mm], 1);
  yield* cpu.event(EV_GLOBAL_ASID_GIVEN, mm, asid);
}

/** `allocate_global_asid`: the first free one from the last that was handed out, or 0. */
export function* allocateGlobalAsid(cpu: KernelCpu): Protocol<number> {
  const pool = cpu.layout.globalAsids;
  let last = yield* cpu.readOnce(pool.last);
  if (last >= pool.end - 1) {
    yield* cpu.fn.resetGlobalAsidSpace(cpu);
    last = pool.first;
  }
  let asid = last;
  let used = yield* cpu.readOnce(pool.used + bitmapWord(asid));
  while (asid < pool.end && ((used >>> asid) & 1) !== 0) {
    asid++;
    if (asid % 32 === 0) used = yield* cpu.readOnce(pool.used + bitmapWord(asid));
  }
  const available = yield* cpu.readOnce(pool.available);
  // As in the kernel: where the search finds nothing and some are said to be available, it goes on with the
  // number behind the last one.
  if (asid >= pool.end && available === 0) return 0;
  yield* cpu.writeOnce(pool.used + bitmapWord(asid), used | (1 << asid));
  yield* cpu.writeOnce(pool.last, asid);
  yield* cpu.writeOnce(pool.available, available - 1);
  return asid;
}

/**
 * `reset_global_asid_space`: the search has come to the end. Nothing of what has been given back is anywhere
 * in a TLB once all has been flushed: it can be handed out again.
 */
export function* resetGlobalAsidSpace(cpu: KernelCpu): Protocol<void> {
  const pool = cpu.layout.globalAsids;
  yield* cpu.fn.invlpgbFlushAllNonglobals(cpu);
  for (let word = 0; word <= bitmapWord(pool.end); word++) {
    const used = yield* cpu.readOnce(pool.used + word);
    const freed = yield* cpu.readOnce(pool.freed + word);
    // `bitmap_andnot` masks what lies behind the last bit.
    const within = word < bitmapWord(pool.end) ? -1 : (1 << pool.end) - 1;
    yield* cpu.writeOnce(pool.used + word, used & ~freed & within);
    yield* cpu.writeOnce(pool.freed + word, 0);
  }
  yield* cpu.writeOnce(pool.last, pool.first);
}

/** `mm_free_global_asid`, when the mm is destroyed: not to be used again before a flush of everything. */
export function* mmFreeGlobalAsid(cpu: KernelCpu, mm: number): Protocol<void> {
  const pool = cpu.layout.globalAsids;
  const asid = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  if (asid === 0) return;
  yield* cpu.fn.lockGlobalAsids(cpu);
  const word = pool.freed + bitmapWord(asid);
  const freed = yield* cpu.readOnce(word);
  yield* cpu.writeOnce(word, freed | (1 << asid));
  yield* cpu.writeOnce(pool.asid[mm], 0);
  const available = yield* cpu.readOnce(pool.available);
  yield* cpu.writeOnce(pool.available, available + 1);
  yield* cpu.event(EV_GLOBAL_ASID_FREED, mm, asid);
  yield* cpu.fn.unlockGlobalAsids(cpu);
}

/** `mm_init_global_asid`: of an mm that is being born. */
export function* mmInitGlobalAsid(cpu: KernelCpu, mm: number): Protocol<void> {
  yield* cpu.poke(cpu.layout.globalAsids.asid[mm], 0);
  yield* cpu.poke(cpu.layout.globalAsids.transition[mm], 0);
}
