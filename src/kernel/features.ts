import type { GuestOf } from './backend.js';

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
  /** It is of that hypervisor's guests: nothing else looks at it. */
  readonly guestOf?: GuestOf;
  /** It is the machine's, or decides what the kernel uses of it: no protocol function looks at it. */
  readonly machine?: true;
}

export interface Features {
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

/** The feature among `known`, a variant's, that a name stands for, whatever its letters' case. */
export function featureNamed(name: string, known: Features): FeatureName | undefined {
  const wanted = name.toLowerCase();
  return (Object.keys(known) as FeatureName[]).find((one) => one.toLowerCase() === wanted);
}

export const features: readonly Feature[] = [
  {
    name: 'genEarlyOut',
    summary:
      'flush_tlb_func returns early when the generation asked for is already reached, and reads that of ' +
      'the mm late',
    commit: 'aa44284960d5',
    since: '6.0',
  },
  {
    name: 'earlyOutOnGenZero',
    summary: 'bug B4: the early return also takes requests without a generation (batched unmap)',
    commit: 'aa44284960d5',
    since: '6.0-rc1 until 8f1d56f64f8d',
    needs: 'genEarlyOut',
  },
  {
    name: 'lazyCpumask',
    summary: 'mm_cpumask bits stay set at switch-out and are cleared by a useless flush',
    commit: '209954cbc7d0',
    since: '6.14',
  },
  {
    name: 'filterLoadedMm',
    summary: 'should_flush_tlb skips CPUs that have another mm loaded',
    commit: '6db2526c1d69',
    since: '6.14, stable 5.15 to 6.12',
  },
  {
    name: 'filterSwitching',
    summary: 'should_flush_tlb sends to a CPU in the SWITCHING window and reads loaded_mm before is_lazy',
    commit: 'fea4e317f9e7',
    since: '6.15-rc6, 6.14.7; stable 5.15.183, 6.1.139, 6.6.91, 6.12.29',
    needs: 'filterLoadedMm',
  },
  {
    name: 'switchingBeforeGen',
    summary: 'switch_mm_irqs_off publishes SWITCHING before it reads tlb_gen',
    commit: null,
    since: '6.15-rc1 (global ASID series), stable 6.12.97',
  },
  {
    name: 'barrierWhenBitSet',
    summary: 'switch_mm_irqs_off has a full barrier also when its mm_cpumask bit was set already',
    commit: '83b0177a6c48',
    since: '6.18-rc2, 6.17.5',
    needs: 'lazyCpumask',
  },
  {
    name: 'strictSlotTest',
    summary:
      'choose_new_asid flushes a slot only when its generation is less than that of the mm, not when it ' +
      'is the same',
    commit: '10af6235e0d3',
    since: '4.14',
  },
  {
    name: 'skipLazy',
    summary: 'lazy CPUs get no flush IPI when no tables were freed',
    commit: '145f573b89a6',
    since: '4.20',
  },
  {
    name: 'freedTablesReachLazy',
    summary: 'a flush that freed tables goes to lazy CPUs too',
    commit: '016c4d92cd16 (flush_tlb_mm_range), 97807813fe70 (flush_tlb_info)',
    since: '4.20',
  },
  {
    name: 'flushBatchedPending',
    summary:
      'batched unmaps that are pending are flushed under the page-table lock before entries are looked at',
    commit: '3ea277194daa',
    since: '4.13',
  },
  {
    name: 'batchedPendingCounters',
    summary: 'pending and flushed batches are counted, so that no mark is lost',
    commit: '5ee2fa2f0636',
    since: '5.17',
    needs: 'flushBatchedPending',
  },
  {
    name: 'nestedGatherFlush',
    summary: 'tlb_finish_mmu flushes everything when gathers are nested',
    commit: '99baac21e458',
    since: '4.13',
  },
  {
    name: 'rcuTableFree',
    summary:
      'page-table pages are freed after an RCU grace period (tlb_remove_table), not right after the flush',
    commit: null,
    since: 'KVM, Xen and Hyper-V guests; 6.14 with CONFIG_PT_RECLAIM (its default); every x86 since 6.15',
  },
  {
    name: 'incGenIsBarrier',
    summary: 'inc_mm_tlb_gen is a full barrier',
    commit: '71b3c126e611',
    since: '4.5 (before generations: a barrier in the flush)',
  },
  {
    name: 'concurrentFlush',
    summary: 'local and remote TLBs are flushed at the same time; before, first the local one',
    commit: '4ce94eabac16',
    since: '5.13',
  },
  {
    name: 'lazyStoreWhenSet',
    summary: 'switch_mm_irqs_off stores is_lazy only when it was set; before, always',
    commit: '09c5272e4861',
    since: '5.13',
  },
  {
    name: 'localCondFirst',
    summary:
      'smp_call_function_many_cond asks the condition for its own CPU before it sends; before and ' +
      'after, once it has sent',
    commit: '63a48181fbcd',
    since: '6.14 to 6.16',
    needs: 'concurrentFlush',
  },
  {
    name: 'localTestLast',
    summary: 'smp_call_function_many_cond tests its own bit of the mask after it has sent',
    commit: 'e0e9506523fe',
    since: '6.17',
    needs: 'concurrentFlush',
  },
  {
    name: 'hostAtomicClear',
    summary: 'the KVM host takes the preempted byte with its flush request by one exchange',
    commit: 'b043138246a4',
    since: '5.6 (CVE-2019-3016)',
    host: true,
  },
  {
    name: 'hostMarksAtBoundary',
    summary: 'the KVM host marks only vCPUs that stopped at an instruction boundary as preempted',
    commit: '6cd88243c7e0',
    since: '5.19',
    host: true,
  },
  {
    name: 'hostRemembersMark',
    summary: 'the KVM host does not mark a vCPU twice, over a flush request',
    commit: '8c6de56a42e0',
    since: '5.6',
    host: true,
  },
  {
    name: 'hostFollowsPage',
    summary: 'the KVM host reaches the preempted byte through its user address, wherever the page is now',
    commit: '7e2175ebd695',
    since: '5.16',
    host: true,
  },
  {
    name: 'hostMarksPreemptedOnly',
    summary: 'the KVM host does not mark a vCPU that has left for its user space as preempted',
    commit: '54aa83c90198',
    since: '5.19',
    host: true,
  },
  {
    name: 'globalAsids',
    summary: 'an mm that many CPUs run gets a global ASID, and is flushed by broadcast',
    commit: '4afeb0ed1753',
    since: '6.15',
    broadcast: true,
    machine: true,
  },
  {
    name: 'translationCacheExtension',
    summary: 'EFER.TCE: INVLPG and INVLPGB of an address keep upper-level entries that do not lead to it',
    commit: '440a65b7d25f',
    since: '6.15',
    needs: 'globalAsids',
    broadcast: true,
    machine: true,
  },
  {
    name: 'broadcastWaitsForAccesses',
    summary:
      'a CPU answers a broadcast when its own accesses through what goes are done (arm64 C1-Pro does not: ' +
      'erratum 4193714, CVE-2026-0995)',
    commit: null,
    since: 'AMD CPUs with INVLPGB',
    needs: 'globalAsids',
    broadcast: true,
    machine: true,
  },
  {
    name: 'invlpgbCountKnown',
    summary: 'INVLPGB is not used before its largest count is known (B17)',
    commit: 'cb6075bc62dc',
    since: '6.16-rc3',
    needs: 'globalAsids',
    broadcast: true,
  },
  {
    name: 'globalAsidNeedsPcid',
    summary: 'without PCIDs nothing is broadcast (B18)',
    commit: null,
    since: '7.1',
    needs: 'globalAsids',
    broadcast: true,
    machine: true,
  },
  {
    name: 'invlpgbAsidValid',
    summary: "INVLPGB names an ASID, so that a host's broadcast leaves its guests' translations alone (B19)",
    commit: null,
    since: '6.15',
    needs: 'globalAsids',
    broadcast: true,
  },
  {
    name: 'batchByMm',
    summary: 'batched unmaps broadcast mm by mm, as posted up to v7; else everything, once for a batch',
    commit: null,
    since: 'postings of December 2024 to January 2025',
    needs: 'globalAsids',
    broadcast: true,
  },
  {
    name: 'batchSyncsAndSends',
    summary: 'arch_tlbbatch_flush waits for broadcasts and sends IPIs, not one of the two (B20a)',
    commit: null,
    since: 'v2 of the postings',
    needs: 'batchByMm',
    broadcast: true,
  },
  {
    name: 'batchSeesTransition',
    summary: 'a batched unmap of an mm in transition sends IPIs besides its broadcast (B20b)',
    commit: null,
    since: 'v5 of the postings',
    needs: 'batchByMm',
    broadcast: true,
  },
  {
    name: 'tlbsyncOnSameCpu',
    summary: 'TLBSYNC is executed on the CPU that has broadcast (B20c)',
    commit: null,
    since: 'v5 of the postings (an assertion that the task cannot migrate)',
    needs: 'globalAsids',
    broadcast: true,
  },
  {
    name: 'transitionBeforeAsid',
    summary: 'asid_transition is set before global_asid can be seen (B20d)',
    commit: null,
    since: '6.15',
    needs: 'globalAsids',
    broadcast: true,
  },
  {
    name: 'hypervSkipsLazy',
    summary: 'Hyper-V guests leave lazy CPUs out of the flush hypercall when no tables were freed',
    commit: '493cc07385cf',
    since: '6.4',
    guestOf: 'hyperv',
  },
  {
    name: 'hypervSeesEmptyMask',
    summary: 'Hyper-V guests take a mask that becomes empty meanwhile for what it is (B32)',
    commit: '51500b71d500',
    since: '5.17, and stable trees of then',
    guestOf: 'hyperv',
  },
  {
    name: 'hypervChecksVpNumber',
    summary: 'Hyper-V guests flush by IPI where a virtual processor has no number yet (B33)',
    commit: '110d2a7fc397',
    since: '4.19',
    guestOf: 'hyperv',
  },
  {
    name: 'hypervListEndsAtEnd',
    summary: "Hyper-V guests end an address list at the range's end, wherever that is (B34)",
    commit: '4030b4c585c4',
    since: '5.4',
    guestOf: 'hyperv',
  },
  {
    name: 'xenCr3Purges',
    summary: 'Xen drops what was cached before a load of CR3 (B23: with PCIDs it did not, XSA-292)',
    commit: null,
    since: 'Xen of March 2019',
    guestOf: 'xen',
  },
  {
    name: 'xenKeepsOrder',
    summary: 'Xen PV guests queue a flush behind the page-table updates that lazy MMU mode has queued (C12)',
    commit: null,
    since: 'every kernel with xen_flush_tlb_others',
    guestOf: 'xen',
  },
  {
    name: 'xenDropsLazyRefs',
    summary: 'Xen PV guests push lazy CPUs off an mm before they unpin its page tables',
    commit: null,
    since: 'every kernel with xen_exit_mmap',
    guestOf: 'xen',
  },
];
