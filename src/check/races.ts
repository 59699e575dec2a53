/**
 * Whether another order that the record allows explains a value. A line is written before its values are
 * read, and what it announces is done some time before the CPU's next line: so two CPUs' lines overlap when
 * each comes before the other's next.
 */
import { LOADED_MM_SWITCHING, TLB_REMOTE_WRONG_CPU } from '../kernel/constants.js';
import type { TraceEvent } from '../trace/events.js';
import type { Mms } from './mms.js';
import type { Order } from './order.js';

/**
 * How many lines before a read an increment is looked for that was not over: a vCPU can be out for long in
 * the middle of one.
 */
const LOOK_BACK = 4000;
/** How many lines after a read a reclaim batch is looked for whose increment may have come before it. */
const LOOK_AHEAD = 400;

/** What a CPU can look like besides what it looks like in the model. */
interface Appearance {
  /** Whether it may be lazy, or not. */
  readonly lazy: boolean;
  /** The mms that it may have loaded. */
  readonly loaded: ReadonlySet<number>;
}

/** Index in the ascending `list` of the first number that is not below `from`. */
function firstFrom(list: readonly number[], from: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the line `at` itself counts the model may have done already when it is asked, or not yet. */
function add(around: [number, number], counted: number, at: number): void {
  if (counted <= at) around[0]++;
  if (counted >= at) around[1]++;
}

export class Races {
  /** By mm: the indices of its flush_mm_range. */
  private readonly requests: number[][] = [];
  /** Indices of all batch_flush. */
  private readonly batches: number[] = [];

  constructor(
    private readonly order: Order,
    private readonly mms: Mms,
    /** Handle of the mm that a batch of the CPU's task unmaps from. */
    private readonly reclaims: (cpu: number) => number,
  ) {
    order.events.forEach((event, index) => {
      if (event.kind === 'batch_flush') this.batches.push(index);
      if (event.kind !== 'flush_mm_range') return;
      const mm = mms.handle(event.mm);
      this.requests[mm] ??= [];
      this.requests[mm].push(index);
    });
  }

  /**
   * Calls `visit` for every event of other CPUs whose doing can overlap what CPU `cpu` does from `from` to
   * `to` (event indices).
   */
  private overlapping(
    cpu: number,
    from: number,
    to: number,
    visit: (event: TraceEvent, index: number) => boolean,
  ): boolean {
    const { events, next } = this.order;
    for (let index = from + 1; index < Math.min(to, events.length); index++) {
      if (events[index].cpu !== cpu && visit(events[index], index)) return true;
    }
    // What began before and was not over: each other CPU's last line before `from`.
    const seen = new Set<number>([cpu]);
    for (let index = from - 1; index >= 0 && index > from - LOOK_BACK; index--) {
      const event = events[index];
      if (seen.has(event.cpu)) continue;
      seen.add(event.cpu);
      if (next[index] > from && visit(event, index)) return true;
    }
    return false;
  }

  /**
   * Increments of the mm's generation that can fall on the other side of a read between the lines `from` and
   * `to`, as the model stands at line `at`: [counted in the model, perhaps not yet; not counted in the model,
   * perhaps already].
   */
  increments(cpu: number, mm: number, from: number, to: number, at: number): [number, number] {
    const { events } = this.order;
    const around: [number, number] = [0, 0];
    const requests = this.requests[mm] ?? [];
    for (let place = firstFrom(requests, from - LOOK_BACK); requests[place] < to; place++) {
      const index = requests[place];
      // The CPU's own request counts only where an interrupt took it unawares.
      if (events[index].cpu === cpu && (index >= from || index === at)) continue;
      const counted = this.order.countedAt(index);
      if (counted > from) add(around, counted, at);
    }
    for (let place = firstFrom(this.batches, from); this.batches[place] < to + LOOK_AHEAD; place++) {
      const index = this.batches[place];
      if (this.order.unmappedFrom(index) < to && this.reclaims(events[index].cpu) === mm)
        add(around, index, at);
    }
    return around;
  }

  /**
   * Whether CPU `other` can enter or leave masks between `from` and `to`: a switch_mm of it that is not over,
   * or a flush that finds another mm loaded and takes the CPU out.
   */
  changesMasks(cpu: number, other: number, from: number, to: number): boolean {
    const changes = ({ kind }: TraceEvent, index: number): boolean =>
      kind === 'switch_mm' ||
      (kind === 'flush_func' && this.order.flushOf(index)?.reason === TLB_REMOTE_WRONG_CPU);
    return this.overlapping(cpu, from, to, (event, index) => event.cpu === other && changes(event, index));
  }

  /** Whether a batch is flushed between the lines `from` and `to`. */
  hasBatch(from: number, to: number): boolean {
    return this.batches[firstFrom(this.batches, from)] < to;
  }

  /** Whether another CPU can give the mm a global ASID between `from` and `to`. */
  givesAsid(cpu: number, mm: number, from: number, to: number): boolean {
    return this.happensTo('use_global_asid', cpu, mm, from, to);
  }

  /** Whether another CPU can end the mm's transition to its global ASID between `from` and `to`. */
  endsTransition(cpu: number, mm: number, from: number, to: number): boolean {
    return this.happensTo('transition_done', cpu, mm, from, to);
  }

  private happensTo(
    kind: 'use_global_asid' | 'transition_done',
    cpu: number,
    mm: number,
    from: number,
    to: number,
  ): boolean {
    const isIt = (event: TraceEvent): boolean => event.kind === kind && this.mms.handle(event.mm) === mm;
    return this.overlapping(cpu, from, to, isIt);
  }

  /**
   * What CPU `other` can look like between `from` and `to`. An enter_lazy before `lazySeen` is over: an idle
   * CPU writes no line for long, but another has seen it.
   */
  appearances(cpu: number, other: number, from: number, to: number, lazySeen: number): Appearance {
    let lazy = false;
    const loaded = new Set<number>();
    this.overlapping(cpu, from, to, (event, index) => {
      if (event.cpu !== other) return false;
      const at = event.kind === 'switch_mm' ? index : this.order.switchOf(index);
      const line = this.order.events[at];
      if (line?.kind === 'switch_mm') {
        lazy = true;
        loaded.add(LOADED_MM_SWITCHING).add(this.mms.handle(line.next));
        if (line.prev !== '0x0') loaded.add(this.mms.handle(line.prev));
      } else if (event.kind === 'enter_lazy' && index >= lazySeen) lazy = true;
      return false;
    });
    return { lazy, loaded };
  }
}
