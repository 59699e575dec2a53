/**
 * The data of `trace info`: JSON-safe, all counts.
 */
import type { MissingProbe } from './probes.js';
import type { Tally } from './tally.js';
import type { RatedWindow } from './window.js';

/** One mm of a recording. */
export interface MmInfo {
  readonly ctx: number;
  /** Names of the tasks that ran in it, at most four. */
  comms: string[];
  flushes: number;
  /** Switches to it from another mm, over all CPUs. */
  switches: number;
  /** CPUs that had it loaded. */
  cpus: number[];
  /** Highest tlb_gen seen. */
  gen: number;
  exited: boolean;
}

/** Flush requests of one caller of flush_tlb_mm_range. */
export interface CallerInfo {
  requests: number;
  /** For the whole mm (end is all ones). */
  whole: number;
  /** With page tables freed. */
  freedTables: number;
}

/** tlb_flush events of one reason. */
export interface ReasonInfo {
  readonly reason: number;
  readonly text: string;
  full: number;
  pages: number;
  nothing: number;
}

export interface CpuInfo {
  schedSwitches: number;
  /** CR3 writes of switch_mm: with a flush, and with the no-flush bit. */
  cr3Flush: number;
  cr3NoFlush: number;
  /** CR3 writes by PCID (ASID + 1; 0 without PCID); null where no probe tells. */
  pcids: Record<string, number> | null;
  /**
   * Times the CPU became lazy, and how long it was so altogether, in microseconds; null where no probe tells.
   */
  lazyStretches: number | null;
  lazyTime: number | null;
  /** Shootdowns of other CPUs that this one served. */
  served: number;
  /** Shootdowns that this CPU started (native_flush_multi). */
  sent: number;
}

export interface TraceInfo {
  readonly name: string;
  readonly kernel: string | null;
  readonly kernelVersion: string | null;
  readonly machine: string | null;
  readonly workload: string | null;
  readonly cpus: number;
  readonly lines: number;
  readonly events: number;
  readonly lostEvents: number;
  /** Times are ticks of a clock, not microseconds. */
  readonly ticks: boolean;
  /** Microseconds of the first and last event. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Number of each event as it is typed here. */
  readonly byKind: Record<string, number>;
  /** Events that are not known here, by name. */
  readonly unknown: Record<string, number>;
  /**
   * Probes without a line. Figures that only they give are null; what tracepoints tell as well is counted by
   * those.
   */
  readonly missingProbes: readonly MissingProbe[];
  readonly mms: MmInfo[];
  readonly callers: Record<string, CallerInfo>;
  readonly reclaimBatches: number;
  readonly reasons: ReasonInfo[];
  readonly shootdowns: {
    /** native_flush_multi calls; of them after a kvm_flush_multi. */
    sends: number;
    pv: number | null;
    /** Targets a PV flush left to the hypervisor. */
    deferred: number | null;
    /**
     * IPIs sent for shootdowns, by mask and one by one; those (of either kind) that went out by PV hypercall.
     */
    maskIpis: number | null;
    singleIpis: number | null;
    pvIpis: number | null;
    /** Sends after which no IPI went out. */
    withoutIpi: number | null;
    shouldFlushYes: number | null;
    shouldFlushNo: number | null;
  };
  readonly perCpu: CpuInfo[];
  /**
   * What an import would do with the flush requests and reclaim batches, were the whole recording its window.
   */
  readonly import: Tally;
  readonly windows: {
    readonly rule: 'strict' | 'relaxed' | 'none';
    readonly count: number;
    readonly default: RatedWindow | null;
    /** The default window's scenario; null without one. */
    readonly scenario: ScenarioInfo | null;
  };
}

/** What the import made of a window. */
export interface ScenarioInfo {
  readonly cpus: number;
  readonly mms: number;
  readonly pages: number;
  /** Script steps of all CPUs. */
  readonly steps: number;
  /** What was modelled, approximated, left out and added; or why there is no scenario. */
  readonly notes: readonly string[];
}
