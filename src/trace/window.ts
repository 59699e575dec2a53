/**
 * Which part of a recording becomes a scenario.
 *
 * The rule: events are taken in blocks of `events`, one after the other from the first event on. A flush that
 * can leave something stale is a flush request or reclaim batch that becomes a client operation (modelled,
 * not approximated), may spare CPUs (recorded without freed tables: those go to every CPU that the mm ever
 * ran on), and is no unmap of what was mapped in the block only. The default window is the first block  (a)
 * with at least `flushes` such flushes of shared mms; an mm is shared if it is flushed so in the block and
 * also loaded or switched
 *      to by a CPU other than the flusher,
 *  (b) with at least `switches` switches of a CPU to a user mm other than the one it had loaded, and  (c)
 * with at least `returns` returns: a CPU comes back, from another user mm, to one that another CPU flushes so
 * in the block, and
 *      whose translations its slot still holds: the CPU ran it in the block, or the slot was as new as the mm
 *      when the block began
 *      (several returns of one CPU to one mm count once).
 * (c) makes a window worth hunting: only where a CPU decides by its slot alone whether to flush, while
 * another CPU flushes, can a stale translation survive. {@link WINDOW_RULE} asks for it; a recording without
 * such a block is searched once more by {@link RELAXED_RULE}, which does not, and counts every modelled
 * flush.
 */
import { flushPages, MADV_PAGEOUT, syscallPages } from './address-space.js';
import { classifyFlush, forksWithin } from './classify.js';
import type { TraceEvent } from './events.js';
import { type FlushRecord, historyOf } from './history.js';
import { INIT_CTX, MachineState } from './machine-state.js';
import type { PageRange } from './page-map.js';
import type { Recording } from './recording.js';
import { quote, TraceError } from './trace-error.js';

export interface WindowRule {
  /** Events of a block. */
  readonly events: number;
  readonly flushes: number;
  readonly switches: number;
  readonly returns: number;
  /** Whether (a) counts every modelled flush, not only those that can leave something stale. */
  readonly everyFlush?: boolean;
}

export const WINDOW_RULE: WindowRule = { events: 120, flushes: 2, switches: 4, returns: 2 };
export const RELAXED_RULE: WindowRule = {
  events: 120,
  flushes: 2,
  switches: 0,
  returns: 0,
  everyFlush: true,
};

/** A piece of a recording: 1-based lines of the file, inclusive, and the events they hold, half-open. */
export interface TraceWindow {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly first: number;
  readonly end: number;
}

/** What a window holds of what the rule asks for. */
export interface WindowFacts {
  readonly flushes: number;
  readonly switches: number;
  readonly returns: number;
}

export interface RatedWindow extends TraceWindow, WindowFacts {}

function windowOf(recording: Recording, first: number, end: number): TraceWindow {
  return {
    firstLine: recording.events[first]?.line ?? 1,
    lastLine: recording.events[end - 1]?.line ?? 1,
    first,
    end,
  };
}

const contains = (outer: PageRange, inner: PageRange): boolean =>
  inner.from >= outer.from && inner.to <= outer.to;

/** Moves `machine` over the block's events and counts. The machine must stand before `first`. */
function rate(
  recording: Recording,
  machine: MachineState,
  first: number,
  end: number,
  everyFlush: boolean,
): WindowFacts {
  const rating = new Rating(recording, machine, forksWithin(historyOf(recording), first, end), everyFlush);
  for (let i = first; i < end; i++) {
    const event = recording.events[i];
    if (event === undefined) break;
    rating.see(event, i);
    machine.apply(event);
  }
  return rating.facts();
}

/** What there is to count in a block of events, seen one by one. */
class Rating {
  /** By CPU: mms whose translations it still has, for all that it did itself. */
  readonly #cached: readonly Set<number>[];
  /** By mm: the CPU of each of its flushes; the CPUs that have it loaded at some time. */
  readonly #flushers = new Map<number, number[]>();
  readonly #loaders = new Map<number, Set<number>>();
  /** What is mapped in the block. */
  readonly #mapped: { readonly ctx: number; readonly range: PageRange }[] = [];
  readonly #returned = new Map<string, readonly [cpu: number, ctx: number]>();
  #switches = 0;

