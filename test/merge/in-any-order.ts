import { expect } from 'vitest';
import { Random } from '../../src/explore/random.js';

/**
 * What blobs say together is the same in every order and grouping, however often each is there. `blobAt`: some
 * blob. `alike`: what else has to be the same of a union and of another of the same blobs.
 */
export function expectUnionsAlike<Blob>(
  rounds: number,
  blobAt: (random: Random) => Blob,
  union: (...blobs: Blob[]) => Blob,
  alike: (union: Blob) => unknown = () => null,
): void {
  const random = new Random();
  for (let round = 0; round < rounds; round++) {
    random.seed(1, 0, round);
    const [a, b, c] = [blobAt(random), blobAt(random), blobAt(random)];
    const all = union(a, b, c);
    expect(union(union(a, b), c)).toEqual(all);
    expect(union(a, union(b, c))).toEqual(all);
    expect(union(c, a, b)).toEqual(all);
    expect(union(all, b, all)).toEqual(all);
    expect(alike(union(c, b, a))).toEqual(alike(all));
  }
}
