import { describe, expect, it } from 'vitest';
import * as P from '../../src/machine/pte.js';

const ALL = P.PTE_PRESENT | P.PTE_WRITE | P.PTE_USER | P.PTE_ACCESSED | P.PTE_DIRTY;

describe('a page-table entry', () => {
  it('keeps flags, frame and version apart, to their limits', () => {
    for (const frame of [0, 1, P.FRAMES_MAX - 1]) {
      for (const version of [0, 1, P.VERSION_MAX]) {
        const pte = P.withVersion(P.makePte(frame, ALL), version);
        expect(pte).toBeGreaterThanOrEqual(0);
        expect([P.pteFrame(pte), P.pteVersion(pte), P.pteValue(pte) & 0x3f]).toEqual([frame, version, ALL]);
        expect(P.pteValue(pte)).toBe(P.makePte(frame, ALL));
        expect(P.withVersion(pte, 7)).toBe(P.withVersion(P.makePte(frame, ALL), 7));
      }
    }
  });

  it.each([
    ['present cleared', ALL, 0, true],
    ['turned into a swap entry', ALL, P.PTE_SWAP, true],
    ['frame changed', P.makePte(1, ALL), P.makePte(2, ALL), true],
    ['W cleared', ALL, ALL & ~P.PTE_WRITE, true],
    ['U cleared', ALL, ALL & ~P.PTE_USER, true],
    ['D cleared', ALL, ALL & ~P.PTE_DIRTY, true],
    ['A cleared', ALL, ALL & ~P.PTE_ACCESSED, false],
    ['permissions added', P.PTE_PRESENT, ALL, false],
    ['nothing', ALL, ALL, false],
    ['set where none was', 0, ALL, false],
    ['changed where none was present', P.PTE_SWAP, 0, false],
  ])('%s: restricting or not', (_what, before, after, restricting) => {
    expect(P.isRestricting(before, after)).toBe(restricting);
    // Whatever the version says.
    expect(P.isRestricting(P.withVersion(before, 3), P.withVersion(after, 4))).toBe(restricting);
  });

  it('is printed for people', () => {
    expect(P.formatPte(0)).toBe('none');
    expect(P.formatPte(P.PTE_SWAP)).toBe('swap entry');
    expect(P.formatPte(P.withVersion(P.makePte(3, P.PTE_PRESENT | P.PTE_USER | P.PTE_ACCESSED), 5))).toBe(
      'frame 3 -UA-',
    );
  });
});
