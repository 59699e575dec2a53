/**
 * The one pass over a recording's events that counts what `trace info` shows.
 */

import {
  type CountedShootdowns,
  type CpuCounts,
  provenMissing,
  toldOfCpu,
  toldOfShootdowns,
} from './counted.js';
import type { TraceEvent } from './events.js';
import type { MmInfo, ReasonInfo, TraceInfo } from './info-types.js';
import { INIT_CTX, MachineState } from './machine-state.js';
import { type MissingProbe, ProbeWatch } from './probes.js';
import { count } from './tally.js';
import { TracepointCounts } from './tracepoint-counts.js';

const ones = (mask: bigint): number => {
  let number = 0;
  for (let rest = mask; rest !== 0n; rest >>= 1n) number += Number(rest & 1n);
  return number;
};

/** Call function vectors of x86: one target, several. */
const CALL_FUNCTION_VECTORS: ReadonlySet<number> = new Set([251, 252]);

const emptyCpu = (): CpuCounts => ({
  schedSwitches: 0,
  cr3Flush: 0,
  cr3NoFlush: 0,
  pcids: {},
  lazyStretches: 0,
  lazyTime: 0,
  served: 0,
  sent: 0,
});

/** What the pass found. */
interface Collected extends Pick<TraceInfo, 'mms' | 'reasons' | 'perCpu' | 'shootdowns'> {
  readonly missing: MissingProbe[];
}

