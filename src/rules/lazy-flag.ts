import { INIT_MM } from '../kernel/constants.js';
import { hypercallTarget } from '../kernel/hypercall.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { enterLazyTlb } from '../kernel/lazy.js';
import { BY_ENTRY } from '../kernel/remote-flush.js';
import type { Protocol } from '../machine/protocol.js';
import { askOneByOne } from './one-by-one.js';
import type { Rule } from './rule.js';

/**
 * Lazy CPUs under a paravirtual flush, answer (c): an initiator that has one flushed also sets a flag, which
 * the CPU reads when it goes from one kernel thread to the next, and leaves the mm. The flag is advice: set
 * too late or for nothing it costs a switch.
 */
export function* askToUnlazy(cpu: KernelCpu, target: number, freedTables: boolean): Protocol<void> {
  if (freedTables) yield* flagIfLazy(cpu, target);
  yield* hypercallTarget(cpu, target, freedTables);
}

export function* askPreemptedToUnlazy(cpu: KernelCpu, target: number, by: number): Protocol<void> {
  if (by === BY_ENTRY) yield* flagIfLazy(cpu, target);
}

export function* flagIfLazy(cpu: KernelCpu, target: number): Protocol<void> {
  const isLazy = yield* cpu.readOnce(cpu.per[target].tlbstate.isLazy);
  if (isLazy !== 0) yield* cpu.writeOnce(cpu.layout.rule.unlazy[target], 1);
}

/** Runs with interrupts off. */
export function* enterOrLeave(cpu: KernelCpu): Protocol<void> {
  const flag = cpu.layout.rule.unlazy[cpu.id];
  const asked = yield* cpu.readOnce(flag);
  if (asked !== 0) {
    yield* cpu.writeOnce(flag, 0);
    yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
    return;
  }
  yield* enterLazyTlb(cpu);
}

export const lazyFlag: Rule = {
  name: 'lazy-flag',
  action: 'sets a flag by which a flushed lazy CPU leaves the mm at its next kernel thread',
  summary: 'a flag asks lazy CPUs that were flushed to leave the mm at their next kernel thread',
  assumes: 'nothing: the flag is advice',
  senseless: ({ has }) => (has.virtualCpus === true ? null : 'a question about paravirtual flushes'),
  functions: (backend) => ({
    enterLazyTlb: enterOrLeave,
    ...(backend.has.preemptedByte === true
      ? { targetAsked: askPreemptedToUnlazy }
      : { hypercallTarget: askToUnlazy, ...askOneByOne(backend) }),
  }),
};
