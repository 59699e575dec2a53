/**
 * What variants of users may use of the kernel: its protocol functions under the kernel's names, and
 * constants. A replacement calls others through `cpu.fn`, so that those may be replaced too; called by name
 * here they are this kernel's own.
 */

export * from './batched-unmap.js';
export * from './broadcast-flush.js';
export * from './choose-new-asid.js';
export * from './constants.js';
export * from './cpumask.js';
export * from './events.js';
export * from './flush-mm-range.js';
export * from './flush-tlb-func.js';
export * from './global-asid.js';
export * from './hypercall.js';
export * from './hyperv.js';
export * from './hyperv-target.js';
export * from './kvm-host.js';
export * from './lazy.js';
export * from './mm/exit.js';
export * from './mm/fault.js';
export * from './mm/fork.js';
export * from './mm/madvise.js';
export * from './mm/map.js';
export * from './mm/page-table.js';
export * from './mm/protect.js';
export * from './mm/reclaim.js';
export * from './mm/zap.js';
export * from './mmu-gather.js';
export * from './remote-flush.js';
export * from './sched.js';
export { runStep, userInstruction } from './script.js';
export * from './should-flush-tlb.js';
export * from './slots.js';
export * from './smp.js';
export { CSD_FLAGS, CSD_FUNC, CSD_INFO, CSD_NEXT } from './structs.js';
export * from './switch-mm.js';
export * from './xen.js';
export * from './xen-guest.js';
