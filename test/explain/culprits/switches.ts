import { chooseNewAsid } from '../../../src/kernel/choose-new-asid.js';
import { INIT_MM, LOADED_MM_SWITCHING } from '../../../src/kernel/constants.js';
import { pair, type Replace, type SeamCulprit } from './seam-culprit.js';

/** Mistakes of a CPU that switches to another mm, or is lazy. */

/** A slot that holds the mm is never flushed. */
const neverStale = (isFixed: boolean): Replace => ({
  *isSlotStale(cpu, slotGen, nextTlbGen) {
    yield* cpu.barrier();
    return isFixed && slotGen < nextTlbGen;
  },
});

/** A slot that is taken over from another mm is not flushed. */
const victimKept = (isFixed: boolean): Replace => ({
  *chooseNewAsid(cpu, next, nextTlbGen) {
    const choice = yield* chooseNewAsid(cpu, next, nextTlbGen);
    if (isFixed) return choice;
    const asid = choice >> 1;
    const slotGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
    return asid * 2 + (slotGen < nextTlbGen ? 1 : 0);
  },
});

/** is_lazy is cleared after the switch has been decided. */
const lazyUntilLast = (isFixed: boolean): Replace => ({
  *clearIsLazy(cpu, wasLazy) {
    if (isFixed && wasLazy !== 0) yield* cpu.writeOnce(cpu.own.tlbstate.isLazy, 0);
    else yield* cpu.barrier();
  },
  *publishLoadedMm(cpu, mm, asid) {
    yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, mm);
    yield* cpu.writeOnce(cpu.own.tlbstate.loadedMmAsid, asid);
    if (!isFixed) yield* cpu.writeOnce(cpu.own.tlbstate.isLazy, 0);
  },
});

/** Nobody sees that the CPU switches. */
const notSwitching = (isFixed: boolean): Replace => ({
  *publishSwitching(cpu) {
    if (isFixed) yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, LOADED_MM_SWITCHING);
    else yield* cpu.barrier();
  },
});

/** loaded_mm_asid stays that of the mm before. */
const oldAsid = (isFixed: boolean): Replace => ({
  *publishLoadedMm(cpu, mm, asid) {
    yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, mm);
    if (isFixed || mm === INIT_MM) yield* cpu.writeOnce(cpu.own.tlbstate.loadedMmAsid, asid);
  },
});

/** The bit of the mask is set after CR3 is written, long after the generation was read. */
const lateBit = (isFixed: boolean): Replace => ({
  *updateMmCpumask(cpu, _prev, next) {
    if (!isFixed || next === INIT_MM) return;
    yield* cpu.fetchOr(cpu.mms[next].cpumask, 1 << cpu.id);
  },
  *loadNewMmCr3(cpu, next, asid, needFlush, nextTlbGen) {
    const root = yield* cpu.peek(cpu.mms[next].pgd);
    const pcid = cpu.scenario.pcid ? asid + 1 : 0;
    const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
    if (needFlush) yield* cpu.fn.storeSlot(cpu, asid, ctxId, nextTlbGen);
    yield* cpu.fn.writeMmCr3(cpu, root, pcid, !needFlush);
    if (!isFixed && next !== INIT_MM) yield* cpu.fetchOr(cpu.mms[next].cpumask, 1 << cpu.id);
    yield* cpu.fn.publishLoadedMm(cpu, next, asid);
  },
});

/** No barrier on the way back from lazy mode. */
const noLazyBarrier = (isFixed: boolean): Replace => ({
  *leaveLazyTlb(cpu, mm) {
    const state = cpu.own.tlbstate;
    if (isFixed) yield* cpu.smpMb();
    const nextTlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
    const asid = yield* cpu.readOnce(state.loadedMmAsid);
    const slotGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
    if (slotGen !== nextTlbGen) yield* cpu.fn.loadNewMmCr3(cpu, mm, asid, true, nextTlbGen);
  },
});

/** Every PCID but the first is loaded without a flush. */
const noFlushBit = (isFixed: boolean): Replace => ({
  *writeMmCr3(cpu, root, pcid, noFlush) {
    yield* cpu.writeCr3(root, pcid, isFixed ? noFlush : pcid > 1 || noFlush);
  },
});

/** A slot that is taken over keeps the higher generation. */
const otherGen = (isFixed: boolean): Replace => ({
  *storeSlot(cpu, asid, ctxId, tlbGen) {
    const slot = cpu.own.tlbstate.ctxs[asid];
    const old = yield* cpu.readOnce(slot.tlbGen);
    yield* cpu.writeOnce(slot.ctxId, ctxId);
    yield* cpu.writeOnce(slot.tlbGen, isFixed || old < tlbGen ? tlbGen : old);
  },
});

/** A CPU that goes lazy says that it has nothing loaded. */
const lazyAsInit = (isFixed: boolean): Replace => ({
  *enterLazyTlb(cpu) {
    const state = cpu.own.tlbstate;
    const loadedMm = yield* cpu.readOnce(state.loadedMm);
    if (loadedMm === INIT_MM) return;
    if (isFixed) yield* cpu.writeOnce(state.isLazy, 1);
    else yield* cpu.writeOnce(state.loadedMm, INIT_MM);
  },
});

/** A slot is an mm's by the mm's number, whoever had it before. */
const slotByNumber = (isFixed: boolean): Replace => ({
  *chooseNewAsid(cpu, next, nextTlbGen) {
    if (isFixed) return yield* chooseNewAsid(cpu, next, nextTlbGen);
    const { ctxs } = cpu.own.tlbstate;
    const asid = next % ctxs.length;
    const slotGen = yield* cpu.readOnce(ctxs[asid].tlbGen);
    return asid * 2 + (slotGen < nextTlbGen ? 1 : 0);
  },
});

export const switchCulprits: readonly SeamCulprit[] = [
  pair('slot-by-number', slotByNumber),
  pair('never-stale', neverStale),
  pair('victim-kept', victimKept),
  pair('lazy-until-last', lazyUntilLast),
  pair('not-switching', notSwitching),
  pair('old-asid', oldAsid),
  pair('late-bit', lateBit),
  pair('no-lazy-barrier', noLazyBarrier),
  pair('no-flush-bit', noFlushBit),
  pair('other-gen', otherGen),
  pair('lazy-as-init', lazyAsInit),
];
