import { INIT_MM, MM_NULL, TLB_FLUSH_ALL, TLB_GENERATION_INVALID } from '../../../src/kernel/constants.js';
import { cpumaskClearCpu } from '../../../src/kernel/cpumask.js';
import type { KernelFunctions } from '../../../src/kernel/functions.js';
import { contextSwitch } from '../../../src/kernel/sched.js';
import { defineVariant } from '../../../src/variants/define.js';
import type { Variant } from '../../../src/variants/variant.js';

/** A bug in replaced functions, which say nothing of themselves, and the same functions without it. */
export interface Culprit {
  readonly bug: Variant;
  readonly fixed: Variant;
}

/** Sends IPIs and does not wait for their handlers. */
const sendAndGoOn = (waits: boolean): KernelFunctions['flushTlbMmRange'] =>
  function* sendFlushes(cpu, mm) {
    yield* cpu.fn.incMmTlbGen(cpu, mm);
    for (let target = 0; target < cpu.per.length; target++) {
      if (target === cpu.id) continue;
      if (waits) yield* cpu.writeOnce(cpu.per[target].flushInfo.newTlbGen, 1);
      yield* cpu.sendIpi(target);
    }
    yield* cpu.invpcid(2, 0, 0);
    if (!waits) return;
    for (let target = 0; target < cpu.per.length; target++)
      if (target !== cpu.id) yield* cpu.condLoadAcquire(cpu.per[target].flushInfo.newTlbGen, -1, 0);
  };

function* flushAll(cpu: Parameters<KernelFunctions['callFunctionInterrupt']>[0]) {
  yield* cpu.invpcid(2, 0, 0);
  yield* cpu.writeOnce(cpu.own.flushInfo.newTlbGen, 0);
  yield* cpu.iret();
}

/** The slot takes a generation: read before the flush, as it must be, or after it. */
const flushThenStore = (isAfter: boolean): KernelFunctions['flushTlbFunc'] =>
  function* flushFunc(cpu, initiator) {
    const state = cpu.own.tlbstate;
    const info = cpu.per[initiator].flushInfo;
    const loadedMm = yield* cpu.readOnce(state.loadedMm);
    const mm = yield* cpu.readOnce(info.mm);
    if (mm !== MM_NULL && mm !== loadedMm) {
      yield* cpumaskClearCpu(cpu, cpu.id, cpu.mms[mm].cpumask);
      return;
    }
    if (loadedMm === INIT_MM) return;
    if ((yield* cpu.readOnce(state.isLazy)) !== 0) {
      yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
      return;
    }
    const asid = yield* cpu.readOnce(state.loadedMmAsid);
    const localTlbGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
    const newTlbGen = yield* cpu.readOnce(info.newTlbGen);
    if (newTlbGen !== TLB_GENERATION_INVALID && newTlbGen <= localTlbGen) return;
    const mmTlbGen = yield* cpu.readOnce(cpu.mms[loadedMm].tlbGen);
    if (localTlbGen === mmTlbGen) return;
    const end = yield* cpu.readOnce(info.end);
    if (end !== TLB_FLUSH_ALL && newTlbGen === localTlbGen + 1 && newTlbGen === mmTlbGen) {
      const start = yield* cpu.readOnce(info.start);
      for (let page = start; page < end; page++) yield* cpu.fn.flushTlbOneUser(cpu, page);
    } else yield* cpu.fn.flushTlbLocal(cpu);
    const taken = isAfter ? yield* cpu.readOnce(cpu.mms[loadedMm].tlbGen) : mmTlbGen;
    yield* cpu.fn.storeSlotTlbGen(cpu, asid, taken);
  };

