/**
 * The linearisation: the lines in file order, each the moment at which what it announces is done. This file
 * answers what comes next on a CPU, which is what an input that is only printed later (trim) and the windows
 * of races need.
 */
import type { EventOf, TraceEvent } from '../trace/events.js';
import { isFuncReason } from '../trace/reasons.js';

/** Whether an interrupt handler wrote the line (hard, soft, both, NMI). */
export function inInterrupt(event: TraceEvent): boolean {
  const context = event.flags[2];
  return context !== undefined && context !== '.';
}

/** After a request's line: it was sent, or it is over. A flush_func of its own shows that it stayed local. */
const SHOWS_SEND: ReadonlySet<string> = new Set([
  'native_flush_multi',
  'kvm_flush_multi',
  'flush_mm_range_ret',
  'flush_mm_range',
  'batch_flush',
  'sched_switch',
]);

/** Lines of a request that is under way on its CPU, whatever came before them. */
const WITHIN_REQUEST: ReadonlySet<string> = new Set([
  'native_flush_multi',
  'kvm_flush_multi',
  'should_flush',
  'should_flush_ret',
  'flush_mm_range_ret',
]);
/** Lines between which and the next one no request is left from before. */
const ENDS_REQUEST: ReadonlySet<string> = new Set([
  'flush_mm_range_ret',
  'flush_mm_range',
  'batch_flush',
  'sched_switch',
  'sys_enter',
]);

/** A batch is not gathered over more lines of its CPU than this. */
const BATCH_LINES = 400;
/** A send is over after this many lines of all CPUs. */
const SEND_LINES = 4000;

/** A flush that a request makes on its own CPU, and its send. */
const ownFlush = (event: TraceEvent): boolean => event.kind === 'tlb_flush' && event.reason >= 2;

export class Order {
  /** Index from which on no request is under way that began before the file. */
  readonly headEnd: number;

  /**
   * By batch_flush: the line of its task after which the page was unmapped (set_tlb_ubc_flush_pending has no
   * line of its own).
   */
  readonly unmappedFrom = new Map<number, number>();

  /** Index of the next event of the same CPU; `events.length` when there is none. */
  readonly next: Int32Array;
  /** Index of the previous event of the same CPU; -1 when there is none. */
  readonly previous: Int32Array;

  constructor(
    readonly events: readonly TraceEvent[],
    cpus: number,
  ) {
    this.next = new Int32Array(events.length);
    this.previous = new Int32Array(events.length);
    const last = new Int32Array(cpus).fill(events.length);
    for (let index = events.length - 1; index >= 0; index--) {
      const cpu = events[index].cpu;
      this.next[index] = last[cpu];
      last[cpu] = index;
    }
    last.fill(-1);
    for (let index = 0; index < events.length; index++) {
      const cpu = events[index].cpu;
      this.previous[index] = last[cpu];
      last[cpu] = index;
    }
    this.placeUnmaps();
    this.headEnd = this.findHeadEnd(cpus);
  }

  private findHeadEnd(cpus: number): number {
    const { events } = this;
    let end = 0;
    /**
     * By CPU: whether nothing has told yet if a request was under way, whether one was, or that none is any
     * more.
     */
    const state = new Array<'unknown' | 'under way' | 'over'>(cpus).fill('unknown');
    for (let index = 0; index < events.length; index++) {
      const event = events[index];
      if (state[event.cpu] === 'over' || inInterrupt(event)) continue;
      const within =
        WITHIN_REQUEST.has(event.kind) ||
        (event.kind === 'flush_func' && event.init === event.cpu) ||
        ownFlush(event);
      if (state[event.cpu] === 'unknown' && within) state[event.cpu] = 'under way';
      if (state[event.cpu] === 'under way') end = index + 1;
      if (ENDS_REQUEST.has(event.kind)) state[event.cpu] = 'over';
    }
    return end;
  }

  private placeUnmaps(): void {
    const { events } = this;
    for (let index = 0; index < events.length; index++) {
      const flush = events[index];
      if (flush.kind !== 'batch_flush') continue;
      // The task's line before, whatever interrupts wrote.
      let from = this.previous[index];
      while (from >= 0 && (events[from].pid !== flush.pid || inInterrupt(events[from])))
        from = this.previous[from];
      this.unmappedFrom.set(index, from);
    }
  }

  after(index: number): TraceEvent | undefined {
    return this.events[this.next[index]];
  }

  /** The CR3 write of the switch_mm at `index`: with interrupts off, nothing of the CPU comes between. */
  cr3Of(index: number): EventOf<'write_cr3'> | null {
    const event = this.after(index);
    return event?.kind === 'write_cr3' ? event : null;
  }

