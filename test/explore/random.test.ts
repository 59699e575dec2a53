import { describe, expect, it } from 'vitest';
import { hashText, mix, Random } from '../../src/explore/random.js';

/** Golden numbers: a finding's seed means nothing if these change. */
describe('random numbers', () => {
  it('are what they were', () => {
    const random = new Random();
    random.seed(1, 2, 3);
    expect([random.next(), random.next(), random.next(), random.next()]).toEqual([
      -2036601665, 115648654, 1598446909, 758325055,
    ]);
    random.seed(0, 0, 0);
    expect([random.next(), random.next()]).toEqual([230090156, -23150094]);
    random.seed(-1, hashText('measure'), 2147483647);
    expect([random.next(), random.next()]).toEqual([-1295343459, 333849910]);
    random.seed(1, 2, 3);
    expect(Array.from({ length: 12 }, () => random.below(10))).toEqual([5, 0, 3, 1, 9, 7, 4, 8, 5, 1, 6, 6]);
  });

  it('of an execution do not depend on what was drawn before it', () => {
    const [a, b] = [new Random(), new Random()];
    for (let i = 0; i < 100; i++) a.next();
    a.seed(7, 8, 9);
    b.seed(7, 8, 9);
    for (let i = 0; i < 100; i++) expect(a.next()).toBe(b.next());
  });

  it('of executions beyond 2^32 are no repetition of the first', () => {
    const random = new Random();
    const first = new Set<number>();
    for (const index of [0, 1, 7]) {
      for (const high of [0, 1, 2, 2 ** 20]) {
        random.seed(1, 2, index + high * 2 ** 32);
        first.add(random.next());
      }
    }
    expect(first.size).toBe(12);
  });

  it('differ between seeds, streams and executions', () => {
    const random = new Random();
    const first = new Set<number>();
    for (let seed = 0; seed < 10; seed++) {
      for (let stream = 0; stream < 10; stream++) {
        for (let index = 0; index < 100; index++) {
          random.seed(seed, stream, index);
          first.add(random.next());
        }
      }
    }
    // 10,000 draws of 32 bits: a repetition is expected in one of 86 such sets.
    expect(first.size).toBeGreaterThanOrEqual(9999);
  });

  it('are spread evenly', () => {
    const random = new Random();
    for (const n of [1, 2, 3, 7, 1000]) {
      random.seed(1, 1, n);
      const counts = new Array<number>(n).fill(0);
      const draws = 200 * n;
      for (let i = 0; i < draws; i++) counts[random.below(n)]++;
      // Chi squared: mean n - 1, standard deviation sqrt(2 (n - 1)).
      const chi = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
      expect(chi).toBeLessThanOrEqual(n - 1 + 5 * Math.sqrt(2 * n));
    }
  });

  it('hashes are what they were, and the mixing is a bijection of the small numbers', () => {
    expect([mix(0), mix(1), mix(-1), mix(0x12345678)]).toEqual([0, 1364076727, -2114883783, -478359108]);
    expect([hashText(''), hashText('measure'), hashText('ping-pong-dontneed')]).toEqual([
      -1421968373, 1629013747, -1384119945,
    ]);
    expect(new Set(Array.from({ length: 20_000 }, (_, i) => mix(i - 10_000))).size).toBe(20_000);
  });
});
