/**
 * The probes of docs/recording.md on the simulated kernel: its functions, each with what a probe there prints
 * when it is entered or returns. They add no step: an execution is the same with them.
 */

import {
  FIRST_USER_MM,
  INIT_MM,
  MM_NULL,
  TLB_FLUSH_ALL,
  TLB_REMOTE_SEND_IPI,
} from '../../kernel/constants.js';
import { EV_TLB_FLUSH } from '../../kernel/events.js';
import { type AnyFunction, functionTable } from '../../kernel/function-table.js';
import type { KernelFunctions } from '../../kernel/functions.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Machine } from '../../machine/machine.js';
import { MachineObserver } from '../../machine/observer.js';
import type { Protocol } from '../../machine/protocol.js';
import { eventLine } from '../../trace/event-text.js';
import type { EventBody, FlushInfoFields } from '../../trace/events.js';
import { address, cr3, mmPointer, PAGE_SHIFT } from './pointers.js';

/** `enum tlb_flush_reason`, as the tracepoint prints it. */
const REASONS = [
  'flush on task switch',
  'remote shootdown',
  'local shootdown',
  'local mm shootdown',
  'remote ipi send',
  'remote wrong CPU',
];
const SINGLE_VECTOR = 251;
const MANY_VECTOR = 252;
const PRIORITY = 120;
const CALLER_OF_COND = 'smp_call_function_many_cond';

/** What is printed at a function's beginning, and at its end where there is something to print. */
interface Probe {
  readonly enter?: (cpu: KernelCpu, ...rest: number[]) => void;
  readonly leave?: (cpu: KernelCpu, answer: unknown, ...rest: number[]) => void;
}

export class FtraceProbes extends MachineObserver {
  readonly lines: string[] = [];
  private machine: Machine | null = null;
  /** By CPU: the mask that its send under way is for. */
  private readonly sent: number[] = [];
  /** By CPU: the vector of the last function call interrupt sent to it. */
  private readonly vectors: number[] = [];
  /** By CPU: what switches the mm is the scheduler. */
  private readonly switching: boolean[] = [];

  /** By CPU: a switch is about to write CR3. */
  private readonly loading: boolean[] = [];

  /** `isVirtual`: under a hypervisor flushes are the guest's own first. */
  constructor(private readonly isVirtual: boolean) {
    super();
  }

  /** To be called before the execution. */
  watch(machine: Machine): void {
    this.machine = machine;
    machine.observer = this;
  }

  /** The table with the probes in it. */
  on(functions: KernelFunctions): KernelFunctions {
    const table = functionTable(functions);
    const probed = Object.entries(this.probes()).map(([name, probe]) => [
      name,
      withProbe(table[name], probe),
    ]);
    return { ...functions, ...Object.fromEntries(probed) };
  }

  override event(cpu: number, kind: number, reason: number, pages: number): void {
    if (kind !== EV_TLB_FLUSH) return;
    const { machine } = this;
    const kernelCpu = machine?.cpus[cpu] as KernelCpu;
    if (reason !== TLB_REMOTE_SEND_IPI) {
      this.print(kernelCpu, { kind: 'tlb_flush', pages, reason, reasonText: REASONS[reason] });
      return;
    }
    const mask = this.isVirtual ? kernelCpu.layout.kvm.mask[cpu] : this.sent[cpu];
    const info = this.infoOf(kernelCpu, cpu);
    this.print(kernelCpu, { kind: 'native_flush_multi', cpus: this.mask(kernelCpu, mask), ...info });
    const sent = this.see(kernelCpu, kernelCpu.own.flushInfo.end);
    const from = this.see(kernelCpu, kernelCpu.own.flushInfo.start);
    this.print(kernelCpu, {
      ...{ kind: 'tlb_flush', reason, reasonText: REASONS[reason] },
      pages: sent === TLB_FLUSH_ALL ? -1 : sent - from,
    });
  }

  private probes(): Partial<Record<keyof KernelFunctions, Probe>> {
    return {
      ...this.requestProbes(),
      ...this.switchProbes(),
      ...this.interruptProbes(),
      ...this.memoryProbes(),
    };
  }