  /**
   * The switch_mm that the CR3 write or the flush on task switch at `index` belongs to; -1 when that is not
   * what it is.
   */
  switchOf(index: number): number {
    const event = this.events[index];
    if (event.kind === 'write_cr3') return this.previous[index];
    return event.kind === 'tlb_flush' && event.reason === 0 && this.previous[index] >= 0
      ? this.previous[this.previous[index]]
      : -1;
  }

  /** What the flush_func at `index` traced: null when it returned early. */
  flushOf(index: number): EventOf<'tlb_flush'> | null {
    const event = this.after(index);
    return event?.kind === 'tlb_flush' && isFuncReason(event.reason) ? event : null;
  }

  /** Whether the line at `index` is the first of its CPU: what it belongs to began before the file. */
  isFirst(index: number): boolean {
    return this.previous[index] < 0;
  }

  /** Whether the line at `index` is the last of its CPU: the file ends before what would follow from it. */
  isLast(index: number): boolean {
    return this.next[index] >= this.events.length;
  }

  /**
   * Index of the line that tells whether the request at `index` goes to other CPUs; `events.length` when the
   * file ends before it.
   */
  private sendShownAt(index: number): number {
    const cpu = this.events[index].cpu;
    for (let at = this.next[index]; at < this.events.length; at = this.next[at]) {
      const event = this.events[at];
      if (event.kind === 'flush_func' ? event.init === cpu : SHOWS_SEND.has(event.kind)) return at;
    }
    return this.events.length;
  }

  /** The send that belongs to the flush_mm_range or batch_flush at `index`: null when it stayed local. */
  sendOf(index: number): EventOf<'native_flush_multi' | 'kvm_flush_multi'> | null {
    const event = this.events[this.sendShownAt(index)];
    return event?.kind === 'native_flush_multi' || event?.kind === 'kvm_flush_multi' ? event : null;
  }

  /**
   * From which line on the batch that is flushed at `index` may have been gathered: its task's last batch, or
   * its system call.
   */
  gatheredFrom(index: number): number {
    const { pid } = this.events[index];
    let at = this.previous[index];
    for (let steps = 0; steps < BATCH_LINES && at >= 0; steps++, at = this.previous[at]) {
      const event = this.events[at];
      if (event.pid === pid && (event.kind === 'batch_flush' || event.kind === 'sys_enter')) return at;
    }
    return Math.max(0, at);
  }

  /**
   * CPUs that lines show to be sent to by the native_flush_multi at `index`: asked about, or come to serve
   * it.
   */
  servedBy(index: number): ReadonlySet<number> {
    const { events } = this;
    const { cpu } = events[index];
    const served = new Set<number>();
    for (let at = index + 1; at < Math.min(events.length, index + SEND_LINES); at++) {
      const event = events[at];
      if (event.kind === 'flush_func' && event.init === cpu) served.add(event.cpu);
      if (event.cpu !== cpu || inInterrupt(event)) continue;
      if (event.kind === 'should_flush') served.add(event.target);
      if (ENDS_REQUEST.has(event.kind)) break;
    }
    return served;
  }

  /** Whether `target` serves the send at `index` in its idle loop, not in an interrupt. */
  servedInIdle(index: number, target: number): boolean {
    const { events } = this;
    for (let at = index + 1; at < Math.min(events.length, index + SEND_LINES); at++) {
      const event = events[at];
      if (event.cpu !== target || event.kind !== 'flush_func' || event.init !== events[index].cpu) continue;
      return event.pid === 0 && !inInterrupt(event);
    }
    return false;
  }

  /** Whether the file ends before it shows where the request at `index` went. */
  sendNotShown(index: number): boolean {
    return this.sendShownAt(index) >= this.events.length;
  }

  /**
   * The next line of what the line at `index` belongs to: of the CPU's task if the line is the task's,
   * whatever interrupts come between. A line's values are read after its time stamp is taken, and an
   * interrupt can come in between.
   */
  nextOwn(index: number): number {
    if (inInterrupt(this.events[index])) return this.next[index];
    let at = this.next[index];
    while (at < this.events.length && inInterrupt(this.events[at])) at = this.next[at];
    return at;
  }

  /**
   * Where the model counts up for the flush_mm_range at `index`: the request's next line on its CPU, whatever
   * interrupts come between.
   */
  countedAt(index: number): number {
    const cpu = this.events[index].cpu;
    for (let at = this.next[index]; at < this.events.length; at = this.next[at]) {
      const event = this.events[at];
      if (event.kind === 'native_flush_multi' || event.kind === 'kvm_flush_multi') return at;
      if (event.kind === 'flush_func' && event.init === cpu) return at;
      if (event.kind === 'flush_mm_range_ret' || event.kind === 'flush_mm_range') return at;
    }
    return this.events.length;
  }
}
