import { describe, expect, it } from 'vitest';
import { Mappings } from '../../src/trace/mappings.js';
import { layoutTables, type PointSpan } from '../../src/trace/table-layout.js';
import { xorshift } from './xorshift.js';

const kept = (first: number, last = first): PointSpan => ({ first, last, tables: 'kept' });
const freed = (first: number, last = first): PointSpan => ({ first, last, tables: 'freed' });
const plain = (first: number, last = first): PointSpan => ({ first, last, tables: null });

describe('layoutTables', () => {
  it('puts what is not unmapped page by page', () => {
    expect(layoutTables(3, [plain(0), plain(1)], 64)).toEqual({ pageOf: [0, 1, 2], anchors: [], pages: 3 });
  });

  it('gives a table whose unmaps kept it an anchor', () => {
    expect(layoutTables(2, [kept(0), plain(1)], 64)).toEqual({ pageOf: [0, 1], anchors: [2], pages: 3 });
    const nine = Array.from({ length: 9 }, (_, point) => kept(point));
    expect(layoutTables(9, nine, 64)).toEqual({
      pageOf: [0, 1, 2, 3, 4, 5, 6, 8, 9],
      anchors: [7, 10],
      pages: 11,
    });
  });

  it(
    'gives what was unmapped with its table a table of its own, with an anchor only if another ' +
      'unmap kept it',
    () => {
      expect(layoutTables(3, [kept(0), freed(1), kept(2)], 64)).toEqual({
        pageOf: [0, 8, 1],
        anchors: [2],
        pages: 9,
      });
      expect(layoutTables(2, [kept(0), freed(0), freed(1)], 64)).toEqual({
        pageOf: [0, 8],
        anchors: [1],
        pages: 9,
      });
    },
  );

  it('shares tables where there are not pages enough, then leaves anchors out', () => {
    expect(layoutTables(3, [freed(0), freed(1), freed(2)], 16)).toEqual({
      pageOf: [8, 0, 1],
      anchors: [2],
      pages: 9,
    });
    expect(layoutTables(3, [kept(0), kept(1), kept(2)], 3)).toEqual({
      pageOf: [0, 1, 2],
      anchors: [],
      pages: 3,
    });
  });

  it('keeps the pages of a range together, and tables as recorded, for random ranges', () => {
    const random = xorshift(11);
    for (let round = 0; round < 500; round++) {
      const points = 1 + random(14);
      const spans = Array.from({ length: 1 + random(8) }, (): PointSpan => {
        const first = random(points);
        const last = Math.min(points - 1, first + random(3));
        return [kept(first, last), freed(first, last), plain(first, last)][random(3)] ?? plain(first, last);
      });
      const { pageOf, anchors, pages } = layoutTables(points, spans, 1_000);
      const all = [...pageOf, ...anchors];
      expect(new Set(all).size).toBe(all.length);
      expect(Math.max(...all)).toBe(pages - 1);
      for (const { first, last, tables } of spans) {
        const start = pageOf[first] ?? 0;
        const end = (pageOf[last] ?? 0) + 1;
        expect(end - start).toBe(last - first + 1);
        if (tables === 'kept' && last - first < 7)
          expect(new Mappings(all).unmap({ start, end })).toBe(false);
        // All of a group that nothing keeps: its table goes with it.
        const alone = spans.every(
          (span) =>
            span.last < first || span.first > last || (span.tables === 'freed' && span.first === first),
        );
        if (tables === 'freed' && alone && spans.every((span) => span.first !== first || span.last <= last)) {
          expect(new Mappings(all).unmap({ start, end })).toBe(true);
        }
      }
    }
  });
});

describe('Mappings', () => {
  it('tells when the last page of a table goes', () => {
    const mappings = new Mappings([0, 1, 8]);
    expect(mappings.isRest(0, { start: 1, end: 2 })).toBe(true);
    expect(mappings.isRest(0, { start: 2, end: 3 })).toBe(false);
    const child = mappings.copy();
    expect(mappings.unmap({ start: 0, end: 1 })).toBe(false);
    expect(mappings.unmap({ start: 0, end: 1 })).toBe(false);
    expect(mappings.unmap({ start: 1, end: 9 })).toBe(true);
    expect(mappings.unmap({ start: 1, end: 9 })).toBe(false);
    mappings.map({ start: 3, end: 4 });
    expect(mappings.has(3)).toBe(true);
    expect(child.has(0)).toBe(true);
    expect(child.unmap({ start: 8, end: 9 })).toBe(true);
  });
});
