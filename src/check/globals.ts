/**
 * Lines about mms that have a global ASID (INVLPGB, since 6.15), and batches that are broadcast: flushes
 * without IPIs and switches without slots, which the model does not have. They are neither agreements nor
 * disagreements.
 */
import type { BroadcastBody, EventOf, TraceEvent } from '../trace/events.js';
import { isFuncReason } from '../trace/reasons.js';

/**
 * From where to where in the recording a pointer stands for an mm with a global ASID: event indices, [first,
 * end).
 */
interface Stretch {
  readonly first: number;
  end: number;
}

/** What an mm's pointer has been: where its life began, and whether it has a global ASID by now. */
interface Life {
  begin: number;
  stretch: Stretch | null;
}

/** The pointer that a line shows to have a global ASID; null when it shows none. */
function shownGlobal(event: TraceEvent, previous: TraceEvent | undefined, slots: number): string | null {
  if (event.kind === 'flush_mm_range' || event.kind === 'bcast_flush')
    return event.asid !== 0 ? event.mm : null;
  if (event.kind === 'switch_mm') return event.nasid !== 0 ? event.next : null;
  // A recording without the fields: its PCID is none that a slot can have.
  if (event.kind === 'write_cr3')
    return event.pcid > slots && previous?.kind === 'switch_mm' ? previous.next : null;
  return null;
}

function stretchesOf(events: readonly TraceEvent[], slots: number): Map<string, Stretch[]> {
  const stretches = new Map<string, Stretch[]>();
  const lives = new Map<string, Life>();
  const last: (TraceEvent | undefined)[] = [];
  const lifeOf = (pointer: string): Life => {
    const life = lives.get(pointer) ?? { begin: 0, stretch: null };
    lives.set(pointer, life);
    return life;
  };
  const begin = (pointer: string, first: number): void => {
    const life = lifeOf(pointer);
    if (life.stretch !== null) return;
    life.stretch = { first, end: events.length };
    stretches.set(pointer, [...(stretches.get(pointer) ?? []), life.stretch]);
  };
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (event.kind === 'use_global_asid') begin(event.mm, index);
    else if (event.kind === 'mmdrop') {
      const life = lifeOf(event.mm);
      if (life.stretch !== null) life.stretch.end = index + 1;
      lives.set(event.mm, { begin: index + 1, stretch: null });
    } else {
      const pointer = shownGlobal(event, last[event.cpu], slots);
      // When it got its ASID is not in the recording.
      if (pointer !== null) begin(pointer, lifeOf(pointer).begin);
    }
    last[event.cpu] = event;
  }
  return stretches;
}

/** Lines that only kernels with broadcast flushes write: nothing of the model stands behind them. */
export const BROADCAST_KINDS: ReadonlySet<string> = new Set<BroadcastBody['kind']>([
  'use_global_asid',
  'bcast_flush',
  'invlpgb',
  'tlbsync',
  'transition_wait',
  'transition_done',
  'free_global_asid',
]);

/** Lines that name an mm, of which nothing is compared: the model takes them whatever the mm's ASID is. */
const TAKEN_AS_EVER: ReadonlySet<string> = new Set(['enter_lazy', 'batch_pending', 'finish_mmu', 'mmdrop']);

/** The mm that a line names, if it is one of those that make, ask for or do a flush or switch. */
function subject(event: TraceEvent): string | null {
  if (event.kind === 'switch_mm') return event.next;
  return 'mm' in event && !TAKEN_AS_EVER.has(event.kind) ? event.mm : null;
}

/** What of a CPU's doing is not modelled at the moment. */
interface Doing {
  /** Its request is for such an mm, or is broadcast. */
  request: boolean;
  /** The mm of its request: it may get its ASID while the request is under way. */
  mm: string | null;
  /** Its last line is the flush_func, or the switch, of such an mm. */
  func: boolean;
  switching: boolean;
}

const REQUEST_LINES: ReadonlySet<string> = new Set([
  'should_flush',
  'should_flush_ret',
  'flush_mm_range_ret',
]);

/** Lines after which the CPU's request is the one that they name. */
const BEGINS_REQUEST: ReadonlySet<string> = new Set([
  'flush_mm_range',
  'bcast_flush',
  'native_flush_multi',
  'kvm_flush_multi',
  'batch_flush',
]);

/** Whether a line of the CPU that names no mm belongs to what is not modelled there. */
function belongs(event: TraceEvent, doing: Doing): boolean {
  if (event.kind === 'write_cr3') return doing.switching;
  if (event.kind !== 'tlb_flush') return doing.request && REQUEST_LINES.has(event.kind);
  if (event.reason === 0) return doing.switching;
  return isFuncReason(event.reason) ? doing.func : doing.request;
}

/**
 * Marks the events that are about an mm with a global ASID or a broadcast batch. `slots` is the number of
 * ASIDs that each CPU hands out itself. Null when there are none.
 */
export function broadcastLines(events: readonly TraceEvent[], slots: number): Uint8Array | null {
  const stretches = stretchesOf(events, slots);
  const broadcast = broadcastBatches(events);
  if (stretches.size === 0 && broadcast.size === 0) return null;
  const marks = new Uint8Array(events.length);
  const doings: Doing[] = [];
  const isGlobal = (pointer: string, index: number): boolean =>
    stretches.get(pointer)?.some(({ first, end }) => index >= first && index < end) === true;
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    doings[event.cpu] ??= { request: false, mm: null, func: false, switching: false };
    const doing = doings[event.cpu];
    doing.request ||= doing.mm !== null && isGlobal(doing.mm, index);
    const pointer = subject(event);
    const marked =
      broadcast.has(event) || (pointer === null ? belongs(event, doing) : isGlobal(pointer, index));
    if (marked) marks[index] = 1;
    follow(event, marked, doing);
  }
  return marks;
}

function follow(event: TraceEvent, marked: boolean, doing: Doing): void {
  if (BEGINS_REQUEST.has(event.kind)) {
    doing.request = marked;
    doing.mm = 'mm' in event ? event.mm : null;
  } else if (event.kind === 'flush_mm_range_ret') {
    doing.request = false;
    doing.mm = null;
  }
  doing.func = marked && event.kind === 'flush_func';
  // Between a switch_mm and the line that says whether it flushed stands only its CR3 write.
  doing.switching = marked && (event.kind === 'switch_mm' || event.kind === 'write_cr3');
}

/** Reclaim batches that an INVLPGB flushes, wherever the mms' CPUs are. */
function broadcastBatches(events: readonly TraceEvent[]): Set<TraceEvent> {
  const open: (EventOf<'batch_flush'> | undefined)[] = [];
  const found = new Set<TraceEvent>();
  for (const event of events) {
    const batch = open[event.cpu];
    if (event.kind === 'batch_flush') open[event.cpu] = event;
    else if (
      batch !== undefined &&
      event.pid === batch.pid &&
      (event.kind === 'invlpgb' || event.kind === 'native_flush_multi')
    ) {
      if (event.kind === 'invlpgb') found.add(batch);
      open[event.cpu] = undefined;
    }
  }
  return found;
}
