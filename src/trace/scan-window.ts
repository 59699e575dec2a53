/**
 * The pass over a window's events that fills the scripts.
 */
import { flushPages, MADV_PAGEOUT, syscallPages, writable } from './address-space.js';
import type { Classified } from './classify.js';
import type { EventOf } from './events.js';
import { FLUSH_ALL } from './events.js';
import { type FlushRecord, historyOf, type SyscallRecord } from './history.js';
import type { ImportContext } from './import.js';
import { INIT_CTX, type MachineState } from './machine-state.js';
import { MappingSteps } from './mapping-steps.js';
import type { MappedRange } from './page-map.js';
import type { ScriptBuilder } from './script-builder.js';
import { count, type ImportTally } from './tally.js';

/** Error code bits of a page fault. */
const FAULT_WRITE = 2;

/** A flush in the scripts. */
export interface ScriptedFlush {
  /** Index of the mm, of the CPU that asks, and the pages. */
  readonly mm: number;
  readonly cpu: number;
  readonly range: MappedRange;
}

/** What the pass found besides the scripts. */
export interface Scanned {
  /**
   * Contexts that a fork step creates: an mm whose fork has no step must exist from the start, or those that
   * run it would wait for ever.
   */
  readonly forked: ReadonlySet<number>;
  readonly flushes: readonly ScriptedFlush[];
  /** mms that exit (by index). */
  readonly exited: ReadonlySet<number>;
}

class WindowScan {
  readonly #context: ImportContext;
  readonly #builders: readonly ScriptBuilder[];
  readonly #tally: ImportTally;
  readonly #indexOf: ReadonlyMap<number, number>;
  /** Calls that have their step: a munmap may flush several times. */
  readonly #done = new Set<SyscallRecord>();
  /** By reclaiming call: how many of its batches have become steps. */
  readonly #batches = new Map<SyscallRecord, number>();
  /** Contexts whose fork became a step. */
  readonly forked = new Set<number>();
  readonly flushes: ScriptedFlush[] = [];
  readonly exited = new Set<number>();
  readonly #mapping: MappingSteps;
  /** By CPU: whether a leave_mm came and its switch to init_mm has not. */
  readonly #leaving = new Set<number>();

  constructor(
    context: ImportContext,
    machine: MachineState,
    builders: readonly ScriptBuilder[],
    tally: ImportTally,
  ) {
    this.#context = context;
    this.#builders = builders;
    this.#tally = tally;
    this.#mapping = new MappingSteps(context.spaces, context.window, tally);
    this.#indexOf = new Map(context.ctxs.map((ctx, index) => [ctx, index]));
    machine.cpus.forEach((cpu, index) => {
      const mm = cpu.ctx === null || cpu.lazy ? undefined : this.#indexOf.get(cpu.ctx);
      if (mm !== undefined) this.#builder(index).beginIn(mm);
    });
  }

