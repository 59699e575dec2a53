/**
 * A scenario: a machine size, the mms, and one script per CPU.
 *
 * A scenario is plain data (JSON-safe, no functions), because a finding carries its scenario whole: a replay
 * must not depend on a catalogue or a recording that has changed since. Tasks move only between script steps;
 * kernel code never migrates.
 */

/**
 * One step of a CPU's script. `mm` and `child` are indices into the scenario's mms (0 is printed A, 1 is B,
 * ...); pages are virtual page numbers.
 */
export type ScriptStep =
  /**
   * Switch to a user task of `mm` (`context_switch` to a user task; from a kernel thread it is the way back
   * from lazy TLB).
   */
  | { readonly op: 'run'; readonly mm: number }
  /** Switch to a kernel thread: the CPU keeps the mm loaded, lazily (`enter_lazy_tlb`). */
  | { readonly op: 'kthread' }
  /** Go idle; `deep` also leaves the mm (`leave_mm`), as an idle driver with deep C-states does. */
  | { readonly op: 'idle'; readonly deep?: boolean }
  /**
   * A user load (`write: false`) or store of the current task. A page without a VMA is a SIGSEGV: counted,
   * the script goes on.
   */
  | { readonly op: 'access'; readonly page: number; readonly write: boolean }
  /** Map [start, end) private anonymous. */
  | { readonly op: 'mmap'; readonly start: number; readonly end: number; readonly write: boolean }
  /** Unmap [start, end); tables that become empty are freed with it. */
  | ({ readonly op: 'munmap' } & FlushedRange)
  /** Change the protection of [start, end). */
  | ({ readonly op: 'mprotect'; readonly write: boolean } & FlushedRange)
  /** MADV_DONTNEED on [start, end). */
  | ({ readonly op: 'madvise' } & FlushedRange)
  /** Fork the current task's mm into `child`, whose mm must not be alive (see ScenarioMm.alive). */
  | { readonly op: 'fork'; readonly child: number }
  /**
   * The current task's thread on this CPU exits; the last thread of the mm tears it down (`exit_mmap`). The
   * CPU is then in a kernel thread, lazily.
   */
  | { readonly op: 'exit' }
  /** Reclaim one page of `mm` through the batched-unmap path, from whatever task is current. */
  | {
      readonly op: 'reclaim';
      readonly mm: number;
      readonly page: number;
      /** Flushed at once, page by page, as compaction and migration did up to 6.2 (`ptep_clear_flush`). */
      readonly unbatched?: true;
    };

/** A half-open range of virtual pages handed to a flush. */
export interface FlushedRange {
  readonly start: number;
  readonly end: number;
  /**
   * How many 4 KiB pages the range stands for, where a recording's range was mapped to fewer pages; decides
   * between a partial and a full flush (`tlb_single_page_flush_ceiling`). Default: end - start.
   */
  readonly nominalPages?: number;
}

/** A page that is in memory at the start. */
export interface MappedPage {
  readonly page: number;
  /** Whether its entry allows stores; it has been stored to then. */
  readonly write: boolean;
  /** An mm before this one whose page it is too, as after a fork: neither entry allows stores then. */
  readonly sharedWith?: number;
}

/** The state of one mm at the start. */
export interface ScenarioMm {
  /** Whether the mm exists at the start; false: a later `fork` creates it. Default true. */
  readonly alive?: boolean;
  /** `context.tlb_gen` at the start. Default 1. */
  readonly tlbGen?: number;
  /**
   * Whether it has a global ASID at the start, where its kernel gives any: CPUs that have it loaded run it
   * under that. Default false.
   */
  readonly globalAsid?: true;
  /** VMAs at the start: [start, end, writable]. Default: all pages, writable. */
  readonly vmas?: readonly (readonly [start: number, end: number, write: boolean])[];
  /** CPUs whose bit is set in `mm_cpumask` at the start besides those that have it loaded. Default none. */
  readonly cpumask?: readonly number[];
  /** Pages that are in memory. Default none: each faults at its first use. */
  readonly mapped?: readonly MappedPage[];
}