  private requestProbes(): Partial<Record<keyof KernelFunctions, Probe>> {
    return {
      flushTlbMmRange: {
        enter: (cpu, mm, start, end, nominalPages, freed) => {
          const last = end === TLB_FLUSH_ALL ? end : start + Math.max(end - start, nominalPages);
          this.print(cpu, {
            ...{ kind: 'flush_mm_range', mm: mmPointer(mm), start: address(start), end: address(last) },
            ...{ stride: PAGE_SHIFT, freed: Boolean(freed), asid: 0, transition: false },
            ...this.contextOf(cpu, mm),
          });
        },
        leave: (cpu) => this.print(cpu, { kind: 'flush_mm_range_ret', caller: 'tlb_finish_mmu' }),
      },
      flushTlbMulti: {
        enter: (cpu, mask) => {
          this.sent[cpu.id] = mask;
          if (!this.isVirtual) return;
          const info = this.infoOf(cpu, cpu.id);
          this.print(cpu, { kind: 'kvm_flush_multi', cpus: this.mask(cpu, mask), ...info });
        },
      },
      flushTlbFunc: {
        enter: (cpu, initiator) => this.print(cpu, { kind: 'flush_func', ...this.infoOf(cpu, initiator) }),
      },
      shouldFlushTlb: {
        enter: (cpu, target) => this.print(cpu, { kind: 'should_flush', target }),
        leave: (cpu, answer) =>
          this.print(cpu, { kind: 'should_flush_ret', ret: Boolean(answer), caller: CALLER_OF_COND }),
      },
      archTlbbatchFlush: {
        enter: (cpu) => this.print(cpu, { kind: 'batch_flush', cpus: this.mask(cpu, cpu.own.ubc.cpumask) }),
      },
      flushTlbBatchedPending: {
        enter: (cpu, mm) => this.print(cpu, { kind: 'batch_pending', mm: mmPointer(mm) }),
      },
    };
  }

  private switchProbes(): Partial<Record<keyof KernelFunctions, Probe>> {
    return {
      contextSwitch: {
        enter: (cpu, nextMm) => {
          this.switching[cpu.id] = true;
          const [prev, next] = [this.taskOf(cpu), task(cpu.id, nextMm)];
          this.print(cpu, {
            ...{ kind: 'sched_switch', prevComm: prev.comm, prevPid: prev.pid, prevPrio: PRIORITY },
            ...{ prevState: prev.pid === 0 ? 'R' : 'S' },
            ...{ nextComm: next.comm, nextPid: next.pid, nextPrio: PRIORITY },
          });
        },
        leave: (cpu) => {
          this.switching[cpu.id] = false;
        },
      },
      switchMmIrqsOff: {
        enter: (cpu, next) => {
          const byTask = this.switching[cpu.id] === true && cpu.depth === 0;
          const { ctx: nctx, gen: ngen, cpus: ncpus } = this.contextOf(cpu, next);
          this.print(cpu, {
            ...{ kind: 'switch_mm', next: mmPointer(next), nctx, ngen, ncpus, nasid: 0, ntransition: false },
            prev: mmPointer(byTask ? this.see(cpu, cpu.own.current.activeMm) : MM_NULL),
          });
        },
      },
      loadNewMmCr3: {
        enter: (cpu) => {
          this.loading[cpu.id] = true;
        },
      },
      writeMmCr3: {
        enter: (cpu, root, pcid, noFlush) => {
          // A local flush writes it too, where no probe stands.
          if (this.loading[cpu.id] !== true) return;
          this.loading[cpu.id] = false;
          this.print(cpu, {
            ...{ kind: 'write_cr3', site: noFlush ? 2 : 1, noFlush: Boolean(noFlush), pcid },
            cr3: cr3(root, pcid, Boolean(noFlush)),
          });
        },
      },
      enterLazyTlb: {
        enter: (cpu) =>
          this.print(cpu, { kind: 'enter_lazy', mm: mmPointer(this.see(cpu, cpu.own.current.activeMm)) }),
      },
    };
  }

  private interruptProbes(): Partial<Record<keyof KernelFunctions, Probe>> {
    const served = (phase: 'entry' | 'exit') => (cpu: KernelCpu) => {
      const vector = this.vectors[cpu.id] ?? SINGLE_VECTOR;
      const vectorKind = vector === SINGLE_VECTOR ? 'call_function_single' : 'call_function';
      this.print(cpu, { kind: 'irq_vector', vectorKind, phase, vector });
    };
    return {
      sendCallFunctionIpis: {
        enter: (cpu) => {
          const cpus = this.mask(cpu, cpu.own.cfd.cpumaskIpi);
          const targets = Array.from(this.machine?.cpus.keys() ?? []).filter(
            (id) => (cpus >> BigInt(id)) & 1n,
          );
          const [target] = targets;
          if (target === undefined) return;
          for (const id of targets) this.vectors[id] = targets.length > 1 ? MANY_VECTOR : SINGLE_VECTOR;
          this.print(cpu, targets.length > 1 ? { kind: 'ipi_mask', cpus } : { kind: 'ipi_single', target });
        },
      },
      flushSmpCallFunctionQueue: { enter: served('entry'), leave: served('exit') },
    };
  }

