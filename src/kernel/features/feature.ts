import type { GuestOf } from '../backend.js';
import type { RarFeatures } from './rar.js';

/**
 * Version differences of the kernel, each a named switch: what it changes, the commit that made it, and since
 * when. A profile is a set of features; a variant may switch single ones.
 *
 * `since` is the mainline release; commits are the kernel's. Evidence is in ARCHITECTURE.md where the sources
 * disagree.
 */
export interface Feature {
  readonly name: FeatureName;
  readonly summary: string;
  readonly commit: string | null;
  readonly since: string;
  /** The feature without which nothing looks at this one. */
  readonly needs?: FeatureName;
  /** It is the KVM host's: other backends have none that marks its vCPUs. */
  readonly host?: true;
  /** Nothing looks at it but where CPUs broadcast invalidations. */
  readonly broadcast?: true;
  /** Nothing looks at it but where CPUs have remote action requests. */
  readonly remoteActions?: true;
  /** It is of that hypervisor's guests: nothing else looks at it. */
  readonly guestOf?: GuestOf;
  /** It is the machine's, or decides what the kernel uses of it: no protocol function looks at it. */
  readonly machine?: true;
}

export interface Features extends RarFeatures {
  /**
   * flush_tlb_func returns when the request's generation is already reached, before it reads the contended mm
   * generation; else it reads that one first of all.
   */
  readonly genEarlyOut: boolean;
  /** Bug B4: that early return is also taken for requests that name no generation. */
  readonly earlyOutOnGenZero: boolean;
  /**
   * mm_cpumask bits are left set at switch-out, set only when clear at switch-in, and cleared by
   * flush_tlb_func on a CPU that runs another mm. Else they are cleared at switch-out, and a switch to the mm
   * that is loaded tests the bit.
   */
  readonly lazyCpumask: boolean;
  /** should_flush_tlb: no IPI to a CPU that has another mm loaded, unless the flush trims mm_cpumask. */
  readonly filterLoadedMm: boolean;
  /** should_flush_tlb: LOADED_MM_SWITCHING counts as "send", and loaded_mm is read before is_lazy. */
  readonly filterSwitching: boolean;
  /**
   * switch_mm_irqs_off publishes LOADED_MM_SWITCHING before it sets its mm_cpumask bit and reads tlb_gen, not
   * after.
   */
  readonly switchingBeforeGen: boolean;
  /** switch_mm_irqs_off has a full barrier also when the mm_cpumask bit was already set. */
  readonly barrierWhenBitSet: boolean;
  /** choose_new_asid keeps a slot whose generation is the mm's; else it flushes that one too. */
  readonly strictSlotTest: boolean;
  /** CPUs in lazy TLB mode get no IPI when no tables were freed. */
  readonly skipLazy: boolean;
  /** A flush that freed tables goes to lazy CPUs too. */
  readonly freedTablesReachLazy: boolean;
  /** munmap, mprotect and madvise flush batched unmaps that are pending, before they look at entries. */
  readonly flushBatchedPending: boolean;
  /** Pending and flushed batches are counted; else one flag says that something is pending. */
  readonly batchedPendingCounters: boolean;
  /** tlb_finish_mmu flushes everything when another gather is in flight on the mm. */
  readonly nestedGatherFlush: boolean;
  /**
   * Page-table pages are freed after an RCU grace period (`tlb_remove_table`), not at once after the flush
   * (`native_tlb_remove_table`).
   */
  readonly rcuTableFree: boolean;
  /**
   * inc_mm_tlb_gen is a locked increment, which is the full barrier between changing entries and looking at
   * CPUs.
   */
  readonly incGenIsBarrier: boolean;
  /**
   * The local flush is done while remote ones are under way (flush_tlb_multi); else before they are asked for
   * (flush_tlb_others).
   */
  readonly concurrentFlush: boolean;
  /** switch_mm_irqs_off stores is_lazy only when it was set; else always. */
  readonly lazyStoreWhenSet: boolean;
  /** smp_call_function_many_cond asks the condition for its own CPU before it sends anything; else after. */
  readonly localCondFirst: boolean;
  /**
   * smp_call_function_many_cond tests its own bit of the mask after it has sent; else before it does
   * anything.
   */
  readonly localTestLast: boolean;
  /**
   * KVM host: takes the preempted byte, and the flush request in it, by one exchange; else it writes the byte
   * back from a copy (B27).
   */
  readonly hostAtomicClear: boolean;
  /**
   * KVM host: marks only vCPUs that stopped between two instructions, not those whose access it emulates
   * (B29).
   */
  readonly hostMarksAtBoundary: boolean;
  /**
   * KVM host: remembers that it has marked a vCPU, and does not store the mark again over a flush request
   * (B28).
   */
  readonly hostRemembersMark: boolean;
  /**
   * KVM host: reaches the preempted byte where the guest's page is now, not through a mapping that it made
   * before the page was moved (B30).
   */
  readonly hostFollowsPage: boolean;
  /**
   * KVM host: marks vCPUs that it has preempted, not those that are out because its user space emulates
   * something for them (B31).
   */
  readonly hostMarksPreemptedOnly: boolean;
  /**
   * KVM host: marks idle vCPUs that have halted as well; who flushes them leaves them a request then, and
   * wakes nobody by IPI.
   */
  readonly hostMarksHalted: boolean;
  /** mms that many CPUs run get a global ASID, and are flushed by broadcast (INVLPGB). */
  readonly globalAsids: boolean;
  /** EFER.TCE is set: an invalidation of an address keeps upper-level entries that do not lead to it. */
  readonly translationCacheExtension: boolean;
  /** CPUs: a target answers a broadcast when what it stored through what goes is in memory. */
  readonly broadcastWaitsForAccesses: boolean;
  /** INVLPGB is not used before its largest count has been read from CPUID (B17). */
  readonly invlpgbCountKnown: boolean;
  /** Without PCIDs there are no broadcasts (B18). */
  readonly globalAsidNeedsPcid: boolean;
  /** INVLPGB names the host's or guest's own ASID; else a host's broadcast flushes its guests too (B19). */
  readonly invlpgbAsidValid: boolean;
  /**
   * Batched unmaps as the series was posted: an mm with a global ASID is broadcast when its page is unmapped;
   * else everything is, once, in arch_tlbbatch_flush.
   */
  readonly batchByMm: boolean;
  /** arch_tlbbatch_flush waits for broadcasts and sends IPIs too (B20a). */
  readonly batchSyncsAndSends: boolean;
  /** An mm in transition gets both, its broadcast and IPIs (B20b). */
  readonly batchSeesTransition: boolean;
  /** TLBSYNC is executed on the CPU that has broadcast: the task cannot migrate in between (B20c). */
  readonly tlbsyncOnSameCpu: boolean;
  /** An mm is in transition before its global ASID can be seen (B20d). */
  readonly transitionBeforeAsid: boolean;
  /**
   * flush_tlb_func sees that the CPU is lazy before it follows to a global ASID, which would end its laziness
   * while it idles on.
   */
  readonly lazyBeforeGlobalAsid: boolean;
  /** Hyper-V guests: CPUs in lazy TLB mode are left out of the hypercall when no tables were freed. */
  readonly hypervSkipsLazy: boolean;
  /**
   * Hyper-V guests: a mask that has become empty is no CPU's number; else it is tested once, before its last
   * CPU is looked for (B32).
   */
  readonly hypervSeesEmptyMask: boolean;
  /** Hyper-V guests: a CPU whose virtual processor's number is not known sends the flush by IPI (B33). */
  readonly hypervChecksVpNumber: boolean;
  /** Hyper-V guests: an address list ends at the range's end, not behind it (B34). */
  readonly hypervListEndsAtEnd: boolean;
  /** Xen: a load of CR3 drops what was cached before it; else it carries the no-flush bit (B23, XSA-292). */
  readonly xenCr3Purges: boolean;
  /** Xen PV guests: a flush is carried out behind updates of page tables that were queued before it (C12). */
  readonly xenKeepsOrder: boolean;
  /** Xen PV guests: CPUs that have an mm loaded lazily leave it before its page tables are unpinned. */
  readonly xenDropsLazyRefs: boolean;
}

export type FeatureName = keyof Features;
