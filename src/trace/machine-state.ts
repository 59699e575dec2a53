/**
 * What a recording has told, up to some event, about the loaded mm, lazy state and ASID slots of each CPU and
 * the generation and cpumask of each mm. It is learnt from the record alone: a recording begins on a running
 * system, so everything is unknown at first.
 */
import type { EventOf, TraceEvent } from './events.js';
import { FLUSH_ALL } from './events.js';
import { ownText } from './own-text.js';

/** ctx_id of init_mm, the kernel's own. */
export const INIT_CTX = 1;
/** TLB_NR_DYN_ASIDS. */
export const ASID_SLOTS = 6;

export interface SlotState {
  readonly ctx: number;
  readonly gen: number;
}

export interface CpuState {
  /** The current task, null until an event shows it. */
  pid: number | null;
  /** ctx_id of the loaded mm ({@link INIT_CTX} for init_mm); null when unknown. */
  ctx: number | null;
  lazy: boolean;
  /** The slot of the loaded mm; null when unknown. */
  asid: number | null;
  slots: (SlotState | null)[];
  /** The round-robin cursor; null until a slot was seen to be given to another mm. */
  nextAsid: number | null;
  /** Task that a sched_switch announced and whose switch_mm or enter_lazy has not come yet. */
  comingPid: number | null;
  /** A switch_mm whose CR3 write, if there is one, comes next on this CPU. */
  reload: SlotState | null;
  /**
   * A flush_func whose tlb_flush, if it flushes, comes next on this CPU: the generation its slot then has.
   */
  flushing: number | null;
}

export interface MmState {
  /** tlb_gen as last seen, null when none was. */
  gen: number | null;
  cpus: bigint;
}

const bit = (cpu: number): bigint => 1n << BigInt(cpu);

const unseenCpu = (): CpuState => ({
  pid: null,
  ctx: null,
  lazy: false,
  asid: null,
  slots: new Array<SlotState | null>(ASID_SLOTS).fill(null),
  nextAsid: null,
  comingPid: null,
  reload: null,
  flushing: null,
});

export class MachineState {
  readonly cpus: CpuState[];
  /** By ctx_id. */
  readonly mms = new Map<number, MmState>();
  /** mm pointers are reused; this is the mm that a pointer stands for now. */
  readonly ctxOfPointer = new Map<string, number>();
  /** ctx_id of a task's own mm. */
  readonly ctxOfPid = new Map<number, number>();

  constructor(cpus: number) {
    this.cpus = Array.from({ length: cpus }, unseenCpu);
  }

  /** There are at least `cpus` CPUs. */
  grow(cpus: number): void {
    while (this.cpus.length < cpus) this.cpus.push(unseenCpu());
  }

  mm(ctx: number): MmState {
    let mm = this.mms.get(ctx);
    if (mm === undefined) {
      mm = { gen: null, cpus: 0n };
      this.mms.set(ctx, mm);
    }
    return mm;
  }

  cpu(index: number): CpuState {
    const cpu = this.cpus[index];
    if (cpu === undefined) throw new RangeError(`CPU ${index} of ${this.cpus.length}`);
    return cpu;
  }

