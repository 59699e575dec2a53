import { hypercallTarget } from '../kernel/hypercall.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { askOneByOne } from './one-by-one.js';
import type { Rule } from './rule.js';

/**
 * Lazy CPUs under a flush hypercall, answer (a): they get an IPI instead, whose handler leaves the mm, so
 * that no later flush concerns them. Only flushes that freed tables reach lazy CPUs at all.
 */
export function* forgetLazy(cpu: KernelCpu): Protocol<void> {
  for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(cpu.layout.rule.held[cpu.id] + word, 0);
}

export function* setLazyAside(cpu: KernelCpu, target: number, freedTables: boolean): Protocol<void> {
  const isLazy = freedTables && target !== cpu.id ? yield* cpu.readOnce(cpu.per[target].tlbstate.isLazy) : 0;
  if (isLazy === 0) {
    yield* hypercallTarget(cpu, target, freedTables);
    return;
  }
  const word = cpu.layout.rule.held[cpu.id] + (target >> 5);
  const bits = yield* cpu.peek(word);
  yield* cpu.poke(word, bits | (1 << (target & 31)));
}

/** Interrupts are on again: the wait for IPIs needs them. */
export function* interruptLazy(cpu: KernelCpu): Protocol<void> {
  const held = cpu.layout.rule.held[cpu.id];
  for (let word = 0; word < cpu.maskWords; word++) {
    const bits = yield* cpu.peek(held + word);
    if (bits === 0) continue;
    yield* cpu.fn.smpCallFunctionManyCond(cpu, held, false);
    return;
  }
}

export const lazyIpi: Rule = {
  name: 'lazy-ipi',
  action: 'sends lazy CPUs an IPI instead, by which they leave the mm',
  summary: 'lazy CPUs get an IPI instead of the hypercall, and leave the mm',
  assumes: 'nothing beyond what IPIs assume',
  senseless: ({ has, name }) =>
    has.postedRequests === true ? null : `${name} sends IPIs to lazy CPUs that run already`,
  functions: (backend) => ({
    beforeRemoteFlush: forgetLazy,
    hypercallTarget: setLazyAside,
    afterRemoteFlush: interruptLazy,
    ...askOneByOne(backend),
  }),
};