  private memoryProbes(): Partial<Record<keyof KernelFunctions, Probe>> {
    return {
      tlbFinishMmu: {
        enter: (cpu) => {
          const { mm, start, end } = cpu.own.gather;
          const [from, to] = [this.see(cpu, start), this.see(cpu, end)];
          this.print(cpu, {
            ...{ kind: 'finish_mmu', mm: mmPointer(this.see(cpu, mm)), gatherFlags: 0 },
            ...{ start: address(from), end: address(to) },
          });
        },
      },
      exitMmap: {
        enter: (cpu, mm) =>
          this.print(cpu, { kind: 'exit_mmap', mm: mmPointer(mm), ...this.contextOf(cpu, mm) }),
      },
      mmdrop: {
        leave: (cpu, _, mm) => {
          if (this.see(cpu, cpu.mms[mm].mmCount) !== 0) return;
          this.print(cpu, { kind: 'mmdrop', mm: mmPointer(mm), ctx: this.contextOf(cpu, mm).ctx });
        },
      },
    };
  }

  private print(cpu: KernelCpu, body: EventBody): void {
    const { machine } = this;
    if (machine === null) throw new Error('nothing is watched yet');
    const flags = `${machine.interruptsOn(cpu.id) ? '.' : 'd'}.${cpu.depth > 0 ? 'h' : '.'}..`;
    const head = { line: 0, time: machine.step, cpu: cpu.id, flags, ...this.taskOf(cpu) };
    this.lines.push(eventLine({ ...head, ...body }, body));
  }

  /** A word as the CPU sees it. */
  private see(cpu: KernelCpu, word: number): number {
    return this.machine?.load(cpu.id, word) ?? 0;
  }

  private mask(cpu: KernelCpu, word: number): bigint {
    let mask = 0n;
    for (let i = 0; i < cpu.maskWords; i++) mask |= BigInt(this.see(cpu, word + i) >>> 0) << BigInt(32 * i);
    return mask;
  }

  private contextOf(cpu: KernelCpu, mm: number): { ctx: number; gen: number; cpus: bigint } {
    const { ctxId, tlbGen, cpumask } = cpu.mms[mm];
    return { ctx: this.see(cpu, ctxId), gen: this.see(cpu, tlbGen), cpus: this.mask(cpu, cpumask) };
  }

  private infoOf(cpu: KernelCpu, initiator: number): FlushInfoFields {
    const info = cpu.per[initiator].flushInfo;
    const see = (word: number): number => this.see(cpu, word);
    return {
      ...{ mm: mmPointer(see(info.mm)), start: address(see(info.start)), end: address(see(info.end)) },
      ...{ gen: see(info.newTlbGen), init: see(info.initiatingCpu) },
      // A batch of reclaim has none (arch_tlbbatch_flush), which nothing here reads.
      stride: see(info.mm) === MM_NULL ? 0 : see(info.strideShift),
      ...{ freed: see(info.freedTables) !== 0, trim: see(info.trimCpumask) !== 0 },
    };
  }

  private taskOf(cpu: KernelCpu): { readonly comm: string; readonly pid: number } {
    return task(cpu.id, this.see(cpu, cpu.own.current.mm));
  }
}

/** A thread of each mm on each CPU; without an mm the idle task. */
function task(cpu: number, mm: number): { readonly comm: string; readonly pid: number } {
  if (mm === MM_NULL || mm === INIT_MM) return { comm: '<idle>', pid: 0 };
  const user = mm - FIRST_USER_MM;
  return { comm: `mm${user}`, pid: 1_000 * (user + 1) + cpu };
}

function withProbe(call: AnyFunction, { enter, leave }: Probe): AnyFunction {
  const probed = function* (this: unknown, cpu: KernelCpu, ...given: unknown[]): Protocol<unknown> {
    // Whatever is probed here takes numbers.
    const rest = given as number[];
    enter?.(cpu, ...rest);
    const answer = yield* call.call(this, cpu, ...rest);
    leave?.(cpu, answer, ...rest);
    return answer;
  };
  return Object.defineProperty(probed, 'name', { value: call.name });
}