/** The state of one CPU at the start. */
export interface ScenarioCpu {
  /** The mm that is loaded at the start; absent: init_mm. */
  readonly loadedMm?: number;
  /** Whether the CPU is in a kernel thread, lazily keeping `loadedMm`. Default false. */
  readonly lazy?: boolean;
  /**
   * Slots of `ctxs[]` at the start, by ASID: the mm and the generation it holds; null is an empty slot.
   * Default: `loadedMm` in slot 0 at its mm's generation.
   */
  readonly slots?: readonly ({ readonly mm: number; readonly tlbGen: number } | null)[];
  /** The slot that `loadedMm` uses. Default 0. */
  readonly loadedMmAsid?: number;
  /** The round-robin cursor. Default: the slot after the last used one. */
  readonly nextAsid?: number;
  /**
   * Pages, each of an mm that has a slot here or a global ASID, whose translation and table are cached as the
   * page tables have them. Default none.
   */
  readonly cached?: readonly { readonly mm: number; readonly page: number }[];
}

/** What a Hyper-V host shows of itself to its guest. */
export interface HypervHost {
  /**
   * The virtual processor's number of each CPU (`hv_vp_index`), all different, 0 to 8,191; null: not known to
   * the kernel yet (VP_INVAL; the host's is then the CPU's own). Default: the CPU's own.
   */
  readonly vpNumbers?: readonly (number | null)[];
  /** Whether there is a hypercall page. Default true. */
  readonly hypercallPage?: boolean;
  /** Whether it takes sets of banks (EX_PROCESSOR_MASKS_RECOMMENDED). Default true. */
  readonly sparseSets?: boolean;
  /** It may refuse any hypercall, a recorded choice. Default false. */
  readonly refuses?: boolean;
  /** Pages that one entry of an address list covers at most. Default 4,096, as the interface has it. */
  readonly entryPages?: number;
  /** Entries of a list that an input page holds. Default 509 less a bank's share. */
  readonly listEntries?: number;
  /** Pages after which addresses begin anew, at least as many as the scenario's. Default: never. */
  readonly addressPages?: number;
}

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Number of CPUs, 1 to 256. */
  readonly cpus: number;
  /** User mms; their number is the array's length. */
  readonly mms: readonly ScenarioMm[];
  /** Virtual pages per mm, 1 to 64. */
  readonly pages: number;
  /** ASID slots per CPU (`TLB_NR_DYN_ASIDS`), 1 to 6. */
  readonly slots: number;
  /** Whether the CPUs have PCIDs. */
  readonly pcid: boolean;
  /** Whether kernel threads borrow the mm lazily; false: they switch to init_mm. */
  readonly lazy: boolean;
  /** Speculative page walks that the environment may begin per execution. */
  readonly walks: number;
  /**
   * Times that the environment may preempt a CPU per execution, where the variant's CPUs are virtual. Default
   * 3.
   */
  readonly preemptions?: number;
  /**
   * Global ASIDs that there are where CPUs broadcast invalidations (the kernel has 2,040 or 4,088), 1 to 24.
   * Default 4.
   */
  readonly globalAsids?: number;
  /**
   * Whether the search for a free global ASID is at its beginning at the start; else it is at its end, as in
   * a kernel that has just booted, and the first mm to be given one waits for a flush of everything.
   */
  readonly freshGlobalAsids?: true;
  /**
   * Pages that one INVLPGB covers at most (CPUID Fn8000_0008 EDX[15:0], and one more), 1 to 65,535: the
   * kernel keeps it in 16 bits. Default 8.
   */
  readonly invlpgbCountMax?: number;
  /**
   * Payloads of remote action requests where CPUs have those (the hardware has up to 64), 1 to 31. Default 2.
   */
  readonly rarPayloads?: number;
  /** Where no scenario is named, only kernels whose CPUs broadcast invalidations are hunted in it. */
  readonly forBroadcasts?: true;
  /** Where no scenario is named, only kernels whose CPUs have remote action requests are hunted in it. */
  readonly forRemoteActions?: true;
  /** The host of Hyper-V guests; where no scenario is named, only such guests are hunted in it. */
  readonly hyperv?: HypervHost;
  /** State of each CPU at the start; default: all in init_mm with empty slots. */
  readonly start?: readonly ScenarioCpu[];
  /** One script per CPU, in CPU order. */
  readonly scripts: readonly (readonly ScriptStep[])[];
  /** Where the scenario came from when it is not the catalogue: shown in verdicts, never interpreted. */
  readonly source?: string;
  /** Notes that belong in a verdict: what the import did not model, and how often. */
  readonly notes?: readonly string[];
}

/** Whether it is about nothing that only some kernels have. */
export function isForAll({ forBroadcasts, forRemoteActions, hyperv }: Scenario): boolean {
  return forBroadcasts !== true && forRemoteActions !== true && hyperv === undefined;
}