  #builder(cpu: number): ScriptBuilder {
    const builder = this.#builders[cpu];
    if (builder === undefined) throw new RangeError(`CPU ${cpu} of ${this.#builders.length}`);
    return builder;
  }

  /** Whether the CPU's script is in a user task of this context now. */
  #runs(cpu: number, ctx: number): boolean {
    const mm = this.#indexOf.get(ctx);
    return mm !== undefined && this.#builder(cpu).user === mm;
  }

  run(): void {
    const { recording, window } = this.#context;
    const history = historyOf(recording);
    for (let i = window.first; i < window.end; i++) {
      const event = recording.events[i];
      if (event === undefined) break;
      switch (event.kind) {
        case 'switch_mm':
          this.#switchMm(event);
          break;
        case 'leave_mm':
          this.#leaving.add(event.cpu);
          break;
        case 'enter_lazy': {
          // The probe hits before the next task is current, except when an exiting task gives up its mm.
          const idle = this.#comingIdle(i, event.cpu);
          if (this.#builder(event.cpu).leaveUser({ op: idle ? 'idle' : 'kthread' }))
            count(this.#tally.modelled, idle ? 'idle' : 'kernel thread');
          break;
        }
        case 'flush_mm_range': {
          const found = this.#context.flushes.get(i);
          if (found !== undefined) this.#flush(found[0], found[1]);
          break;
        }
        case 'batch_flush':
          this.#reclaim(event, history.batchAt.get(i) ?? null);
          break;
        case 'sys_exit': {
          const call = history.syscallAt.get(i);
          if (call !== undefined) this.#syscallExit(event.cpu, call);
          break;
        }
        case 'page_fault':
          this.#fault(event);
          break;
        case 'flush_all':
        case 'flush_kernel_range':
          count(this.#tally.ignored, 'flush of kernel mappings');
          break;
        case 'sched_migrate_task':
          count(this.#tally.ignored, 'task migration (tasks move between steps by themselves)');
          break;
        default:
          break;
      }
    }
    for (const builder of this.#builders) builder.endWindow();
    for (const [flush, { op }] of this.#context.flushes.values()) {
      if (op === 'exit') this.#exit(flush.event.ctx);
    }
  }

  /** Whether the last sched_switch of the CPU before event `index` went to its idle task. */
  #comingIdle(index: number, cpu: number): boolean {
    for (let i = index - 1; i >= 0; i--) {
      const event = this.#context.recording.events[i];
      if (event?.cpu !== cpu) continue;
      if (event.kind === 'sched_switch') return event.nextPid === 0;
      if (event.kind === 'switch_mm' && event.nctx !== INIT_CTX) return false;
    }
    return false;
  }

  #switchMm(event: EventOf<'switch_mm'>): void {
    const builder = this.#builder(event.cpu);
    if (event.nctx === INIT_CTX) {
      // A flush that found the CPU lazy makes it leave the mm by itself; only leave_mm is somebody's
      // decision.
      if (this.#leaving.delete(event.cpu) && builder.leaveUser({ op: 'idle', deep: true }))
        count(this.#tally.modelled, 'deep idle (leave_mm)');
      return;
    }
    const mm = this.#indexOf.get(event.nctx);
    if (mm === undefined) {
      // An mm that does not matter runs where no mm that matters does: the CPU is as good as idle.
      builder.leaveUser({ op: 'kthread' });
      count(this.#tally.ignored, 'switch to an mm without a flush in the window');
    } else if (builder.run(mm)) {
      count(this.#tally.modelled, 'mm switch');
    } else {
      count(this.#tally.ignored, 'thread switch within an mm');
    }
  }

  #flush(flush: FlushRecord, classified: Classified): void {
    const { event } = flush;
    const { op, treatment, label } = classified;
    if (op === 'exit' || op === 'implied' || treatment === 'ignored') {
      // An exit's place in the scripts depends on all of the mm's stays: it is set at the end.
      if (op !== 'exit') count(this.#tally[treatment], label);
      return;
    }
    if (!this.#runs(event.cpu, event.ctx)) {
      count(this.#tally.ignored, `${label} of an mm that its CPU does not run`);
      return;
    }
    const builder = this.#builder(event.cpu);
    const call = flush.syscall;
    const space = this.#context.spaces.of(event.ctx);
    const recorded = flushPages(flush);
    const byCall = call === null ? null : syscallPages(call);
    const range =
      (byCall === null ? null : space.within(byCall)) ??
      (recorded === null ? null : space.within(recorded)) ??
      this.#context.spaces.whole(event.ctx);
    const flushed = { ...range, ...this.#nominal(flush, range) };
    count(this.#tally[treatment], label);
    if (op === 'munmap' || op === 'mprotect' || op === 'madvise') {
      if (call !== null && this.#done.has(call)) return;
      if (call !== null) this.#done.add(call);
      if (op === 'mprotect') builder.push({ op, ...flushed, write: call !== null && writable(call) });
      else if (op === 'munmap')
        this.#mapping.unmap(
          builder,
          event.ctx,
          flushed,
          (call?.flushes ?? [flush]).some((f) => f.freedTables),
        );
      else builder.push({ op, ...flushed });
    } else if (op === 'fork') {
      const ctx = this.#context.children.get(flush.index);
      const child = ctx === undefined ? undefined : this.#indexOf.get(ctx);
      // A dup_mmap without a sched_process_fork failed, or ends after the recording.
      if (ctx !== undefined && child !== undefined) {
        builder.push({ op: 'fork', child });
        this.forked.add(ctx);
        this.#mapping.fork(event.ctx, ctx);
      }
    } else if (op === 'cow') {
      builder.push({ op: 'access', page: range.start, write: true });
    } else if (op === 'cow-of-unknown-fork') {
      // As after the break: another frame, and the old translation revoked.
      builder.dropAccess(range.start);
      builder.push({ op: 'madvise', ...flushed });
      builder.push({ op: 'access', page: range.start, write: true });
    } else {
      builder.push({ op: 'madvise', ...flushed });
    }
    this.#flushed(event.cpu, event.ctx, range);
  }

  /** The recorded number of steps, where the mapped range no longer shows it. */
  #nominal(flush: FlushRecord, range: MappedRange): { nominalPages?: number } {
    const { start, end, stride } = flush.event;
    const steps = end === FLUSH_ALL ? this.#context.ceiling + 1 : Number((end - start) >> BigInt(stride));
    const nominalPages = Math.min(Math.max(1, steps), 2 ** 30);
    return nominalPages > range.end - range.start ? { nominalPages } : {};
  }

  /** Notes a flush: CPUs that run the mm meanwhile access what was flushed. */
  #flushed(cpu: number, ctx: number, range: MappedRange): void {
    const mm = this.#indexOf.get(ctx);
    if (mm !== undefined) this.flushes.push({ mm, cpu, range });
    this.#builders.forEach((builder, other) => {
      if (other !== cpu && this.#runs(other, ctx)) builder.flushedByOther(range);
    });
  }

  #reclaim(event: EventOf<'batch_flush'>, call: SyscallRecord | null): void {
    const mm = call?.ctx === null || call === null ? undefined : this.#indexOf.get(call.ctx);
    const recorded = call === null || call.args.behavior !== MADV_PAGEOUT ? null : syscallPages(call);
    const range =
      mm === undefined || call?.ctx == null || recorded === null
        ? null
        : this.#context.spaces.of(call.ctx).within(recorded);
    if (call?.ctx == null || mm === undefined || range === null) {
      count(this.#tally.ignored, 'reclaim batch whose pages the recording does not tell');
      return;
    }
    const turn = this.#batches.get(call) ?? 0;
    this.#batches.set(call, turn + 1);
    const page = range.start + (turn % (range.end - range.start));
    this.#builder(event.cpu).push({ op: 'reclaim', mm, page });
    count(this.#tally.modelled, 'reclaim (MADV_PAGEOUT)');
    this.#flushed(event.cpu, call.ctx, { start: page, end: page + 1 });
  }

  /** Calls that flushed nothing still map, unmap and grant: later operations rest on that. */
  #syscallExit(cpu: number, call: SyscallRecord): void {
    if (call.ctx === null || !this.#runs(cpu, call.ctx) || this.#done.has(call)) return;
    if (call.name !== 'mmap' && (call.ret !== 0n || call.flushes.length > 0)) return;
    const recorded = syscallPages(call);
    const range = recorded === null ? null : this.#context.spaces.of(call.ctx).within(recorded);
    if (range === null) return;
    const builder = this.#builder(cpu);
    if (call.name === 'mmap') this.#mapping.map(builder, call.ctx, range, writable(call));
    else if (call.name === 'munmap') this.#mapping.unmap(builder, call.ctx, range, false);
    else if (call.name === 'mprotect') builder.push({ op: 'mprotect', ...range, write: writable(call) });
    else return;
    count(this.#tally.modelled, call.name === 'mmap' ? 'mmap' : `${call.name} without a flush`);
  }

  /** A fault on a page that the scenario has: the access that made it. */
  #fault(event: EventOf<'page_fault'>): void {
    const builder = this.#builder(event.cpu);
    const ctx = builder.user === null ? undefined : this.#context.ctxs[builder.user];
    const page = ctx === undefined ? null : this.#context.spaces.of(ctx).pageOf(Number(event.address >> 12n));
    if (page === null) {
      count(this.#tally.ignored, 'page fault outside the flushed ranges');
      return;
    }
    builder.push({ op: 'access', page, write: (event.errorCode & FAULT_WRITE) !== 0 });
    count(this.#tally.modelled, 'page fault (as an access)');
  }

  #exit(ctx: number): void {
    const mm = this.#indexOf.get(ctx);
    const exits = mm === undefined ? [] : this.#builders.filter((builder) => builder.exitAtLastStay(mm));
    if (mm !== undefined && exits.length > 0) this.exited.add(mm);
    if (exits.length > 0) count(this.#tally.modelled, 'exit (exit_mmap)');
    else count(this.#tally.ignored, 'exit (exit_mmap) of an mm that no CPU runs in the window');
  }
}

/** Fills `builders` (one per CPU) from the window's events; `machine` is the state before it. */
export function scanWindow(
  context: ImportContext,
  machine: MachineState,
  builders: readonly ScriptBuilder[],
  tally: ImportTally,
): Scanned {
  const scan = new WindowScan(context, machine, builders, tally);
  scan.run();
  return scan;
}
