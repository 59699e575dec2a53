/**
 * The kernel's structures that protocol code reads, as word addresses: what `kernelLayout` hands out. Every
 * field is one word, or the first of several.
 */

/** `struct tlb_context`: an aligned pair. */
export interface TlbContext {
  readonly ctxId: number;
  readonly tlbGen: number;
}

/**
 * `struct tlb_state` and `tlb_state_shared` (arch/x86/include/asm/tlbflush.h). Owner-written; others read
 * loadedMm, loadedMmAsid, isLazy.
 */
export interface TlbState {
  readonly loadedMm: number;
  readonly loadedMmAsid: number;
  readonly nextAsid: number;
  readonly invalidateOther: number;
  readonly isLazy: number;
  readonly ctxs: readonly TlbContext[];
}

/** `struct flush_tlb_info`: one per CPU, static in the kernel. */
export interface FlushTlbInfo {
  readonly mm: number;
  readonly start: number;
  readonly end: number;
  readonly newTlbGen: number;
  readonly initiatingCpu: number;
  readonly strideShift: number;
  readonly freedTables: number;
  readonly trimCpumask: number;
}

/** Fields of `struct call_single_data`, as offsets from its address. */
export const CSD_NEXT = 0;
export const CSD_FLAGS = 1;
export const CSD_FUNC = 2;
export const CSD_INFO = 3;

/** `struct call_function_data` and the CPU's `call_single_queue`. */
export interface CallFunctionData {
  /** Addresses of the csds, one per target CPU. */
  readonly csd: readonly number[];
  readonly cpumask: number;
  readonly cpumaskIpi: number;
  readonly queue: number;
}

/** `struct tlbflush_unmap_batch` of the task that runs on the CPU. */
export interface TlbUbc {
  readonly cpumask: number;
  readonly flushRequired: number;
  readonly writable: number;
  readonly unmappedPages: number;
}

/** `struct mmu_gather` of the operation that runs on the CPU, with its batches of pages and tables. */
export interface MmuGather {
  readonly mm: number;
  readonly start: number;
  readonly end: number;
  readonly fullmm: number;
  readonly needFlushAll: number;
  readonly freedTables: number;
  readonly clearedPtes: number;
  readonly pages: number;
  readonly pagesCount: number;
  readonly tables: number;
  readonly tablesCount: number;
}

/** `current` and `rq` of the CPU. */
export interface Current {
  /** mm of the running task, NULL for a kernel thread. */
  readonly mm: number;
  /** mm whose page tables it runs on. */
  readonly activeMm: number;
  /** By mm handle: 1 while a thread of that mm lives on this CPU. */
  readonly threads: number;
}

/** `struct mm_struct` with its context. */
export interface MmStruct {
  readonly ctxId: number;
  readonly tlbGen: number;
  readonly nextTrimCpumask: number;
  readonly cpumask: number;
  readonly mmUsers: number;
  readonly mmCount: number;
  readonly mmapLock: number;
  readonly pageTableLock: number;
  readonly anonVmaLock: number;
  readonly tlbFlushPending: number;
  readonly tlbFlushBatched: number;
  /** Frame of the root table. */
  readonly pgd: number;
  /** 1 from fork to exit: scripts wait for it. */
  readonly alive: number;
  /** Protection of each page's VMA (VM_*): see `vmaOffset`. */
  readonly vmas: number;
}

export interface PerCpu {
  readonly tlbstate: TlbState;
  readonly flushInfo: FlushTlbInfo;
  readonly cfd: CallFunctionData;
  readonly ubc: TlbUbc;
  readonly gather: MmuGather;
  readonly current: Current;
}

/** What a KVM guest has per CPU. */
export interface KvmLayout {
  /** `kvm_steal_time.preempted`. */
  readonly preempted: readonly number[];
  /** `__pv_cpu_mask`: scratch. */
  readonly mask: readonly number[];
}

/** What a guest has per CPU for flush hypercalls (see machine/hypervisor.ts). */
export interface HypercallLayout {
  readonly requests: readonly number[];
  readonly outstanding: readonly number[];
  readonly wanted: readonly number[];
  /** 1: the host has loaded init_mm's tables for a lazy CPU. */
  readonly parked: readonly number[];
}

/** Global ASIDs: the pool, and what each mm has of it (`mm->context`). */
export interface GlobalAsidLayout {
  /** `global_asid_lock`, `last_global_asid`, `global_asid_available`; bitmaps of a word each, by ASID. */
  readonly lock: number;
  readonly last: number;
  readonly available: number;
  readonly used: number;
  readonly freed: number;
  /** By mm handle: `global_asid`, `asid_transition`. */
  readonly asid: readonly number[];
  readonly transition: readonly number[];
  /** The first global ASID (TLB_NR_DYN_ASIDS), and the number behind the last one (MAX_ASID_AVAILABLE). */
  readonly first: number;
  readonly end: number;
  /** An mm that more CPUs run than this is given one. */
  readonly threshold: number;
}

/** What rules about remote generations have per CPU (src/rules). */
export interface RuleLayout {
  /** Scratch: CPUs that the flush under way reaches. */
  readonly flushed: readonly number[];
  /** Scratch: CPUs whose lock this CPU holds. */
  readonly held: readonly number[];
  readonly lock: readonly number[];
  readonly seq: readonly number[];
  /** An aligned pair: ctx_id, generation * 2 + full. */
  readonly mailbox: readonly number[];
  /** A lazy CPU is asked to leave its mm when it can. */
  readonly unlazy: readonly number[];
}
