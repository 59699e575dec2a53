import {
  CSD_FLAG_LOCK,
  INIT_MM,
  LOADED_MM_SWITCHING,
  TLB_GENERATION_INVALID,
} from '../../../src/kernel/constants.js';
import { EV_CSD_RAN, EV_CSD_UNLOCKED, EV_IPI_SERVED } from '../../../src/kernel/events.js';
import { tlbFinishMmu, tlbGatherMmu } from '../../../src/kernel/mmu-gather.js';
import { downRead, upRead } from '../../../src/kernel/rwsem.js';
import { CSD_FLAGS, CSD_INFO, CSD_NEXT } from '../../../src/kernel/structs.js';
import { pair, type Replace, type SeamCulprit } from './seam-culprit.js';

/** Mistakes of a target: how it serves a request, and what it thinks that it has done. */

/** A range is invalidated whatever the slot has missed before it. */
const anyPartial = (isFixed: boolean): Replace => ({
  *isPartialFlush(cpu, newTlbGen, localTlbGen, mmTlbGen) {
    yield* cpu.barrier();
    return newTlbGen === mmTlbGen && (!isFixed || newTlbGen === localTlbGen + 1);
  },
});

/** The request is done when the slot is one behind it. */
const doneTooSoon = (isFixed: boolean): Replace => ({
  *isRequestDone(cpu, newTlbGen, localTlbGen) {
    yield* cpu.barrier();
    if (newTlbGen === TLB_GENERATION_INVALID) return false;
    return isFixed ? newTlbGen <= localTlbGen : newTlbGen <= localTlbGen + 1;
  },
});

/** A lazy CPU neither flushes nor leaves the mm. */
const lazyNoFlush = (isFixed: boolean): Replace => ({
  *flushWhileLazy(cpu) {
    const isLazy = yield* cpu.readOnce(cpu.own.tlbstate.isLazy);
    if (isLazy === 0) return false;
    if (isFixed) yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
    return true;
  },
});

/** The handler takes the newest request of the queue only. */
const newestOnly = (isFixed: boolean): Replace => ({
  *flushSmpCallFunctionQueue(cpu) {
    let csd = yield* cpu.xchg(cpu.own.cfd.queue, 0);
    while (csd !== 0) {
      const next = yield* cpu.readOnce(csd + CSD_NEXT);
      yield* cpu.fn.runCsd(cpu, csd);
      if (!isFixed) return;
      csd = next;
    }
  },
});

/** Acknowledged without having been carried out, where the CPU is lazy or switches. */
const ackWithoutRun = (isFixed: boolean): Replace => ({
  *runCsd(cpu, csd) {
    const initiator = yield* cpu.readOnce(csd + CSD_INFO);
    yield* cpu.event(EV_IPI_SERVED, csd, initiator);
    const isLazy = yield* cpu.readOnce(cpu.own.tlbstate.isLazy);
    const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
    if (isFixed || (isLazy === 0 && loadedMm !== LOADED_MM_SWITCHING)) {
      yield* cpu.fn.flushTlbFunc(cpu, initiator);
      yield* cpu.event(EV_CSD_RAN, csd, 0);
    }
    yield* cpu.event(EV_CSD_UNLOCKED, csd, 0);
    yield* cpu.storeRelease(csd + CSD_FLAGS, 0);
  },
});

/** The wrong one of two flags of a csd is cleared where the CPU is lazy. */
const lostUnlock = (isFixed: boolean): Replace => ({
  *csdUnlock(cpu, csd) {
    const flags = yield* cpu.readOnce(csd + CSD_FLAGS);
    const isLazy = yield* cpu.readOnce(cpu.own.tlbstate.isLazy);
    yield* cpu.storeRelease(csd + CSD_FLAGS, isFixed || isLazy === 0 ? 0 : flags & ~2 & CSD_FLAG_LOCK);
  },
});

/** The slot takes the right generation, and then the newest one. */
const twoStores = (isFixed: boolean): Replace => ({
  *storeSlotTlbGen(cpu, asid, tlbGen) {
    const { tlbGen: word } = cpu.own.tlbstate.ctxs[asid];
    yield* cpu.writeOnce(word, tlbGen);
    if (isFixed) return;
    const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
    const newest = yield* cpu.readOnce(cpu.mms[loadedMm].tlbGen);
    yield* cpu.writeOnce(word, newest);
  },
});

/** A whole flush is of the neighbour's PCID. */
const wrongPcid = (isFixed: boolean): Replace => ({
  *flushTlbLocal(cpu) {
    const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
    yield* cpu.invpcid(1, isFixed ? asid + 1 : asid, 0);
  },
});

/** A slot that is one generation behind counts as up to date. */
const oneBehind = (isFixed: boolean): Replace => ({
  *isSlotUpToDate(cpu, localTlbGen, mmTlbGen) {
    yield* cpu.barrier();
    return isFixed ? localTlbGen === mmTlbGen : localTlbGen + 1 >= mmTlbGen;
  },
});

/** The same among functions that do too much, in vain: each has a barrier that 6.18 has not. */
const oneBehindAmongOthers = (isFixed: boolean): Replace => ({
  ...oneBehind(isFixed),
  *downRead(cpu, lock) {
    yield* cpu.smpMb();
    yield* downRead(cpu, lock);
  },
  *upRead(cpu, lock) {
    yield* cpu.smpMb();
    yield* upRead(cpu, lock);
  },
  *tlbGatherMmu(cpu, mm, fullmm) {
    yield* cpu.smpMb();
    yield* tlbGatherMmu(cpu, mm, fullmm);
  },
  *tlbFinishMmu(cpu, nominalPages) {
    yield* cpu.smpMb();
    yield* tlbFinishMmu(cpu, nominalPages);
  },
});

export const targetCulprits: readonly SeamCulprit[] = [
  pair('any-partial', anyPartial),
  pair('done-too-soon', doneTooSoon),
  pair('lazy-no-flush', lazyNoFlush),
  pair('newest-only', newestOnly),
  pair('ack-without-run', ackWithoutRun),
  pair('lost-unlock', lostUnlock),
  pair('two-stores', twoStores),
  pair('wrong-pcid', wrongPcid),
  pair('one-behind', oneBehind),
  pair('one-behind-among-others', oneBehindAmongOthers),
];
