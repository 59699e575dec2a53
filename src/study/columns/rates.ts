import type { CounterName } from '../../oracles/counters.js';
import { type Difference, differenceOf, differencesOf, type RateOf, rounded } from '../difference.js';
import { differenceText, levelText } from '../difference-text.js';
import type { Column, ColumnValue, RowResult } from '../study.js';

/**
 * Columns that are ratios of counters, of the counting run, and their differences to the baseline's in the
 * same executions.
 */

export interface Rate extends RateOf {
  readonly key: string;
  readonly title: Column['title'];
  readonly width: number;
  readonly legend?: string;
  readonly jsonOnly?: boolean;
  readonly from?: number;
  /** Where the level itself says nothing. */
  readonly differenceOnly?: boolean;
}

const sum = (counts: Readonly<Record<CounterName, number>>, names: readonly CounterName[]): number =>
  names.reduce((total, name) => total + counts[name], 0);

export function ratio({ of, per, times }: RateOf, { counts }: RowResult): number | null {
  if (counts === null) return null;
  const below = sum(counts, per);
  return below === 0 ? null : (sum(counts, of) / below) * times;
}

export function rateColumn(rate: Rate): Column {
  const { key, title, width, jsonOnly, from, legend } = rate;
  const compared: RateOf = { of: rate.of, per: rate.per, times: rate.times };
  return {
    ...{ key, title, width, jsonOnly, from, legend, compared, align: 'right' },
    value(result): ColumnValue {
      const value = ratio(rate, result);
      const { pairs, comparisons } = result;
      if (pairs === null) return { value: value === null ? null : rounded(value) };
      const { apart, ...following } = differencesOf(pairs, compared, comparisons);
      return { ...columnOf(following), pairs: pairs.pairs, apart: columnOf(apart) };
    },
    text(result) {
      const value = ratio(rate, result);
      if (value === null) return '-';
      const { pairs, comparisons } = result;
      if (pairs === null) return levelText(value);
      const difference = differenceText(differenceOf(pairs, compared, comparisons));
      return rate.differenceOnly === true ? difference : `${levelText(value)} (${difference})`;
    },
  };
}

function columnOf({ base, patch, difference, low, high, seen }: Difference) {
  return { value: patch, base, change: difference, low, high, seen };
}

/** A number that is told as it is: it says nothing of a difference. */
function plainRate(rate: Rate): Column {
  const { key, title, width, jsonOnly, from, legend } = rate;
  return {
    ...{ key, title, width, jsonOnly, from, legend, align: 'right' },
    value(result) {
      const value = ratio(rate, result);
      return value === null ? null : rounded(value);
    },
    text(result) {
      const value = ratio(rate, result);
      return value === null ? '-' : levelText(value);
    },
  };
}

export const perThousandOperations = { per: ['operations'], times: 1000 } as const;

/** Flushes at a switch, or on the way back from lazy mode, that found nothing stale. */
export const needlessSwitchFlushes = rateColumn({
  ...perThousandOperations,
  key: 'needlessSwitchFlushesPerThousandOperations',
  title: ['NEEDLESS', 'FLUSHES'],
  width: 16,
  of: ['needlessSwitchFlushes'],
  legend: 'NEEDLESS FLUSHES: at a switch, of nothing stale, per 1,000 client operations',
});

/**
 * All flushes at a switch: a rule that makes slots nobody's trades needless flushes for those of a new slot.
 */
export const switchFlushes = rateColumn({
  ...perThousandOperations,
  key: 'switchFlushesPerThousandOperations',
  title: ['FLUSHES', 'AT SWITCH'],
  width: 16,
  of: ['switchFlushes'],
  jsonOnly: true,
});

/** Requests for a range that became full flushes. */
export const degradedFlushes = rateColumn({
  ...perThousandOperations,
  key: 'degradedFlushesPerThousandOperations',
  title: ['RANGES', 'MADE FULL'],
  width: 16,
  of: ['degradedFlushes'],
  from: 96,
  legend: 'RANGES MADE FULL: flushes of a range that became full ones, per 1,000 operations',
});

/** Locked instructions, all that a CPU executes. */
export const lockedOperations = rateColumn({
  key: 'lockedOperationsPerOperation',
  title: ['LOCKED', 'INSTRUCTIONS'],
  width: 12,
  of: ['lockedOperations'],
  differenceOnly: true,
  per: ['operations'],
  times: 1,
  legend: 'LOCKED INSTRUCTIONS: more (or fewer) per client operation',
});

/** Remote raises that an owner's older store took back. */
export const lostRaises = plainRate({
  ...perThousandOperations,
  key: 'lostRaisesPerThousandOperations',
  title: ['LOST', 'RAISE'],
  width: 5,
  of: ['lostRaises'],
  jsonOnly: true,
});

export const ownerLockedOps = plainRate({
  key: 'addedLockedOperationsPerSwitch',
  title: ['LOCKED', '/SW.'],
  width: 6,
  of: ['ownerLockedOps'],
  per: ['switchFlushes', 'noFlushSwitches'],
  times: 1,
  jsonOnly: true,
});

export const initiatorLockedOps = plainRate({
  key: 'addedLockedOperationsPerShootdown',
  title: ['LOCKED', '/FLUSH'],
  width: 6,
  of: ['initiatorLockedOps'],
  per: ['shootdowns'],
  times: 1,
  jsonOnly: true,
});

/** Lazy CPUs that a flush reached: by IPI, which pushes them off the mm, or by a hypercall's request. */
export const lazyWakeups = rateColumn({
  ...perThousandOperations,
  key: 'lazyWakeupsPerThousandOperations',
  title: ['LAZY CPUS', 'REACHED'],
  width: 16,
  of: ['lazyDisturbed', 'lazyRequests'],
  legend: 'LAZY CPUS REACHED: by an IPI or a request, per 1,000 client operations',
});

export const lazyReentryFlushes = rateColumn({
  ...perThousandOperations,
  key: 'lazyReentryFlushesPerThousandOperations',
  title: ['LAZY', 'RE-ENTRY'],
  width: 16,
  of: ['lazyReentryFlushes'],
  from: 96,
  legend: 'LAZY RE-ENTRY: flushes on the way back from lazy mode, per 1,000 operations',
});
