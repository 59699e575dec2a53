import { describe, expect, it } from 'vitest';
import { PageMap, type PageRange } from '../../src/trace/page-map.js';
import { xorshift } from './xorshift.js';

const overlap = (
  a: { start: number; end: number } | null,
  b: { start: number; end: number } | null,
): boolean => a !== null && b !== null && a.start < b.end && b.start < a.end;

describe('PageMap', () => {
  it('gives one page to a range, to equal ranges and to nested ranges', () => {
    const map = new PageMap([
      { from: 10, to: 20 },
      { from: 10, to: 20 },
      { from: 12, to: 14 },
    ]);
    expect(map.points).toEqual([{ from: 12, to: 14 }]);
    expect(map.within({ from: 10, to: 20 })).toEqual({ start: 0, end: 1 });
  });

  it('keeps neighbours apart, and a range over both over both', () => {
    const map = new PageMap([
      { from: 0, to: 4 },
      { from: 4, to: 8 },
      { from: 2, to: 6 },
    ]);
    expect(map.within({ from: 0, to: 4 })).toEqual({ start: 0, end: 1 });
    expect(map.within({ from: 4, to: 8 })).toEqual({ start: 1, end: 2 });
    expect(map.within({ from: 2, to: 6 })).toEqual({ start: 0, end: 2 });
    expect(map.pageOf(3)).toBe(0);
    expect(map.pageOf(0)).toBeNull();
  });

  it('is empty for nothing', () => {
    expect(new PageMap([{ from: 3, to: 3 }]).points).toEqual([]);
    expect(new PageMap([]).within({ from: 0, to: 9 })).toBeNull();
  });

  it('keeps exactly the overlaps of random ranges, with no page that could be left out', () => {
    const random = xorshift(7);
    for (let round = 0; round < 300; round++) {
      const ranges: PageRange[] = Array.from({ length: 1 + random(12) }, () => {
        const from = random(40);
        return { from, to: from + 1 + random(12) };
      });
      const map = new PageMap(ranges);
      const mapped = ranges.map((range) => map.within(range));
      ranges.forEach((a, i) => {
        expect(mapped[i]).not.toBeNull();
        ranges.forEach((b, j) => {
          expect(overlap(mapped[i] ?? null, mapped[j] ?? null)).toBe(a.from < b.to && b.from < a.to);
        });
      });
      for (let page = 0; page < map.points.length; page++) {
        const needed = mapped.some((a, i) =>
          mapped.some(
            (b, j) =>
              i <= j &&
              a !== null &&
              b !== null &&
              Math.max(a.start, b.start) === page &&
              Math.min(a.end, b.end) === page + 1,
          ),
        );
        expect(needed).toBe(true);
      }
    }
  });
});
