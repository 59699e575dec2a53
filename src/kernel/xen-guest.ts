import { RIGHT_WRITE } from '../machine/ghost.js';
import type { Protocol } from '../machine/protocol.js';
import { PTE_PRESENT, PTE_WRITE } from '../machine/pte.js';
import { TLB_FLUSH_ALL, TLB_GENERATION_INVALID } from './constants.js';
import { flushTlbFunc } from './flush-tlb-func.js';
import type { KernelCpu } from './kernel-cpu.js';
import { UPDATE_WORDS } from './xen-layout.js';

/** What a Xen PV guest has in the place of the kernel's own functions (pv_ops). */

/**
 * `xen_write_cr3`: the hypervisor loads it, and the guest then notes that it has. B23: a load that always
 * carries the no-flush bit keeps what was cached between the flush before it and the load (XSA-292).
 *
 * @assumes interrupts are off.
 */
export function* xenWriteCr3(cpu: KernelCpu, root: number, pcid: number, _noFlush: boolean): Protocol<void> {
  if (cpu.features.xenCr3Purges) {
    yield* cpu.writeCr3(root, pcid, false);
  } else {
    yield* cpu.invpcid(1, pcid, 0);
    yield* cpu.writeCr3(root, pcid, true);
  }
  yield* cpu.writeOnce(cpu.layout.xen.currentCr3[cpu.id], root);
}

/** `arch_enter_lazy_mmu_mode`. */
export function* xenEnterLazyMmu(cpu: KernelCpu): Protocol<void> {
  yield* cpu.poke(cpu.layout.xen.lazyMmu[cpu.id], 1);
}

/** `arch_leave_lazy_mmu_mode`: what was queued is carried out. */
export function* xenLeaveLazyMmu(cpu: KernelCpu): Protocol<void> {
  yield* cpu.poke(cpu.layout.xen.lazyMmu[cpu.id], 0);
  yield* cpu.fn.xenMcFlush(cpu);
}

/**
 * `xen_ptep_modify_prot_start` and `..._commit`: the entry stays where it is until the hypervisor takes the
 * right away, and the update is queued.
 *
 * @assumes the page-table lock is held; lazy MMU mode.
 */
export function* xenChangePte(cpu: KernelCpu, mm: number, page: number, address: number): Protocol<void> {
  const pte = yield* cpu.readOnce(address);
  if ((pte & PTE_PRESENT) === 0) {
    yield* cpu.promise(mm, page, RIGHT_WRITE);
    return;
  }
  const queue = cpu.layout.xen.queue[cpu.id];
  const updates = yield* cpu.peek(queue);
  const at = queue + 1 + updates * UPDATE_WORDS;
  yield* cpu.poke(at, mm);
  yield* cpu.poke(at + 1, page);
  yield* cpu.poke(at + 2, address);
  yield* cpu.poke(queue, updates + 1);
  if ((pte & PTE_WRITE) !== 0) yield* cpu.fn.tlbRemoveTlbEntry(cpu, page);
}

/**
 * `xen_exit_mmap`: page tables that are pinned are the hypervisor's; before they are unpinned, no CPU may
 * have them in CR3, lazily either (`xen_drop_mm_ref`).
 *
 * @assumes interrupts are on; no task runs the mm.
 */
export function* xenExitMmap(cpu: KernelCpu, mm: number): Protocol<void> {
  const { currentCr3, mask } = cpu.layout.xen;
  const root = yield* cpu.peek(cpu.mms[mm].pgd);
  if (cpu.features.xenDropsLazyRefs) {
    yield* cpu.localIrqDisable();
    yield* cpu.fn.xenDropMmRefHere(cpu, mm);
    yield* cpu.localIrqEnable();
    for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(mask[cpu.id] + word, 0);
    let others = 0;
    for (let target = 0; target < cpu.per.length; target++) {
      const loaded = yield* cpu.readOnce(currentCr3[target]);
      if (loaded !== root) continue;
      const word = mask[cpu.id] + (target >> 5);
      const bits = yield* cpu.peek(word);
      yield* cpu.poke(word, bits | (1 << (target & 31)));
      others++;
    }
    if (others > 0) {
      yield* cpu.fn.getFlushTlbInfo(cpu, mm, 0, TLB_FLUSH_ALL, 0, true, TLB_GENERATION_INVALID);
      yield* cpu.fn.smpCallFunctionManyCond(cpu, mask[cpu.id], false);
    }
  }
  for (let target = 0; target < cpu.per.length; target++) {
    const loaded = yield* cpu.readOnce(currentCr3[target]);
    yield* cpu.assert(loaded !== root, 'page tables are unpinned that a CPU has in CR3');
  }
}

/**
 * The kernel's only IPI here is that of `xen_drop_mm_ref`, whose request names an mm and no generation. A
 * CPU's own flush, and one by IPI that a rule asks for, is the kernel's.
 */
export function* xenFlushTlbFunc(cpu: KernelCpu, initiator: number): Protocol<void> {
  const newTlbGen = yield* cpu.readOnce(cpu.per[initiator].flushInfo.newTlbGen);
  if (initiator === cpu.id || newTlbGen !== TLB_GENERATION_INVALID) {
    yield* flushTlbFunc(cpu, initiator);
    return;
  }
  const mm = yield* cpu.readOnce(cpu.per[initiator].flushInfo.mm);
  yield* cpu.fn.xenDropMmRefHere(cpu, mm);
}
