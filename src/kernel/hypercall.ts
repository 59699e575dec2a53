import { FLUSH_EVERYTHING, FLUSH_PAGES } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import { MM_NULL, TLB_FLUSH_ALL } from './constants.js';
import type { KernelCpu } from './kernel-cpu.js';
import { BY_HYPERCALL } from './remote-flush.js';

/**
 * The guest's side of a flush hypercall (arch/x86/hyperv/mmu.c), as far as rules replace it; the rest is
 * backends/hypercall.ts.
 */

/** What the host is asked for. Rules that ask for something else do so behind `fillRequest`. */
export function* describeHypercall(cpu: KernelCpu): Protocol<void> {
  yield* cpu.fn.fillRequest(cpu);
}

/**
 * The input page of the hypercall: everything (FLUSH_VIRTUAL_ADDRESS_SPACE), or a list of pages
 * (FLUSH_VIRTUAL_ADDRESS_LIST). A guest of a named hypervisor fills in that one's instead.
 */
export function* fillRequest(cpu: KernelCpu): Protocol<void> {
  const info = cpu.own.flushInfo;
  const wanted = cpu.layout.hypercall.wanted[cpu.id];
  const mm = yield* cpu.readOnce(info.mm);
  const start = yield* cpu.readOnce(info.start);
  const end = yield* cpu.readOnce(info.end);
  const full = mm === MM_NULL || end === TLB_FLUSH_ALL;
  yield* cpu.writeOnce(wanted, full ? FLUSH_EVERYTHING : FLUSH_PAGES);
  yield* cpu.writeOnce(wanted + 1, start);
  yield* cpu.writeOnce(wanted + 2, end);
}

/**
 * Has one vCPU flushed by the hypercall; a guest of a named hypervisor writes it into its request instead.
 *
 * @assumes the vCPU is to be flushed.
 */
export function* askByHypercall(cpu: KernelCpu, target: number): Protocol<void> {
  yield* cpu.fn.beforeTargetFlush(cpu, target);
  yield* cpu.postFlush(target);
  yield* cpu.fn.targetAsked(cpu, target, BY_HYPERCALL);
}

/**
 * One vCPU's part, unless it is lazy and may stay so: it reads the generation after a full barrier when it
 * comes back.
 */
export function* hypercallTarget(cpu: KernelCpu, target: number, freedTables: boolean): Protocol<void> {
  if (!freedTables) {
    const isLazy = yield* cpu.readOnce(cpu.per[target].tlbstate.isLazy);
    if (isLazy !== 0) return;
  }
  yield* cpu.fn.askByHypercall(cpu, target);
}