  #sawGen(ctx: number, gen: number): void {
    const mm = this.mm(ctx);
    // Readings of another CPU may come late in the file; a generation itself never falls.
    mm.gen = mm.gen === null ? gen : Math.max(mm.gen, gen);
  }

  /** Takes the next event of the file in. */
  apply(event: TraceEvent): void {
    const cpu = this.cpu(event.cpu);
    switch (event.kind) {
      case 'sched_switch':
        cpu.pid = event.nextPid;
        cpu.comingPid = event.nextPid;
        break;
      case 'switch_mm':
        this.#switchMm(cpu, event);
        break;
      case 'write_cr3':
        this.#writeCr3(cpu, event);
        break;
      case 'enter_lazy': {
        const ctx = this.ctxOfPointer.get(event.mm);
        if (cpu.ctx === null && ctx !== undefined) cpu.ctx = ctx;
        cpu.lazy = cpu.ctx !== INIT_CTX;
        cpu.comingPid = null;
        break;
      }
      case 'flush_mm_range': {
        this.ctxOfPointer.set(ownText(event.mm), event.ctx);
        this.#sawGen(event.ctx, event.gen + 1);
        this.mm(event.ctx).cpus = event.cpus;
        break;
      }
      case 'flush_func':
        this.#flushFunc(cpu, event);
        break;
      case 'tlb_flush':
        if (
          cpu.flushing !== null &&
          event.reason >= 1 &&
          event.reason <= 3 &&
          cpu.ctx !== null &&
          cpu.asid !== null
        ) {
          if (event.pages !== 0) cpu.slots[cpu.asid] = { ctx: cpu.ctx, gen: cpu.flushing };
          cpu.flushing = null;
        }
        break;
      case 'exit_mmap':
        this.ctxOfPointer.set(ownText(event.mm), event.ctx);
        this.#sawGen(event.ctx, event.gen);
        this.mm(event.ctx).cpus = event.cpus;
        break;
      case 'mmdrop':
        this.ctxOfPointer.delete(event.mm);
        break;
      default:
        break;
    }
    if (cpu.pid === null && event.kind !== 'sched_switch') cpu.pid = event.pid;
  }

  #switchMm(cpu: CpuState, event: EventOf<'switch_mm'>): void {
    const next = this.mm(event.nctx);
    this.ctxOfPointer.set(ownText(event.next), event.nctx);
    if (event.nctx !== INIT_CTX) {
      this.#sawGen(event.nctx, event.ngen);
      next.cpus = event.ncpus | bit(event.cpu);
      // Without a sched_switch before it this is exec: the task itself changes its mm.
      this.ctxOfPid.set(cpu.comingPid ?? event.pid, event.nctx);
    }
    // The recorded kernels leave the mask of the mm they come from; where one does not, the next mask seen
    // puts it right.
    if (cpu.ctx !== null && cpu.ctx !== event.nctx) this.mm(cpu.ctx).cpus &= ~bit(event.cpu);
    cpu.ctx = event.nctx;
    cpu.lazy = false;
    cpu.comingPid = null;
    cpu.flushing = null;
    cpu.reload = { ctx: event.nctx, gen: event.ngen };
  }

  #writeCr3(cpu: CpuState, event: EventOf<'write_cr3'>): void {
    const reload = cpu.reload;
    cpu.reload = null;
    if (reload === null) return;
    const asid = event.pcid === 0 ? 0 : event.pcid - 1;
    if (asid >= ASID_SLOTS) return;
    const before = cpu.slots[asid] ?? null;
    cpu.asid = asid;
    if (event.noFlush && before?.ctx === reload.ctx) return;
    cpu.slots[asid] = reload;
    // A slot that goes from one mm to another moves the cursor. One of unknown content may have been this
    // mm's own; it moves the cursor only if the cursor is known to stand there.
    const taken = before === null ? cpu.nextAsid === asid : before.ctx !== reload.ctx;
    if (!event.noFlush && taken) cpu.nextAsid = (asid + 1) % ASID_SLOTS;
  }

  #flushFunc(cpu: CpuState, event: EventOf<'flush_func'>): void {
    cpu.flushing = null;
    if (event.mm !== '0x0') {
      const ctx = this.ctxOfPointer.get(event.mm);
      if (ctx === undefined) return;
      // A CPU flushes its own request only while it has the mm loaded.
      if (cpu.ctx === null && event.init === event.cpu) cpu.ctx = ctx;
      if (cpu.ctx !== ctx) return;
      this.#sawGen(ctx, event.gen);
    }
    if (cpu.ctx === null || cpu.lazy) return;
    const gen = this.mm(cpu.ctx).gen;
    if (gen !== null) cpu.flushing = event.end === FLUSH_ALL ? gen : event.gen;
  }
}
