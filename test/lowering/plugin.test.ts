import { describe, expect, it } from 'vitest';
import { numbersFrom, SiteNumbers } from '../../src/lowering/plugin.js';

describe('numbers of sites', () => {
  /** Two of each file. */
  const numbers = (...files: string[]): Map<string, readonly number[]> => {
    const sites = new SiteNumbers();
    return new Map(
      files.map((file) => {
        const next = numbersFrom(sites.firstOf(file));
        return [file, [next(), next()]];
      }),
    );
  };

  it('are the same in whatever order files are loaded', () => {
    const [there, back] = [numbers('a.ts', 'b.ts'), numbers('b.ts', 'a.ts')];
    for (const file of ['a.ts', 'b.ts']) expect(there.get(file)).toEqual(back.get(file));
  });

  it('are each its own, and exact', () => {
    const all = [...numbers(...Array.from({ length: 200 }, (_, index) => `f${index}.ts`)).values()].flat();
    expect(new Set(all).size).toBe(400);
    expect(all.every(Number.isSafeInteger)).toBe(true);
  });
});
