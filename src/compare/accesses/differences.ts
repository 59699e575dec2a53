import type { Access } from './access.js';

/**
 * How two sequences of accesses differ: what stands in one only, what stands in both in another order, what
 * is told otherwise. The longest common subsequence is what they share.
 */

export interface Difference {
  /**
   * `moved`: both have it, in another order; `left`, `right`: only that one has it, `isRepeated` where the
   * other has it once at least; `told`: it stores another value.
   */
  readonly kind: 'moved' | 'left' | 'right' | 'told';
  readonly name: string;
  readonly isRepeated: boolean;
  readonly left: Access | null;
  readonly right: Access | null;
  /** Of what moved: whether the left has it later, and what stands between its places. */
  readonly isLater: boolean;
  readonly past: readonly string[];
}

export function differencesOf(left: readonly Access[], right: readonly Access[]): Difference[] {
  const pairs = commonPairs(left, right);
  const inLeft = new Map(pairs);
  const inRight = new Map(pairs.map(([l, r]) => [r, l]));
  const told = pairs.flatMap(([l, r]): Difference[] =>
    left[l].told === right[r].told ? [] : [made('told', left[l], right[r])],
  );
  const onlyLeft = left.flatMap((_, index) => (inLeft.has(index) ? [] : [index]));
  const onlyRight = right.flatMap((_, index) => (inRight.has(index) ? [] : [index]));
  const found: Difference[] = [];
  for (const l of onlyLeft) {
    const at = onlyRight.findIndex((r) => right[r].name === left[l].name);
    if (at < 0) {
      found.push({ ...made('left', left[l], null), isRepeated: has(right, left[l].name) });
      continue;
    }
    const [r] = onlyRight.splice(at, 1);
    const crossed = pairs.filter(([pl, pr]) => pl < l !== pr < r);
    const past = [...new Set(crossed.map(([pl]) => left[pl].name))];
    found.push({ ...made('moved', left[l], right[r]), isLater: crossed.some(([pl]) => pl < l), past });
  }
  for (const r of onlyRight)
    found.push({ ...made('right', null, right[r]), isRepeated: has(left, right[r].name) });
  return [...found, ...told];
}

function made(kind: Difference['kind'], left: Access | null, right: Access | null): Difference {
  return {
    kind,
    name: (left ?? right)?.name ?? '',
    isRepeated: false,
    left,
    right,
    isLater: false,
    past: [],
  };
}

function has(accesses: readonly Access[], name: string): boolean {
  return accesses.some((access) => access.name === name);
}

/** Indices of a longest common subsequence, by names. */
function commonPairs(left: readonly Access[], right: readonly Access[]): [l: number, r: number][] {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let l = left.length - 1; l >= 0; l--)
    for (let r = right.length - 1; r >= 0; r--)
      lengths[l * width + r] =
        left[l].name === right[r].name
          ? lengths[(l + 1) * width + r + 1] + 1
          : Math.max(lengths[(l + 1) * width + r], lengths[l * width + r + 1]);
  const pairs: [number, number][] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length; ) {
    if (left[l].name === right[r].name) pairs.push([l++, r++]);
    else if (lengths[(l + 1) * width + r] >= lengths[l * width + r + 1]) l++;
    else r++;
  }
  return pairs;
}
