import { defineVariant, type KernelCpu, type Protocol, shouldFlushTlb } from 'shootdown';

/** No IPI to a CPU whose slot has the new generation already: it must have flushed since. Or must it? */
function* unlessCaughtUp(cpu: KernelCpu, target: number): Protocol<boolean> {
  const { loadedMmAsid, ctxs } = cpu.per[target].tlbstate;
  const asid = yield* cpu.readOnce(loadedMmAsid);
  const slotGen = yield* cpu.readOnce(ctxs[asid].tlbGen);
  const newGen = yield* cpu.readOnce(cpu.own.flushInfo.newTlbGen);
  if (slotGen >= newGen) return false;
  return yield* shouldFlushTlb(cpu, target);
}

export const caughtUp = defineVariant({
  name: 'caught-up',
  base: '6.18',
  replace: { shouldFlushTlb: unlessCaughtUp },
});
