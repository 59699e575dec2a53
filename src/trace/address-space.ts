/**
 * The address spaces of an imported window: which recorded ranges matter, the pages that stand for them, and
 * what was mapped, with which right, when the window began.
 *
 * An mm and the children it forks inside the window share one {@link PageMap}: a child has its parent's
 * addresses.
 */
import { FLUSH_ALL } from './events.js';
import type { FlushRecord, ForkRecord, History, SyscallRecord } from './history.js';
import { type MappedRange, PageMap, type PageRange } from './page-map.js';
import { layoutTables, type PointSpan, type TableLayout } from './table-layout.js';

const PAGE_SHIFT = 12n;
/** MADV_PAGEOUT: reclaim asked for by name. */
export const MADV_PAGEOUT = 21n;
const PROT_WRITE = 2n;
/** Smallest return value that is an error (-4095). */
const FIRST_ERROR = 0xffff_ffff_ffff_f001n;

const firstPage = (address: bigint): number => Number(address >> PAGE_SHIFT);
const endPage = (address: bigint): number => Number((address + 0xfffn) >> PAGE_SHIFT);

/** The recorded pages of [start, start + length). */
export function pagesOf(start: bigint, length: bigint): PageRange {
  return { from: firstPage(start), to: endPage(start + length) };
}

/** A flush's range in recorded pages; null when it is for everything. */
export function flushPages(flush: FlushRecord): PageRange | null {
  const { start, end } = flush.event;
  return end === FLUSH_ALL ? null : { from: firstPage(start), to: endPage(end) };
}

/** The range of a call's arguments (of an mmap: of its result); null when it failed or has none. */
export function syscallPages(call: SyscallRecord): PageRange | null {
  const length = call.args.len ?? call.args.len_in;
  if (length === undefined || length === 0n) return null;
  if (call.name === 'mmap')
    return call.ret === null || call.ret >= FIRST_ERROR ? null : pagesOf(call.ret, length);
  const start = call.args.addr ?? call.args.start;
  return start === undefined ? null : pagesOf(start, length);
}

/** A change of a mapping by a call, at its place in the file. */
interface VmaChange {
  readonly index: number;
  readonly call: 'mmap' | 'munmap' | 'mprotect';
  readonly range: PageRange;
  /**
   * The right given; null for PROT_NONE, which a scenario does not have: a page that was flushed has had
   * another.
   */
  readonly write: boolean | null;
}

/** A range that an operation of the window handles. */
export interface RangeUse {
  readonly ctx: number;
  readonly range: PageRange;
  /** Whether its overlaps with other such ranges must be kept: it was flushed. */
  readonly flushed: boolean;
  /** What its unmap did to page tables; null when it is no unmap. */
  readonly tables: PointSpan['tables'];
}

/** The pages of an mm and of the children that it forks: recorded ranges to pages. */
export class AddressSpace {
  readonly #map: PageMap;
  readonly #layout: TableLayout;

  constructor(uses: readonly RangeUse[], limit: number) {
    const map = new PageMap(uses.filter((use) => use.flushed).map((use) => use.range));
    const spans = uses.flatMap(({ range, tables }): PointSpan[] => {
      const points = map.within(range);
      return points === null ? [] : [{ first: points.start, last: points.end - 1, tables }];
    });
    this.#map = map;
    this.#layout = layoutTables(map.points.length, spans, limit);
  }

  /** Pages that stand for flushed ranges: in the order of their addresses, not of their numbers. */
  get flushed(): readonly number[] {
    return this.#layout.pageOf;
  }

  /** Pages that only keep their table from being freed. */
  get anchors(): readonly number[] {
    return this.#layout.anchors;
  }

