import { rounded } from '../../study/difference.js';
import { InputError } from '../../vocabulary/errors.js';
import type { ResultCounter, ResultFile, ResultVerdict } from './result-file.js';

/** Two results beside each other: which verdicts are others, which differences are larger or smaller. */

export interface ResultComparison {
  readonly base: ResultFile;
  readonly patch: ResultFile;
  readonly verdicts: readonly VerdictPair[];
  /** Variants that one file alone has. */
  readonly onlyBase: readonly string[];
  readonly onlyPatch: readonly string[];
  readonly counters: readonly CounterPair[];
  /** The patch's file has a violation where the base's has none of its class. */
  readonly isNew: boolean;
}

export interface VerdictPair {
  readonly base: ResultVerdict;
  readonly patch: ResultVerdict;
  /** Another class, or a violation where there was none, or none where there was one. */
  readonly isChanged: boolean;
  readonly isNew: boolean;
}

/** A difference of differences. Its interval is as wide as the intervals of both together. */
export interface CounterPair {
  readonly key: string;
  readonly base: ResultCounter;
  readonly patch: ResultCounter;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly seen: 'less' | 'more' | 'none';
}

/** What all intervals of a file hold together with is 95 %; those of two files hold with at least this. */
export const CONFIDENCE_OF_BOTH = 0.9;

/** Throws InputError where the two have nothing that could be compared. */
export function between(base: ResultFile, patch: ResultFile): ResultComparison {
  const verdicts = pairsOf(base, patch).map(([before, after]): VerdictPair => {
    const isNew = after.violation !== null && after.violation !== before.violation;
    return {
      base: before,
      patch: after,
      isChanged: after.violation !== before.violation || after.latent.join() !== before.latent.join(),
      isNew,
    };
  });
  if (verdicts.length === 0)
    throw new InputError(
      `${base.file} and ${patch.file} have no variant in common`,
      'give results of the same variants, or of one each',
    );
  const left = (side: 'base' | 'patch', file: ResultFile): string[] => {
    const paired = new Set(verdicts.map((pair) => pair[side]));
    return file.verdicts.filter((one) => !paired.has(one)).map(({ variant }) => variant);
  };
  const counterOf = new Map(patch.counters.toReversed().map((one) => [one.key, one]));
  return {
    ...{ base, patch, verdicts, onlyBase: left('base', base), onlyPatch: left('patch', patch) },
    counters: base.counters.flatMap((before) => {
      const after = counterOf.get(before.key);
      return after === undefined ? [] : [counterPair(before, after)];
    }),
    isNew: verdicts.some((pair) => pair.isNew),
  };
}

/**
 * By variant; of two comparisons base with base and patch with patch; two files of one verdict each as they
 * are.
 */
function pairsOf(base: ResultFile, patch: ResultFile): (readonly [ResultVerdict, ResultVerdict])[] {
  const [before, after] = [base.verdicts, patch.verdicts];
  if (before.length === 1 && after.length === 1) return [[before[0], after[0]]];
  const isBoth = base.command === 'compare' && patch.command === 'compare';
  const keyOf = ({ role, variant }: ResultVerdict): string => (isBoth ? role : variant);
  /** By key those that are left, the next one last. */
  const free = new Map<string, ResultVerdict[]>();
  for (const one of after.toReversed()) {
    const same = free.get(keyOf(one));
    if (same === undefined) free.set(keyOf(one), [one]);
    else same.push(one);
  }
  return before.flatMap((one) => {
    const other = free.get(keyOf(one))?.pop();
    return other === undefined ? [] : [[one, other] as const];
  });
}

function counterPair(base: ResultCounter, patch: ResultCounter): CounterPair {
  const unknown = {
    key: base.key,
    base,
    patch,
    difference: null,
    low: null,
    high: null,
    seen: 'none',
  } as const;
  // Differences to other bases are no measure of each other.
  if (base.base !== patch.base || base.difference === null || patch.difference === null) return unknown;
  const difference = rounded(patch.difference - base.difference);
  if (base.low === null || base.high === null || patch.low === null || patch.high === null)
    return { ...unknown, difference };
  const [low, high] = [rounded(patch.low - base.high), rounded(patch.high - base.low)];
  return { ...unknown, difference, low, high, seen: high < 0 ? 'less' : low > 0 ? 'more' : 'none' };
}