/** In the switch the slot takes the generation that was read before the flush, or one read after it. */
const loadNewMm = (isAfter: boolean): KernelFunctions['loadNewMmCr3'] =>
  function* loadMm(cpu, next, asid, needFlush, nextTlbGen) {
    const state = cpu.own.tlbstate;
    const root = yield* cpu.peek(cpu.mms[next].pgd);
    const pcid = cpu.scenario.pcid ? asid + 1 : 0;
    if (needFlush) {
      const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
      if (!isAfter) yield* cpu.fn.storeSlot(cpu, asid, ctxId, nextTlbGen);
      yield* cpu.writeCr3(root, pcid, false);
      if (isAfter) {
        const tlbGen = yield* cpu.readOnce(cpu.mms[next].tlbGen);
        yield* cpu.fn.storeSlot(cpu, asid, ctxId, tlbGen);
      }
    } else yield* cpu.writeCr3(root, pcid, true);
    yield* cpu.writeOnce(state.loadedMm, next);
    yield* cpu.writeOnce(state.loadedMmAsid, asid);
  };

/** A slot that another mm had is loaded with its flush, or without. */
const loadRecycled = (flushes: boolean): KernelFunctions['loadNewMmCr3'] =>
  function* loadSlot(cpu, next, asid, _needFlush, nextTlbGen) {
    const state = cpu.own.tlbstate;
    const root = yield* cpu.peek(cpu.mms[next].pgd);
    const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
    const owner = yield* cpu.readOnce(state.ctxs[asid].ctxId);
    const tlbGen = yield* cpu.readOnce(state.ctxs[asid].tlbGen);
    const isStale = flushes ? owner !== ctxId || tlbGen < nextTlbGen : owner === ctxId && tlbGen < nextTlbGen;
    yield* cpu.fn.storeSlot(cpu, asid, ctxId, nextTlbGen);
    yield* cpu.writeCr3(root, cpu.scenario.pcid ? asid + 1 : 0, !isStale);
    yield* cpu.writeOnce(state.loadedMm, next);
    yield* cpu.writeOnce(state.loadedMmAsid, asid);
  };

/** `context_switch` with interrupts on while the mm is switched. */
const switchTask: KernelFunctions['contextSwitch'] = function* switchTask(cpu, nextMm) {
  const { current } = cpu.own;
  const prevMm = yield* cpu.peek(current.mm);
  const prevActive = yield* cpu.peek(current.activeMm);
  let dropped = MM_NULL;
  yield* cpu.poke(current.mm, nextMm);
  if (nextMm === MM_NULL) {
    yield* cpu.fn.enterLazyTlb(cpu);
    if (prevMm !== MM_NULL) yield* cpu.fn.mmgrab(cpu, prevMm);
  } else {
    yield* cpu.fn.switchMmIrqsOff(cpu, nextMm);
    yield* cpu.poke(current.activeMm, nextMm);
    if (prevMm === MM_NULL) dropped = prevActive;
  }
  if (dropped !== MM_NULL && dropped !== INIT_MM) yield* cpu.fn.mmdrop(cpu, dropped);
};

const define = (name: string, replace: Partial<KernelFunctions>): Variant =>
  defineVariant({ name, base: '6.18', replace });
const pair = (name: string, bug: Partial<KernelFunctions>, fixed: Partial<KernelFunctions>): Culprit => ({
  bug: define(name, bug),
  fixed: define(`${name}-fixed`, fixed),
});

export const culprits: readonly Culprit[] = [
  pair(
    'no-wait',
    { flushTlbMmRange: sendAndGoOn(false), callFunctionInterrupt: flushAll },
    { flushTlbMmRange: sendAndGoOn(true), callFunctionInterrupt: flushAll },
  ),
  pair('slot-too-high', { flushTlbFunc: flushThenStore(true) }, { flushTlbFunc: flushThenStore(false) }),
  pair('slot-after-flush', { loadNewMmCr3: loadNewMm(true) }, { loadNewMmCr3: loadNewMm(false) }),
  pair('recycled', { loadNewMmCr3: loadRecycled(false) }, { loadNewMmCr3: loadRecycled(true) }),
  pair('interrupts-on', { contextSwitch: switchTask }, { contextSwitch }),
];