  /** `machine` stands before the block, and is moved behind each event once that was seen. */
  constructor(
    private readonly recording: Recording,
    private readonly machine: MachineState,
    private readonly forks: ReturnType<typeof forksWithin>,
    private readonly everyFlush: boolean,
  ) {
    this.#cached = machine.cpus.map(
      (cpu) =>
        new Set(
          cpu.slots.flatMap((slot) =>
            slot !== null && slot.gen >= (machine.mms.get(slot.ctx)?.gen ?? 0) ? [slot.ctx] : [],
          ),
        ),
    );
    machine.cpus.forEach((cpu, index) => {
      if (cpu.ctx === null) return;
      this.#loads(cpu.ctx, index);
      if (!cpu.lazy) this.#cached[index]?.add(cpu.ctx);
    });
  }

  see(event: TraceEvent, index: number): void {
    const history = historyOf(this.recording);
    const flush = history.flushAt.get(index);
    if (flush !== undefined && (this.everyFlush || !flush.event.freed)) this.#seeFlush(flush);
    const call = event.kind === 'sys_exit' ? history.syscallAt.get(index) : undefined;
    if (call?.name === 'mmap' && call.ctx !== null) {
      const range = syscallPages(call);
      if (range !== null) this.#mapped.push({ ctx: call.ctx, range });
    }
    const reclaiming = history.batchAt.get(index);
    if (reclaiming?.ctx != null && reclaiming.args.behavior === MADV_PAGEOUT)
      this.#flushed(reclaiming.ctx, event.cpu);
    if (event.kind === 'switch_mm' && event.nctx !== INIT_CTX) this.#seeSwitch(event.cpu, event.nctx);
  }

  #seeFlush(flush: FlushRecord): void {
    const { op, treatment } = classifyFlush(flush, this.forks);
    const { ctx, cpu } = flush.event;
    const range = flushPages(flush);
    const fresh =
      op === 'munmap' &&
      range !== null &&
      this.#mapped.some((made) => made.ctx === ctx && contains(made.range, range));
    if (treatment === 'modelled' && op !== 'implied' && (this.everyFlush || !fresh)) this.#flushed(ctx, cpu);
  }

  #seeSwitch(cpu: number, next: number): void {
    this.#loads(next, cpu);
    const { ctx, slots } = this.machine.cpu(cpu);
    if (ctx !== next) {
      this.#switches++;
      // Without PCIDs, or with more mms than slots, the slot has another mm's translations now.
      const kept = slots.some((slot) => slot?.ctx === next);
      if (kept && ctx !== null && ctx !== INIT_CTX && this.#cached[cpu]?.has(next))
        this.#returned.set(`${cpu} ${next}`, [cpu, next]);
    }
    this.#cached[cpu]?.add(next);
  }

  facts(): WindowFacts {
    const flushedByOther = (ctx: number, cpu: number): boolean =>
      (this.#flushers.get(ctx) ?? []).some((flusher) => flusher !== cpu);
    let flushes = 0;
    for (const [ctx, cpus] of this.#flushers) {
      if ([...(this.#loaders.get(ctx) ?? [])].some((cpu) => flushedByOther(ctx, cpu))) flushes += cpus.length;
    }
    const returns = [...this.#returned.values()].filter(([cpu, ctx]) => flushedByOther(ctx, cpu)).length;
    return { flushes, switches: this.#switches, returns };
  }

  #loads(ctx: number, cpu: number): void {
    this.#loaders.set(ctx, (this.#loaders.get(ctx) ?? new Set()).add(cpu));
  }

  #flushed(ctx: number, cpu: number): void {
    this.#flushers.set(ctx, [...(this.#flushers.get(ctx) ?? []), cpu]);
  }
}

/** What a window holds, whatever the rule says. */
export function windowFacts(recording: Recording, window: TraceWindow): WindowFacts {
  const machine = new MachineState(recording.cpus);
  for (let i = 0; i < window.first; i++) {
    const event = recording.events[i];
    if (event !== undefined) machine.apply(event);
  }
  return rate(recording, machine, window.first, window.end, false);
}

/** All blocks that fulfil the rule, in file order. */
export function listWindows(recording: Recording, rule: WindowRule = WINDOW_RULE): RatedWindow[] {
  const machine = new MachineState(recording.cpus);
  const windows: RatedWindow[] = [];
  for (let first = 0; first + rule.events <= recording.events.length; first += rule.events) {
    const end = first + rule.events;
    const facts = rate(recording, machine, first, end, rule.everyFlush === true);
    if (facts.flushes >= rule.flushes && facts.switches >= rule.switches && facts.returns >= rule.returns) {
      windows.push({ ...windowOf(recording, first, end), ...facts });
    }
  }
  return windows;
}

/** The two lines of `A..B`; null where the text is none. */
function windowLines(text: string): readonly [from: number, to: number] | null {
  const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  return match === null || from < 1 || to < from ? null : [from, to];
}

/** Throws TraceError for a text that names no window; `lastLine` of the file is for the message. */
export function requireWindowLines(
  text: string,
  file: string,
  lastLine: number | null,
): readonly [from: number, to: number] {
  const lines = windowLines(text);
  const upTo = lastLine === null ? '' : ` <= ${lastLine}`;
  if (lines === null)
    throw new TraceError(
      file,
      null,
      `window ${quote(text)}`,
      `expected A..B, two line numbers with 1 <= A <= B${upTo}`,
    );
  return lines;
}

/**
 * `A..B`: the file's lines A to B, 1-based and inclusive. Throws TraceError when it is not that, or holds no
 * event.
 */
export function parseWindow(recording: Recording, text: string): TraceWindow {
  const [from, to] = requireWindowLines(text, recording.file, recording.lines);
  if (to > recording.lines)
    throw new TraceError(
      recording.file,
      null,
      `window ${text} goes beyond the file's last line`,
      `expected lines up to ${recording.lines}`,
    );
  const first = recording.events.findIndex((event) => event.line >= from);
  const after = recording.events.findIndex((event) => event.line > to);
  const end = after === -1 ? recording.events.length : after;
  if (first === -1 || end <= first)
    throw new TraceError(recording.file, from, `no event in lines ${text}`, `expected at least one`);
  return { firstLine: from, lastLine: to, first, end };
}
