/** Seeded numbers for tests: each call gives a whole number in [0, bound). */
export function xorshift(seed: number): (bound: number) => number {
  let state = (seed >>> 0) * 2654435769 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