  /** At least one, so that the mm has something to load. */
  get pages(): number {
    return Math.max(1, this.#layout.pages);
  }

  /** The recorded stretch that a page stands for; null for the others. */
  stretchOf(page: number): PageRange | null {
    return this.#map.points[this.#layout.pageOf.indexOf(page)] ?? null;
  }

  /**
   * The pages of an operation's range (one of those that the space was made for), null when it touches none.
   */
  within(range: PageRange): MappedRange | null {
    const points = this.#map.within(range);
    if (points === null) return null;
    return {
      start: this.#layout.pageOf[points.start] ?? 0,
      end: (this.#layout.pageOf[points.end - 1] ?? 0) + 1,
    };
  }

  /** The page that stands for one recorded page, null when none does. */
  pageOf(page: number): number | null {
    const point = this.#map.pageOf(page);
    return point === null ? null : (this.#layout.pageOf[point] ?? null);
  }
}

export class AddressSpaces {
  readonly #spaces = new Map<number, AddressSpace>();
  readonly #leader = new Map<number, number>();
  readonly #changes = new Map<number, VmaChange[]>();

  /**
   * `uses` are the ranges that operations of the window handle; `forks` are its forks; every mm in `ctxs`
   * gets a space of at most `limit` pages (more only if its flushed ranges alone need more), even one without
   * a range.
   */
  constructor(
    history: History,
    ctxs: Iterable<number>,
    uses: readonly RangeUse[],
    forks: readonly ForkRecord[],
    limit: number,
  ) {
    for (const fork of forks) {
      if (fork.childCtx !== null) this.#leader.set(fork.childCtx, this.#leaderOf(fork.flush.event.ctx));
    }
    const byLeader = new Map<number, RangeUse[]>();
    for (const ctx of ctxs) byLeader.set(this.#leaderOf(ctx), []);
    for (const use of uses) byLeader.get(this.#leaderOf(use.ctx))?.push(use);
    for (const [leader, list] of byLeader) this.#spaces.set(leader, new AddressSpace(list, limit));
    for (const call of history.syscalls) this.#note(call);
  }

  #leaderOf(ctx: number): number {
    let leader = ctx;
    // Forks come in file order, so a parent has its own leader before it becomes one: no cycle.
    for (let up = this.#leader.get(leader); up !== undefined && up !== leader; up = this.#leader.get(leader))
      leader = up;
    return leader;
  }

  #note(call: SyscallRecord): void {
    if (call.ctx === null || call.exit === null) return;
    if (call.name !== 'mmap' && call.name !== 'munmap' && call.name !== 'mprotect') return;
    if (call.name !== 'mmap' && call.ret !== 0n) return;
    const range = syscallPages(call);
    if (range === null) return;
    const changes = this.#changes.get(call.ctx) ?? [];
    changes.push({
      index: call.exit,
      call: call.name,
      range,
      write: call.args.prot === 0n ? null : writable(call),
    });
    this.#changes.set(call.ctx, changes);
  }

  of(ctx: number): AddressSpace {
    const space = this.#spaces.get(this.#leaderOf(ctx));
    if (space === undefined) throw new RangeError(`no address space for context ${ctx}`);
    return space;
  }

  /** All pages of an mm. */
  whole(ctx: number): MappedRange {
    return { start: 0, end: this.of(ctx).pages };
  }

  /**
   * The VMAs when the window's first event (of index `first`) happens. A page is unmapped then exactly if the
   * first call of the window that touches it is an mmap (an mmap gets free addresses); its right is that of
   * the last call before the window, else read-write.
   */
  vmasAt(ctx: number, first: number, end: number): (readonly [number, number, boolean])[] {
    const vmas: [number, number, boolean][] = [];
    const space = this.of(ctx);
    for (let page = 0; page < space.pages; page++) {
      const stretch = space.stretchOf(page);
      // A page that stands for nothing pads its table, but an anchor is mapped; so is the only page of an mm
      // that nobody flushes.
      const unused = stretch === null && !space.anchors.includes(page) && space.flushed.length > 0;
      const write = unused ? null : stretch === null ? true : this.#rightAt(ctx, stretch.from, first, end);
      if (write === null) continue;
      const last = vmas.at(-1);
      if (last !== undefined && last[1] === page && last[2] === write) last[1] = page + 1;
      else vmas.push([page, page + 1, write]);
    }
    return vmas;
  }

  /** Whether a recorded page is writable when event `first` happens; null when it is not mapped. */
  #rightAt(ctx: number, page: number, first: number, end: number): boolean | null {
    let write = true;
    for (const change of this.#changes.get(ctx) ?? []) {
      if (page < change.range.from || page >= change.range.to) continue;
      if (change.index >= first) return change.index < end && change.call === 'mmap' ? null : write;
      if (change.call !== 'munmap') write = change.write ?? write;
    }
    return write;
  }
}

/** Whether an mmap or mprotect grants writing. */
export function writable(call: SyscallRecord): boolean {
  return ((call.args.prot ?? 0n) & PROT_WRITE) !== 0n;
}
