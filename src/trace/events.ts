/**
 * The events of a recording, typed.
 *
 * Widths: a kernel pointer is only ever compared, so it stays the string printed (`0xffff888005fabf00`).
 * Addresses, CPU masks and CR3 values need all 64 bits, so they are bigint. Generations, context ids and
 * counts are numbers (checked to be safe integers).
 */

/** What every event has. */
export interface EventHead {
  /** 1-based line of the file. */
  readonly line: number;
  /** Microseconds on the trace clock, an integer; ticks of a clock that counts something else. */
  readonly time: number;
  /** The CPU that wrote the event. */
  readonly cpu: number;
  /** The task that was current (in a `switch_mm` still the previous one), at most 64 characters. */
  readonly comm: string;
  readonly pid: number;
  /**
   * Irqs-off, need-resched, context, preempt depth, migrate-disable, as printed (`d.h1.`); empty when the
   * recording has none.
   */
  readonly flags: string;
}

/** `end` of a range that means everything (TLB_FLUSH_ALL). */
export const FLUSH_ALL = 0xffff_ffff_ffff_ffffn;

/** The fields of a `struct flush_tlb_info` as the probes print it. */
export interface FlushInfoFields {
  /** `0x0` when the flush is for whatever is loaded (reclaim). */
  readonly mm: string;
  readonly start: bigint;
  readonly end: bigint;
  /** The new tlb_gen; 0 when the flush has none. */
  readonly gen: number;
  /** The initiating CPU. */
  readonly init: number;
  /** Shift of one step: 12 is 4 KiB, 21 is 2 MiB. */
  readonly stride: number;
  readonly freed: boolean;
  /** Whether CPUs that do not run the mm are sent to as well; false where the kernel has no such field. */
  readonly trim: boolean;
}

/** System calls whose entry and exit are events. */
export type SyscallName = 'mmap' | 'munmap' | 'mprotect' | 'madvise' | 'mremap' | 'brk';

/**
 * Lines of kernels that flush by INVLPGB and TLBSYNC (AMD, since 6.15). A global ASID is the same on every
 * CPU; its PCID is one more.
 */
export type BroadcastBody =
  /** `use_global_asid`: an mm gets a global ASID. */
  | {
      readonly kind: 'use_global_asid';
      readonly mm: string;
      readonly asid: number;
      readonly ctx: number;
      readonly cpus: bigint;
    }
  /** `broadcast_tlb_flush` begins. `transition`: some CPU may still have the mm under an ASID of its own. */
  | ({
      readonly kind: 'bcast_flush';
      readonly cpus: bigint;
      readonly asid: number;
      readonly transition: boolean;
    } & FlushInfoFields)
  /**
   * One INVLPGB: `site` is the N of `invlpgb_N`, `pages` how many steps it takes, `large` whether those are
   * of 2 MiB, `pcid` the PCID it names.
   */
  | {
      readonly kind: 'invlpgb';
      readonly site: number;
      readonly rax: bigint;
      readonly pages: number;
      readonly large: boolean;
      readonly pcid: number;
    }
  | { readonly kind: 'tlbsync'; readonly site: number }
  /** `finish_asid_transition` found a CPU with the mm under another ASID, or found none. */
  | { readonly kind: 'transition_wait'; readonly mm: string; readonly asid: number }
  | { readonly kind: 'transition_done'; readonly mm: string; readonly asid: number }
  /** `mm_free_global_asid`; asid 0: the mm had none. */
  | { readonly kind: 'free_global_asid'; readonly mm: string; readonly asid: number; readonly ctx: number };

