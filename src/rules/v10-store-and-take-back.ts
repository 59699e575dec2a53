import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { findSlot } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V10: a sequence count that the owner makes odd before and even after it changes a slot; the initiator
 * stores, and takes its store back when the count has moved. Assumes that nobody looks at the slot in
 * between, and that what it puts back is still the slot's. All of it plain stores.
 */
export function* storeSlotInSequence(
  cpu: KernelCpu,
  asid: number,
  ctxId: number,
  tlbGen: number,
): Protocol<void> {
  const seq = cpu.layout.rule.seq[cpu.id];
  const before = yield* cpu.readOnce(seq);
  yield* cpu.writeOnce(seq, before + 1);
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].ctxId, ctxId);
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
  yield* cpu.storeRelease(seq, before + 2);
}

export function* storeAndTakeBack(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const seq = cpu.layout.rule.seq[target];
  const begun = yield* cpu.condLoadAcquire(seq, 1, 0);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const word = cpu.per[target].tlbstate.ctxs[asid].tlbGen;
  const old = yield* cpu.readOnce(word);
  yield* cpu.writeOnce(word, tlbGen);
  const ended = yield* cpu.readOnce(seq);
  if (ended !== begun) yield* cpu.writeOnce(word, old);
}

export const v10: Rule = {
  name: 'v10',
  action: 'stores the generation, and takes it back if the owner has moved meanwhile',
  summary: 'stores g, and stores the old generation back if a sequence count of the owner has moved',
  assumes: 'nobody decides from the store before it is taken back',
  senseless: fitsAll,
  functions: (backend) => ({
    ...afterFlush,
    ...completeFlush(backend),
    storeSlot: storeSlotInSequence,
    updateRemoteGen: storeAndTakeBack,
  }),
};
