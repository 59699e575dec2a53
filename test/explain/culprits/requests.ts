import {
  CSD_FLAG_LOCK,
  CSD_TYPE_SYNC,
  FUNC_FLUSH_TLB,
  TLB_FLUSH_ALL,
} from '../../../src/kernel/constants.js';
import { shouldFlushTlb } from '../../../src/kernel/should-flush-tlb.js';
import { CSD_FLAGS, CSD_FUNC, CSD_INFO, CSD_NEXT } from '../../../src/kernel/structs.js';
import { pair, type Replace, type SeamCulprit } from './seam-culprit.js';

/** Mistakes of an initiator: whom it asks, what for, and what it waits for. */

/** The lowest CPU of the mask is left out of its copy. */
const wrongMask = (isFixed: boolean): Replace => ({
  *copyCallMask(cpu, mask) {
    const { cfd } = cpu.own;
    const own = 1 << cpu.id;
    let bits = (yield* cpu.readOnce(mask)) & ~own;
    if (!isFixed) bits = bits & (bits - 1);
    yield* cpu.poke(cfd.cpumask, bits);
    yield* cpu.poke(cfd.cpumaskIpi, 0);
    return bits !== 0;
  },
});

/** A csd is filled in again while its target may still have it: nobody waits for the answer. */
const csdTwice = (isFixed: boolean): Replace => ({
  *csdLock(cpu, csd) {
    if (isFixed) yield* cpu.condLoadAcquire(csd + CSD_FLAGS, CSD_FLAG_LOCK, 0);
    yield* cpu.writeOnce(csd + CSD_FLAGS, CSD_FLAG_LOCK | CSD_TYPE_SYNC);
    yield* cpu.smpWmb();
  },
  *waitForCsds(cpu) {
    const { csd, cpumask } = cpu.own.cfd;
    const bits = yield* cpu.peek(cpumask);
    for (let target = 0; target < cpu.per.length; target++)
      if (isFixed && (bits & (1 << target)) !== 0)
        yield* cpu.condLoadAcquire(csd[target] + CSD_FLAGS, CSD_FLAG_LOCK, 0);
  },
});

/** The request ends a page too soon. */
const shortRange = (isFixed: boolean): Replace => ({
  *getFlushTlbInfo(cpu, mm, start, end, _nominalPages, freedTables, newTlbGen) {
    const info = cpu.own.flushInfo;
    yield* cpu.writeOnce(info.mm, mm);
    yield* cpu.writeOnce(info.start, start);
    yield* cpu.writeOnce(info.end, isFixed || end === TLB_FLUSH_ALL ? end : end - 1);
    yield* cpu.writeOnce(info.newTlbGen, newTlbGen);
    yield* cpu.writeOnce(info.initiatingCpu, cpu.id);
    yield* cpu.writeOnce(info.strideShift, 12);
    yield* cpu.writeOnce(info.freedTables, freedTables ? 1 : 0);
    yield* cpu.writeOnce(info.trimCpumask, 0);
  },
});

/** Whether the target runs the mm is asked by the slot that it has loaded, not by its loaded_mm. */
const askedBySlot = (isFixed: boolean): Replace => ({
  *shouldFlushTlb(cpu, target) {
    if (isFixed) return yield* shouldFlushTlb(cpu, target);
    const { ctxs, loadedMmAsid } = cpu.per[target].tlbstate;
    const asid = yield* cpu.readOnce(loadedMmAsid);
    const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
    if (mm === 0) return true;
    const ctxId = yield* cpu.readOnce(ctxs[asid].ctxId);
    return ctxId === (yield* cpu.readOnce(cpu.mms[mm].ctxId));
  },
});

/** A csd is put into the queue in two steps: what another CPU puts there in between is lost. */
const plainAdd = (isFixed: boolean): Replace => ({
  *llistAdd(cpu, csd, queue) {
    for (;;) {
      const first = yield* cpu.readOnce(queue);
      yield* cpu.writeOnce(csd + CSD_NEXT, first);
      if (isFixed) {
        if ((yield* cpu.cmpxchg(queue, first, csd)) !== first) continue;
      } else {
        yield* cpu.writeOnce(queue, csd);
        yield* cpu.smpMb();
      }
      return first === 0;
    }
  },
});

/** The csd is queued before it says what is to be done. */
const queuedFirst = (isFixed: boolean): Replace => ({
  *queueRemoteCall(cpu, target) {
    const csd = cpu.own.cfd.csd[target];
    yield* cpu.fn.csdLock(cpu, csd);
    if (isFixed) yield* cpu.writeOnce(csd + CSD_INFO, cpu.id);
    yield* cpu.writeOnce(csd + CSD_FUNC, FUNC_FLUSH_TLB);
    const wasEmpty = yield* cpu.fn.llistAdd(cpu, csd, cpu.per[target].cfd.queue);
    if (!isFixed) yield* cpu.writeOnce(csd + CSD_INFO, cpu.id);
    return wasEmpty;
  },
});

/** The wait is over when the flag is set, not when it is cleared. */
const passedEarly = (isFixed: boolean): Replace => ({
  *waitForCsds(cpu) {
    const { csd, cpumask } = cpu.own.cfd;
    const bits = yield* cpu.peek(cpumask);
    for (let target = 0; target < cpu.per.length; target++)
      if ((bits & (1 << target)) !== 0)
        yield* cpu.condLoadAcquire(csd[target] + CSD_FLAGS, CSD_FLAG_LOCK, isFixed ? 0 : CSD_FLAG_LOCK);
  },
});

/** The initiator flushes others and not itself. */
const notHere = (isFixed: boolean): Replace => ({
  *flushHere(cpu) {
    if (!isFixed) return;
    yield* cpu.localIrqDisable();
    yield* cpu.fn.flushTlbFunc(cpu, cpu.id);
    yield* cpu.localIrqEnable();
  },
});

export const requestCulprits: readonly SeamCulprit[] = [
  pair('wrong-mask', wrongMask),
  pair('csd-twice', csdTwice),
  pair('short-range', shortRange),
  pair('asked-by-slot', askedBySlot),
  pair('plain-add', plainAdd),
  pair('queued-first', queuedFirst),
  pair('passed-early', passedEarly),
  pair('not-here', notHere),
];
