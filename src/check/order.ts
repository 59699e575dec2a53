/**
 * The linearisation: the lines in file order, each the moment at which what it announces is done. This file
 * answers what comes next on a CPU, which is what an input that is only printed later (trim) and the windows
 * of races need.
 */
import type { EventKind, EventOf, TraceEvent } from '../trace/events.js';
import { isFuncReason } from '../trace/reasons.js';

type Kinds = ReadonlySet<EventKind>;
const kinds = (...names: readonly EventKind[]): Kinds => new Set(names);
/** Lines of a request, or a batch, that is broadcast: of the task that asks for it. */
const BROADCASTS: Kinds = kinds(
  ...([
    'bcast_flush',
    'invlpgb',
    'tlbsync',
    'transition_wait',
    'transition_done',
    'use_global_asid',
  ] as const),
);

/** Whether an interrupt handler wrote the line (hard, soft, both, NMI). */
export function inInterrupt(event: TraceEvent): boolean {
  const context = event.flags[2];
  // A probe on an instruction is a breakpoint, which the flags call an NMI.
  if (context === 'Z' && BROADCASTS.has(event.kind)) return false;
  return context !== undefined && context !== '.';
}

/** Sends, of flush_tlb_multi and of the PV one before it. */
const SENDS: Kinds = kinds('native_flush_multi', 'kvm_flush_multi');
/** After a flush_mm_range: it has counted. */
const COUNTED: Kinds = kinds(...SENDS, 'bcast_flush', 'flush_mm_range_ret', 'flush_mm_range');
/**
 * After a request's line: it was sent, or broadcast, or it is over. A flush_func of its own shows that it
 * stayed local.
 */
const SHOWS_SEND: Kinds = kinds(...COUNTED, 'invlpgb', 'batch_flush', 'sched_switch');
/** Lines of a request that is under way on its CPU, whatever came before them. */
const WITHIN_REQUEST: Kinds = kinds(
  ...SENDS,
  ...BROADCASTS,
  ...(['should_flush', 'should_flush_ret', 'flush_mm_range_ret'] as const),
);
/** Lines between which and the next one no request is left from before. */
const ENDS_REQUEST: Kinds = kinds(
  ...(['flush_mm_range_ret', 'flush_mm_range', 'batch_flush', 'sched_switch', 'sys_enter'] as const),
);

/** Where a request goes: by flush_tlb_multi to other CPUs, by broadcast to all, or nowhere else. */
export type Way = 'sent' | 'broadcast' | 'kept';

/** A batch is not gathered over more lines of its CPU than this. */
const BATCH_LINES = 400;
/** A send is over after this many lines of all CPUs. */
const SEND_LINES = 4000;

/** A flush that a request makes on its own CPU, and its send. */
const ownFlush = (event: TraceEvent): boolean => event.kind === 'tlb_flush' && event.reason >= 2;

export class Order {
  /** Index from which on no request is under way that began before the file. */
  readonly headEnd: number;

  /** Index of the next event of the same CPU; `events.length` when there is none. */
  readonly next: Int32Array;
  /** Index of the previous event of the same CPU; -1 when there is none. */
  readonly previous: Int32Array;

  constructor(
    readonly events: readonly TraceEvent[],
    cpus: number,
  ) {
    this.next = new Int32Array(events.length).fill(events.length);
    this.previous = new Int32Array(events.length);
    const last = new Int32Array(cpus).fill(-1);
    events.forEach(({ cpu }, index) => {
      this.previous[index] = last[cpu];
      if (last[cpu] >= 0) this.next[last[cpu]] = index;
      last[cpu] = index;
    });
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

  /**
   * Index of the line of its task after which the page of the batch_flush at `index` was unmapped
   * (set_tlb_ubc_flush_pending has no line of its own), whatever interrupts wrote; -1 when there is none.
   */
  unmappedFrom(index: number): number {
    const { events, previous } = this;
    let from = previous[index];
    while (from >= 0 && (events[from].pid !== events[index].pid || inInterrupt(events[from])))
      from = previous[from];
    return from;
  }

  /** Index of the CPU's first line after `index` that `is` so; `events.length` when there is none. */
  private nextThat(index: number, is: (event: TraceEvent) => boolean): number {
    let at = this.next[index];
    while (at < this.events.length && !is(this.events[at])) at = this.next[at];
    return at;
  }

  /** Index of the next line of the CPU's task, whatever interrupts come between. */
  nextOfTask(index: number): number {
    return this.nextThat(index, (event) => !inInterrupt(event));
  }

  /** Index of the request's next line on its CPU: one of `shown`, or its own flush_func. */
  private nextOfRequest(index: number, shown: Kinds): number {
    const { cpu } = this.events[index];
    return this.nextThat(index, (event) =>
      event.kind === 'flush_func' ? event.init === cpu : shown.has(event.kind),
    );
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
    return this.nextOfRequest(index, SHOWS_SEND);
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

  /** How the request or batch at `index` reached the CPUs. */
  wayOf(index: number): Way {
    const kind = this.events[this.sendShownAt(index)]?.kind;
    if (kind === 'bcast_flush' || kind === 'invlpgb') return 'broadcast';
    return kind !== undefined && SENDS.has(kind) ? 'sent' : 'kept';
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
    return inInterrupt(this.events[index]) ? this.next[index] : this.nextOfTask(index);
  }

  /**
   * Where the model counts up for the flush_mm_range at `index`: the request's next line on its CPU, whatever
   * interrupts come between.
   */
  countedAt(index: number): number {
    return this.nextOfRequest(index, COUNTED);
  }
}
