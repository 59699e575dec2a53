/**
 * What the kernel's own tracepoints tell of switches and shootdowns where there are no kprobes:
 * `tlb:tlb_flush`, `ipi:*`, `csd:*`.
 */
import { TLB_FLUSH_ON_TASK_SWITCH, TLB_REMOTE_SEND_IPI, TLB_REMOTE_SHOOTDOWN } from '../kernel/constants.js';
import type { TraceEvent } from './events.js';

/** The function that a shootdown calls on its targets. */
const FLUSH_FUNCTION = 'flush_tlb_func';
/**
 * Who calls smp_call_function_many_cond for a shootdown; the scheduler's wake-ups and single calls have other
 * call sites.
 */
const CALL_SITES = ['on_each_cpu_cond_mask', 'smp_call_function_many_cond', 'native_flush_tlb_multi'];
const isSends = ({ callsite }: { readonly callsite: string }): boolean =>
  CALL_SITES.some((site) => callsite.startsWith(site));

/** One CPU's counts. */
export interface TracepointCpuCounts {
  /** CR3 writes with a flush, and without: `tlb_flush` has a line for each. */
  cr3Flush: number;
  cr3NoFlush: number;
  sent: number;
  /** Calls of flush_tlb_func for others: exact with `csd_function_entry`, else those that flushed. */
  served: number;
  flushed: number;
}

export class TracepointCounts {
  private readonly perCpu: TracepointCpuCounts[] = [];
  sends = 0;
  /** Whether any IPI has a line. */
  hasIpis = false;
  maskIpis = 0;
  singleIpis = 0;
  withoutIpi = 0;
  /** By CPU: IPIs since its open send; null when none is open. */
  private readonly open: (number | null)[] = [];

  cpu(index: number): TracepointCpuCounts {
    this.perCpu[index] ??= { cr3Flush: 0, cr3NoFlush: 0, sent: 0, served: 0, flushed: 0 };
    return this.perCpu[index];
  }

  take(event: TraceEvent): void {
    const open = this.open[event.cpu] ?? null;
    this.hasIpis ||= event.kind === 'ipi_send_cpu' || event.kind === 'ipi_send_cpumask';
    switch (event.kind) {
      case 'tlb_flush':
        this.flush(event.cpu, event.reason, event.pages);
        break;
      case 'csd_function':
        if (event.phase === 'entry' && event.func.startsWith(FLUSH_FUNCTION)) this.cpu(event.cpu).served++;
        break;
      case 'ipi_send_cpu':
        if (open === null || !isSends(event)) break;
        this.singleIpis++;
        this.open[event.cpu] = open + 1;
        break;
      case 'ipi_send_cpumask':
        if (open === null || !isSends(event)) break;
        for (let mask = event.cpus; mask !== 0n; mask >>= 1n) this.maskIpis += Number(mask & 1n);
        this.open[event.cpu] = open + 1;
        break;
      default:
        break;
    }
  }

  private flush(index: number, reason: number, pages: number): void {
    const cpu = this.cpu(index);
    if (reason === TLB_FLUSH_ON_TASK_SWITCH) cpu[pages === 0 ? 'cr3NoFlush' : 'cr3Flush']++;
    else if (reason === TLB_REMOTE_SHOOTDOWN) cpu.flushed++;
    else if (reason === TLB_REMOTE_SEND_IPI) {
      this.close(index);
      cpu.sent++;
      this.sends++;
      this.open[index] = 0;
    }
  }

  private close(index: number): void {
    if (this.open[index] === 0) this.withoutIpi++;
    this.open[index] = null;
  }

  /** The recording is over. */
  finish(): void {
    for (const index of this.open.keys()) this.close(index);
  }
}
