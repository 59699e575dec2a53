import { CSD_FLAG_LOCK, INIT_MM } from '../../../src/kernel/constants.js';
import { CSD_FLAGS, CSD_INFO } from '../../../src/kernel/structs.js';
import { pair, type Replace, type SeamCulprit } from './seam-culprit.js';

/**
 * Mistakes in one small function of the kernel each, and the function without it. They say nothing of
 * themselves.
 */

/** The request is acknowledged before it is carried out. */
const earlyAck = (isFixed: boolean): Replace => ({
  *runCsd(cpu, csd) {
    const initiator = yield* cpu.readOnce(csd + CSD_INFO);
    if (!isFixed) yield* cpu.storeRelease(csd + CSD_FLAGS, 0);
    yield* cpu.fn.flushTlbFunc(cpu, initiator);
    if (isFixed) yield* cpu.storeRelease(csd + CSD_FLAGS, 0);
  },
});

/** The generation is not counted up. */
const sameGen = (isFixed: boolean): Replace => ({
  *incMmTlbGen(cpu, mm) {
    const { tlbGen } = cpu.mms[mm];
    return isFixed ? yield* cpu.incReturn(tlbGen) : yield* cpu.readOnce(tlbGen);
  },
});

/** The generation is counted up in two steps, and two CPUs count to the same one. */
const plainGen = (isFixed: boolean): Replace => ({
  *incMmTlbGen(cpu, mm) {
    const { tlbGen } = cpu.mms[mm];
    if (isFixed) return yield* cpu.incReturn(tlbGen);
    const gen = yield* cpu.readOnce(tlbGen);
    yield* cpu.smpMb();
    yield* cpu.writeOnce(tlbGen, gen + 1);
    yield* cpu.smpMb();
    return gen + 1;
  },
});

/** What a flush has reached is noted in the neighbour's slot. */
const wrongSlot = (isFixed: boolean): Replace => ({
  *storeSlotTlbGen(cpu, asid, tlbGen) {
    const { ctxs } = cpu.own.tlbstate;
    const slot = isFixed ? asid : (asid + 1) % ctxs.length;
    yield* cpu.writeOnce(ctxs[slot].tlbGen, tlbGen);
  },
});

/** The slot takes one generation more than was flushed. */
const oneMore = (isFixed: boolean): Replace => ({
  *storeSlotTlbGen(cpu, asid, tlbGen) {
    yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, isFixed ? tlbGen : tlbGen + 1);
  },
});

/** Whoever comes back from lazy mode does not ask what it has missed. */
const noLazyCheck = (isFixed: boolean): Replace => ({
  *leaveLazyTlb(cpu, mm) {
    const state = cpu.own.tlbstate;
    yield* cpu.smpMb();
    const tlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
    const asid = yield* cpu.readOnce(state.loadedMmAsid);
    const slotGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
    if (!isFixed || slotGen === tlbGen) return;
    yield* cpu.fn.loadNewMmCr3(cpu, mm, asid, true, tlbGen);
  },
});

/** Pages are given back before they are flushed. */
const earlyFree = (isFixed: boolean): Replace => ({
  *tlbFlushMmu(cpu, nominalPages) {
    const tlb = cpu.own.gather;
    if (isFixed) yield* cpu.fn.tlbFlushMmuTlbonly(cpu, nominalPages);
    const tables = yield* cpu.peek(tlb.tablesCount);
    const pages = yield* cpu.peek(tlb.pagesCount);
    for (let i = 0; i < pages; i++) yield* cpu.fn.putPage(cpu, yield* cpu.peek(tlb.pages + i));
    if (!isFixed) yield* cpu.fn.tlbFlushMmuTlbonly(cpu, nominalPages);
    for (let i = 0; i < tables; i++) yield* cpu.freeFrameRcu(yield* cpu.peek(tlb.tables + i));
    yield* cpu.poke(tlb.tablesCount, 0);
    yield* cpu.poke(tlb.pagesCount, 0);
  },
});

/** The initiator waits for the csd of its own CPU. */
const wrongWait = (isFixed: boolean): Replace => ({
  *waitForCsds(cpu) {
    const { csd, cpumask } = cpu.own.cfd;
    const bits = yield* cpu.peek(cpumask);
    for (let target = 0; target < cpu.per.length; target++)
      if ((bits & (1 << target)) !== 0)
        yield* cpu.condLoadAcquire(csd[isFixed ? target : cpu.id] + CSD_FLAGS, CSD_FLAG_LOCK, 0);
  },
});

/** The last of the CPUs gets no interrupt. */
const lostIpi = (isFixed: boolean): Replace => ({
  *sendCallFunctionIpis(cpu) {
    const bits = yield* cpu.peek(cpu.own.cfd.cpumaskIpi);
    const last = 31 - Math.clz32(bits);
    for (let target = 0; target < cpu.per.length; target++)
      if ((bits & (1 << target)) !== 0 && (isFixed || target !== last)) yield* cpu.sendIpi(target);
  },
});

/** Only every other page is invalidated. */
const oddPages = (isFixed: boolean): Replace => ({
  *flushTlbOneUser(cpu, page) {
    if (isFixed || page % 2 === 0) yield* cpu.invlpg(page);
  },
});

/** No barrier between SWITCHING and the load of the generation where the bit is set already. */
const noBarrier = (isFixed: boolean): Replace => ({
  *updateMmCpumask(cpu, _prev, next) {
    if (next === INIT_MM) return;
    const { cpumask } = cpu.mms[next];
    const bit = 1 << (cpu.id & 31);
    const bits = yield* cpu.readOnce(cpumask + (cpu.id >> 5));
    if ((bits & bit) === 0) yield* cpu.fetchOr(cpumask + (cpu.id >> 5), bit);
    else if (isFixed) yield* cpu.smpMb();
  },
});

export const seamCulprits: readonly SeamCulprit[] = [
  pair('early-ack', earlyAck),
  pair('same-gen', sameGen),
  pair('plain-gen', plainGen),
  pair('wrong-slot', wrongSlot),
  pair('one-more', oneMore),
  pair('no-lazy-check', noLazyCheck),
  pair('early-free-page', earlyFree),
  pair('wrong-csd', wrongWait),
  pair('lost-ipi', lostIpi),
  pair('odd-pages', oddPages),
  pair('no-barrier', noBarrier),
];
