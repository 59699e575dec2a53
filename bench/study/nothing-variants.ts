import { defineVariant, hypercallTarget, type KernelCpu, type Protocol, shouldFlushTlb } from 'shootdown';

/**
 * Variants that decide as their base does: one that is the base's own functions again, one that reads one
 * word more for each target.
 */

function* oneReadMore(cpu: KernelCpu, target: number): Protocol<boolean> {
  yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  return yield* shouldFlushTlb(cpu, target);
}

function* oneReadMorePerVcpu(cpu: KernelCpu, target: number, freedTables: boolean): Protocol<void> {
  yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  yield* hypercallTarget(cpu, target, freedTables);
}

export const nativeNothing = defineVariant({
  name: 'native-nothing',
  base: 'native/v0',
  replace: { shouldFlushTlb },
});
export const nativeOneRead = defineVariant({
  name: 'native-one-read',
  base: 'native/v0',
  replace: { shouldFlushTlb: oneReadMore },
});
export const hypercallNothing = defineVariant({
  name: 'hypercall-nothing',
  base: 'hypercall/v0',
  replace: { hypercallTarget },
});
export const hypercallOneRead = defineVariant({
  name: 'hypercall-one-read',
  base: 'hypercall/v0',
  replace: { hypercallTarget: oneReadMorePerVcpu },
});