export type EventBody =
  | {
      readonly kind: 'tlb_flush' /** -1: everything; 0: nothing to flush. */;
      readonly pages: number;
      readonly reason: number;
      readonly reasonText: string;
    }
  | {
      readonly kind: 'flush_mm_range';
      readonly mm: string;
      readonly start: bigint;
      readonly end: bigint;
      readonly stride: number;
      readonly freed: boolean;
      readonly ctx: number /** tlb_gen before this flush increments it. */;
      readonly gen: number;
      readonly cpus: bigint;
      /**
       * Global ASID of the mm before this flush: 0 when it has none, or where the kernel has no broadcast
       * flushes.
       */
      readonly asid: number;
      /** Whether the mm is in transition to it. */
      readonly transition: boolean;
    }
  | {
      readonly kind: 'flush_mm_range_ret' /** The function that asked for the flush. */;
      readonly caller: string;
    }
  | ({ readonly kind: 'native_flush_multi'; readonly cpus: bigint } & FlushInfoFields)
  | ({ readonly kind: 'kvm_flush_multi'; readonly cpus: bigint } & FlushInfoFields)
  | ({ readonly kind: 'flush_func' } & FlushInfoFields)
  | { readonly kind: 'should_flush'; readonly target: number }
  | { readonly kind: 'should_flush_ret'; readonly ret: boolean; readonly caller: string }
  | { readonly kind: 'ipi_mask'; readonly cpus: bigint }
  | { readonly kind: 'ipi_single'; readonly target: number }
  | { readonly kind: 'kvm_ipi_mask'; readonly cpus: bigint; readonly vector: number }
  | {
      readonly kind: 'switch_mm';
      readonly prev: string;
      readonly next: string;
      readonly nctx: number;
      readonly ngen: number;
      readonly ncpus: bigint;
      /** Global ASID of the next mm; 0 when it has none. */
      readonly nasid: number;
      readonly ntransition: boolean;
    }
  | {
      readonly kind: 'write_cr3' /** Which of the probed places: the N of `write_cr3_N`. */;
      readonly site: number;
      readonly cr3: bigint;
      readonly noFlush: boolean /** Low 12 bits: ASID + 1, or 0 without PCID. */;
      readonly pcid: number;
    }
  | { readonly kind: 'enter_lazy'; readonly mm: string }
  | { readonly kind: 'leave_mm' }
  | {
      readonly kind: 'finish_mmu';
      readonly mm: string;
      readonly start: bigint;
      readonly end: bigint;
      /** The bit-field word: 0 fullmm, 1 need_flush_all, 2 freed_tables, then by version. */
      readonly gatherFlags: number;
    }
  | { readonly kind: 'batch_flush'; readonly cpus: bigint }
  | { readonly kind: 'batch_pending'; readonly mm: string }
  | { readonly kind: 'flush_all' }
  | { readonly kind: 'flush_kernel_range'; readonly start: bigint; readonly end: bigint }
  | {
      readonly kind: 'exit_mmap';
      readonly mm: string;
      readonly ctx: number;
      readonly gen: number;
      readonly cpus: bigint;
    }
  | { readonly kind: 'mmdrop'; readonly mm: string; readonly ctx: number }
  | {
      readonly kind: 'sched_switch';
      readonly prevComm: string;
      readonly prevPid: number;
      readonly prevPrio: number;
      readonly prevState: string;
      readonly nextComm: string;
      readonly nextPid: number;
      readonly nextPrio: number;
    }
  | {
      readonly kind: 'sched_migrate_task';
      readonly taskComm: string;
      readonly taskPid: number;
      readonly prio: number;
      readonly origCpu: number;
      readonly destCpu: number;
    }
  | {
      readonly kind: 'sched_process_fork';
      readonly parentComm: string;
      readonly parentPid: number;
      readonly childComm: string;
      readonly childPid: number;
    }
  | {
      readonly kind: 'sched_process_exec';
      readonly filename: string;
      readonly taskPid: number;
      readonly oldPid: number;
    }
  | {
      readonly kind: 'sched_process_exit';
      readonly taskComm: string;
      readonly taskPid: number;
      readonly prio: number;
    }
  | {
      readonly kind: 'irq_vector';
      readonly vectorKind: 'call_function' | 'call_function_single' | 'reschedule';
      readonly phase: 'entry' | 'exit';
      readonly vector: number;
    }
  | {
      readonly kind: 'page_fault';
      readonly user: boolean;
      readonly address: bigint /** Number or symbol, as printed. */;
      readonly ip: string /** Bit 0 present, 1 write, 2 user. */;
      readonly errorCode: number;
    }
  | {
      readonly kind: 'sys_enter';
      readonly name: SyscallName /** By the kernel's parameter name. */;
      readonly args: Readonly<Record<string, bigint>>;
    }
  | { readonly kind: 'sys_exit'; readonly name: SyscallName; readonly ret: bigint }
  | {
      readonly kind: 'ipi_send_cpumask';
      readonly cpus: bigint;
      readonly callsite: string;
      readonly callback: string;
    }
  | {
      readonly kind: 'ipi_send_cpu';
      readonly target: number;
      readonly callsite: string;
      readonly callback: string;
    }
  /** A function call is put into another CPU's queue (`csd:csd_queue_cpu`). */
  | { readonly kind: 'csd_queue_cpu'; readonly target: number; readonly func: string }
  /**
   * The CPU begins or ends a function that was called there (`csd:csd_function_entry`,
   * `csd:csd_function_exit`).
   */
  | { readonly kind: 'csd_function'; readonly phase: 'entry' | 'exit'; readonly func: string }
  | { readonly kind: 'tracing_mark_write'; readonly text: string }
  | BroadcastBody
  /** An event that this reader does not know: kept and counted, never an error. */
  | { readonly kind: 'other'; readonly name: string; readonly text: string };

export type TraceEvent = EventHead & EventBody;
export type EventKind = EventBody['kind'];
/** The events of one kind. */
export type EventOf<K extends EventKind> = Extract<TraceEvent, { readonly kind: K }>;
