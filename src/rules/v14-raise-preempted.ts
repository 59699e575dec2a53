import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { BY_ENTRY } from '../kernel/remote-flush.js';
import type { Protocol } from '../machine/protocol.js';
import { requestCtxId } from './request.js';
import type { Rule } from './rule.js';
import { raiseByOneAfterRange } from './v7-raise-by-one-after-range.js';

/**
 * V14 (KVM): right after the flush request of a preempted vCPU is in its byte, V4 (after a range V7); the
 * others are flushed by IPI and update themselves. Assumes that the host flushes before the vCPU executes
 * anything: a host that loses the request (B27), or that completes an access with an old translation (B29),
 * makes what was a passing fault a lasting one (fact F8).
 */
export function* raisePreempted(cpu: KernelCpu, target: number, by: number): Protocol<void> {
  if (by !== BY_ENTRY) return;
  const ctxId = yield* requestCtxId(cpu);
  // A batched unmap names no mm.
  if (ctxId !== 0) yield* raiseByOneAfterRange(cpu, target);
}

export const v14: Rule = {
  name: 'v14',
  action: 'compare-exchanges {ctx_id, tlb_gen} of preempted vCPUs only, when their flush is requested',
  summary: 'as v7, on preempted vCPUs only, as soon as their flush is requested',
  assumes: 'the host flushes a vCPU for which a flush was requested before it executes anything',
  needsPair: true,
  senseless: ({ has, name }) =>
    has.preemptedByte === true
      ? null
      : `acts on the flush request in the byte of a preempted vCPU, which ${name} does not have`,
  functions: () => ({ targetAsked: raisePreempted }),
};
