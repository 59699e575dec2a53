/**
 * Recorded address ranges to the fewest pages that keep their overlaps: two ranges share a page exactly if
 * they overlapped.
 *
 * Each page stands for one maximal set of ranges that all contain some address. A sweep finds them: such a
 * set is complete where a range ends after one began. That none can be left out follows from the same place:
 * the range that began last and the one that ends first meet nowhere else.
 */

/** A half-open range of recorded page numbers (address >> 12). */
export interface PageRange {
  readonly from: number;
  readonly to: number;
}

/** A run of a scenario's pages, half-open. */
export interface MappedRange {
  readonly start: number;
  readonly end: number;
}

export class PageMap {
  /**
   * The recorded stretch that each page stands for, ascending; its first page is the page's representative.
   */
  readonly points: readonly PageRange[];

  /** `ranges` are those whose overlaps must be kept; empty ones are ignored. */
  constructor(ranges: readonly PageRange[]) {
    const edges: { at: number; starts: boolean }[] = [];
    for (const range of ranges) {
      if (range.to <= range.from) continue;
      edges.push({ at: range.from, starts: true }, { at: range.to, starts: false });
    }
    // Half-open: at the same address an end comes before a start, so that neighbours do not overlap.
    edges.sort((a, b) => a.at - b.at || Number(a.starts) - Number(b.starts));
    const points: PageRange[] = [];
    let begun: number | null = null;
    for (const edge of edges) {
      if (edge.starts) begun = edge.at;
      else if (begun !== null) {
        points.push({ from: begun, to: edge.at });
        begun = null;
      }
    }
    this.points = points;
  }

  /**
   * Pages whose representative lies in `range`, null when there is none. Always one run, since the points are
   * in address order.
   */
  within(range: PageRange): MappedRange | null {
    const start = this.points.findIndex((point) => point.from >= range.from);
    if (start === -1) return null;
    let end = start;
    while (end < this.points.length && (this.points[end]?.from ?? range.to) < range.to) end++;
    return end === start ? null : { start, end };
  }

  /** The page that stands for one recorded page, null when none does. */
  pageOf(page: number): number | null {
    const index = this.points.findIndex((point) => page >= point.from && page < point.to);
    return index === -1 ? null : index;
  }
}