export class Collector {
  readonly #machine = new MachineState(0);
  readonly #tracepoints = new TracepointCounts();
  readonly #probes = new ProbeWatch();
  readonly #mms = new Map<number, MmInfo & { readonly cpuSet: Set<number> }>();
  readonly #reasons = new Map<number, ReasonInfo>();
  /** By CPU: IPIs since its open send; null when none is open. */
  readonly #openSend: (number | null)[] = [];
  readonly #pvMask: (bigint | null)[] = [];
  readonly #lazySince: (number | null)[] = [];
  readonly #perCpu: CpuCounts[] = [];
  readonly byKind = Object.create(null) as Record<string, number>;
  readonly unknown = Object.create(null) as Record<string, number>;
  readonly #shootdowns: CountedShootdowns = {
    sends: 0,
    pv: 0,
    deferred: 0,
    maskIpis: 0,
    singleIpis: 0,
    pvIpis: 0,
    withoutIpi: 0,
    shouldFlushYes: 0,
    shouldFlushNo: 0,
  };

  /** There are at least `cpus` CPUs. */
  grow(cpus: number): void {
    this.#machine.grow(cpus);
    while (this.#perCpu.length < cpus) this.#perCpu.push(emptyCpu());
  }

  #mm(ctx: number): MmInfo & { readonly cpuSet: Set<number> } {
    let mm = this.#mms.get(ctx);
    if (mm === undefined) {
      mm = { ctx, comms: [], flushes: 0, switches: 0, cpus: [], gen: 0, exited: false, cpuSet: new Set() };
      this.#mms.set(ctx, mm);
    }
    return mm;
  }

  take(event: TraceEvent): void {
    count(this.byKind, event.kind);
    const cpu = this.#perCpu[event.cpu];
    if (cpu === undefined) return;
    this.#probes.take(event);
    this.#tracepoints.take(event);
    const loadedBefore = this.#machine.cpu(event.cpu).ctx;
    this.#machine.apply(event);
    this.#lazy(event, cpu);
    switch (event.kind) {
      case 'sched_switch':
        cpu.schedSwitches++;
        break;
      case 'switch_mm':
        if (event.nctx === INIT_CTX) break;
        if (loadedBefore !== event.nctx) this.#mm(event.nctx).switches++;
        this.#mm(event.nctx).gen = Math.max(this.#mm(event.nctx).gen, event.ngen);
        this.#mm(event.nctx).cpuSet.add(event.cpu);
        break;
      case 'write_cr3':
        if (event.noFlush) cpu.cr3NoFlush++;
        else cpu.cr3Flush++;
        count(cpu.pcids, String(event.pcid));
        break;
      case 'tlb_flush': {
        const reason = this.#reasons.get(event.reason) ?? {
          reason: event.reason,
          text: event.reasonText,
          full: 0,
          pages: 0,
          nothing: 0,
        };
        this.#reasons.set(event.reason, reason);
        reason[event.pages === -1 ? 'full' : event.pages === 0 ? 'nothing' : 'pages']++;
        break;
      }
      case 'flush_mm_range': {
        const mm = this.#mm(event.ctx);
        mm.flushes++;
        mm.gen = Math.max(mm.gen, event.gen + 1);
        if (mm.comms.length < 4 && !mm.comms.includes(event.comm)) mm.comms.push(event.comm);
        break;
      }
      case 'exit_mmap':
        this.#mm(event.ctx).exited = true;
        break;
      case 'flush_func':
        if (event.init !== event.cpu) cpu.served++;
        break;
      case 'should_flush_ret':
        if (event.ret) this.#shootdowns.shouldFlushYes++;
        else this.#shootdowns.shouldFlushNo++;
        break;
      case 'other':
        count(this.unknown, event.name);
        break;
      default:
        this.#send(event, cpu);
    }
  }

  #lazy(event: TraceEvent, cpu: CpuCounts): void {
    const lazy = this.#machine.cpu(event.cpu).lazy;
    const since = this.#lazySince[event.cpu] ?? null;
    if (lazy && since === null) {
      cpu.lazyStretches++;
      this.#lazySince[event.cpu] = event.time;
    } else if (!lazy && since !== null) {
      cpu.lazyTime += event.time - since;
      this.#lazySince[event.cpu] = null;
    }
  }

  /**
   * Sends and their IPIs. The scheduler uses the same vectors, so an IPI counts only in task context while a
   * send is open.
   */
  #send(event: TraceEvent, cpu: CpuCounts): void {
    const totals = this.#shootdowns;
    const open = this.#openSend[event.cpu] ?? null;
    const inTask = event.flags === '' || event.flags[2] === '.';
    switch (event.kind) {
      case 'kvm_flush_multi':
        totals.pv++;
        this.#pvMask[event.cpu] = event.cpus;
        break;
      case 'native_flush_multi': {
        this.#closeSend(event.cpu);
        totals.sends++;
        cpu.sent++;
        const handed = this.#pvMask[event.cpu] ?? null;
        if (handed !== null) totals.deferred += ones(handed & ~event.cpus);
        this.#pvMask[event.cpu] = null;
        this.#openSend[event.cpu] = 0;
        break;
      }
      case 'ipi_mask':
        if (open === null || !inTask) break;
        totals.maskIpis += ones(event.cpus);
        this.#openSend[event.cpu] = open + 1;
        break;
      case 'ipi_single':
        if (open === null || !inTask) break;
        totals.singleIpis++;
        this.#openSend[event.cpu] = open + 1;
        break;
      case 'kvm_ipi_mask':
        if (open === null || !inTask || !CALL_FUNCTION_VECTORS.has(event.vector)) break;
        totals.pvIpis += ones(event.cpus);
        this.#openSend[event.cpu] = open + 1;
        break;
      case 'flush_mm_range_ret':
        this.#closeSend(event.cpu);
        break;
      default:
        break;
    }
  }

  #closeSend(cpu: number): void {
    if (this.#openSend[cpu] === 0) this.#shootdowns.withoutIpi++;
    this.#openSend[cpu] = null;
  }

  finish(lastTime: number): Collected {
    this.#tracepoints.finish();
    const missing = this.#probes.missing();
    this.#lazySince.forEach((since, index) => {
      const cpu = this.#perCpu[index];
      if (since !== null && cpu !== undefined) cpu.lazyTime += lastTime - since;
    });
    for (const index of this.#openSend.keys()) this.#closeSend(index);
    const mms = [...this.#mms.values()]
      .map(({ cpuSet, ...mm }) => ({ ...mm, cpus: [...cpuSet].sort((a, b) => a - b) }))
      .sort((a, b) => b.flushes - a.flushes || a.ctx - b.ctx);
    const lacks = provenMissing(missing);
    return {
      mms,
      reasons: [...this.#reasons.values()].sort((a, b) => a.reason - b.reason),
      missing,
      perCpu: this.#perCpu.map((cpu, index) => toldOfCpu(cpu, index, lacks, this.#tracepoints)),
      shootdowns: toldOfShootdowns(this.#shootdowns, missing, this.#tracepoints),
    };
  }
}
