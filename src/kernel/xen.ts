import { RIGHT_WRITE } from '../machine/ghost.js';
import { FLUSH_EVERYTHING, FLUSH_PAGES } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import { INIT_MM, TLB_REMOTE_SEND_IPI } from './constants.js';
import { cpumaskNext } from './cpumask.js';
import { EV_TLB_FLUSH } from './events.js';
import type { KernelCpu } from './kernel-cpu.js';
import { UPDATE_WORDS } from './xen-layout.js';

/**
 * A Xen PV guest (arch/x86/xen/mmu_pv.c, multicalls.c): page tables are written, CR3 is loaded and TLBs are
 * flushed by the hypervisor, in the order in which the guest has queued it.
 */

/**
 * `xen_mc_flush`: carries the batch out, updates of page tables first, for they were queued first; then the
 * flush, if there is one.
 *
 * @assumes this CPU cannot be moved to another.
 */
export function* xenMcFlush(cpu: KernelCpu): Protocol<void> {
  const { flushQueued } = cpu.layout.xen;
  const flush = yield* cpu.peek(flushQueued[cpu.id]);
  yield* cpu.poke(flushQueued[cpu.id], 0);
  if (cpu.features.xenKeepsOrder) yield* cpu.fn.xenUpdates(cpu);
  if (flush !== 0) yield* cpu.fn.xenFlush(cpu);
  if (!cpu.features.xenKeepsOrder) yield* cpu.fn.xenUpdates(cpu);
}

/**
 * The queued updates: MMU_PT_UPDATE_PRESERVE_AD, which keeps the bits that a walker sets meanwhile.
 *
 * @assumes the page-table lock is held.
 */
export function* xenUpdates(cpu: KernelCpu): Protocol<void> {
  const queue = cpu.layout.xen.queue[cpu.id];
  const updates = yield* cpu.peek(queue);
  for (let update = 0; update < updates; update++) {
    const at = queue + 1 + update * UPDATE_WORDS;
    const mm = yield* cpu.peek(at);
    const page = yield* cpu.peek(at + 1);
    const address = yield* cpu.peek(at + 2);
    yield* cpu.ptepSetWrprotect(mm, page, address);
    yield* cpu.promise(mm, page, RIGHT_WRITE);
  }
  yield* cpu.poke(queue, 0);
}

/**
 * MMUEXT_TLB_FLUSH_MULTI, or MMUEXT_INVLPG_MULTI for a page: the hypervisor flushes each vCPU of the mask,
 * running or not, lazy or not, this one too.
 *
 * @assumes the request is filled in.
 */
export function* xenFlush(cpu: KernelCpu): Protocol<void> {
  const mask = cpu.layout.xen.mask[cpu.id];
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_SEND_IPI, 0);
  yield* cpu.localIrqDisable();
  yield* cpu.fn.describeHypercall(cpu);
  const wanted = cpu.layout.hypercall.wanted[cpu.id];
  const kind = yield* cpu.readOnce(wanted);
  const start = yield* cpu.readOnce(wanted + 1);
  const end = yield* cpu.readOnce(wanted + 2);
  if (kind === FLUSH_PAGES && end - start > 1) yield* cpu.writeOnce(wanted, FLUSH_EVERYTHING);
  let target = yield* cpumaskNext(cpu, 0, mask);
  while (target >= 0) {
    yield* cpu.fn.hypercallTarget(cpu, target, true);
    target = yield* cpumaskNext(cpu, target + 1, mask);
  }
  yield* cpu.condLoadAcquire(cpu.layout.hypercall.outstanding[cpu.id], -1, 0);
  yield* cpu.localIrqEnable();
}

/**
 * `drop_mm_ref_this_cpu`.
 *
 * @assumes interrupts are off.
 */
export function* xenDropMmRefHere(cpu: KernelCpu, mm: number): Protocol<void> {
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  if (loadedMm === mm) yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
}
