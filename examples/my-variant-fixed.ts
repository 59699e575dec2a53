import { defineVariant, type KernelCpu, type Protocol, requestCtxId, shouldFlushTlb } from 'shootdown';

/**
 * The idea of my-variant.ts, made right: a generation says something only together with the ctx_id beside it.
 * A request that names no mm (batched unmap) has ctx_id 0, which is also what an empty slot has.
 *
 *     shootdown hunt examples/my-variant-fixed.ts
 */
function* unlessSlotCaughtUp(cpu: KernelCpu, target: number): Protocol<boolean> {
  const { loadedMmAsid, ctxs } = cpu.per[target].tlbstate;
  const ctxId = yield* requestCtxId(cpu);
  const newGen = yield* cpu.readOnce(cpu.own.flushInfo.newTlbGen);
  const asid = yield* cpu.readOnce(loadedMmAsid);
  const owner = yield* cpu.readOnce(ctxs[asid].ctxId);
  const slotGen = yield* cpu.readOnce(ctxs[asid].tlbGen);
  if (ctxId !== 0 && owner === ctxId && slotGen >= newGen) return false;
  return yield* shouldFlushTlb(cpu, target);
}

export const slotCaughtUp = defineVariant({
  name: 'slot-caught-up',
  base: '6.18',
  replace: { shouldFlushTlb: unlessSlotCaughtUp },
});
