/**
 * Which of a scenario's pages stands for which recorded stretch, so that page tables are freed where the
 * recording freed some and stay where it did not.
 *
 * A real table spans 512 pages and nearly always has a neighbour of the unmapped range in it; a scenario maps
 * few pages, and unmapping the last of a table frees it. That is another kind of flush: it goes to every CPU
 * of the mask, whatever those CPUs run. So a table whose unmaps were recorded without freed tables gets an
 * *anchor*, a mapped page that stands for what else the real one held; and a stretch whose unmap did free
 * tables gets tables of its own.
 */
import { TABLE_PAGES } from '../machine/ghost.js';

/**
 * A run of points (inclusive) that an operation handles as one range, so their pages must be neighbours with
 * nothing between.
 */
export interface PointSpan {
  readonly first: number;
  readonly last: number;
  /** What its unmap did to page tables; null when it is no unmap. */
  readonly tables: 'freed' | 'kept' | null;
}

export interface TableLayout {
  /** By point: its page. */
  readonly pageOf: readonly number[];
  /** Pages that stand for the rest of a table. */
  readonly anchors: readonly number[];
  /** The first page after all of them. */
  readonly pages: number;
}

/** Points that some range joins, with what is recorded of their tables. */
interface Group {
  readonly first: number;
  last: number;
  freed: boolean;
  kept: boolean;
}

function groupsOf(points: number, spans: readonly PointSpan[]): Group[] {
  const groups: Group[] = [];
  const singles = Array.from(
    { length: points },
    (_, point): PointSpan => ({ first: point, last: point, tables: null }),
  );
  for (const span of [...singles, ...spans].sort((a, b) => a.first - b.first)) {
    const last = groups.at(-1);
    const group =
      last !== undefined && span.first <= last.last
        ? last
        : { first: span.first, last: span.last, freed: false, kept: false };
    if (group !== last) groups.push(group);
    group.last = Math.max(group.last, span.last);
    if (span.tables === 'freed') group.freed = true;
    if (span.tables === 'kept') group.kept = true;
  }
  return groups;
}

class Placement {
  readonly pageOf: number[] = [];
  readonly anchors: number[] = [];
  at = 0;
  /** Whether the table at hand needs an anchor. */
  #open = false;

  place(group: Group, anchored: boolean): void {
    const size = group.last - group.first + 1;
    const used = this.at % TABLE_PAGES;
    // One page of each table is kept for its anchor. A group that is too large for a table begins behind one,
    // and another follows it: only a table in its middle, filled by it alone, has none.
    if (used > 0 && (anchored || this.#open) && used + size >= TABLE_PAGES) this.#nextTable();
    if (size >= TABLE_PAGES && anchored) this.anchors.push(this.at++);
    for (let point = group.first; point <= group.last; point++) this.pageOf[point] = this.at++;
    if (anchored && this.at % TABLE_PAGES !== 0) this.#open = true;
  }

  #nextTable(): void {
    this.close();
    this.at = Math.ceil(this.at / TABLE_PAGES) * TABLE_PAGES;
  }

  /** Gives the table at hand its anchor. */
  close(): void {
    if (this.#open) this.anchors.push(this.at++);
    this.#open = false;
  }

  placeAlone(group: Group): void {
    this.#nextTable();
    this.place(group, group.kept);
    this.close();
  }
}

function place(groups: readonly Group[], alone: ReadonlySet<Group>, anchored: boolean): TableLayout {
  const placement = new Placement();
  for (const group of groups)
    if (!alone.has(group)) placement.place(group, anchored && (group.kept || group.freed));
  placement.close();
  for (const group of groups) if (alone.has(group)) placement.placeAlone(group);
  return { pageOf: placement.pageOf, anchors: placement.anchors, pages: placement.at };
}

/**
 * Lays `points` out. Where `limit` pages do not suffice, later groups share tables with others; then anchors
 * go.
 */
export function layoutTables(points: number, spans: readonly PointSpan[], limit: number): TableLayout {
  const groups = groupsOf(points, spans);
  const alone = groups.filter((group) => group.freed);
  for (let number = alone.length; number >= 0; number--) {
    const layout = place(groups, new Set(alone.slice(0, number)), true);
    if (layout.pages <= limit) return layout;
  }
  return place(groups, new Set(), false);
}
