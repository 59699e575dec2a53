import type { CounterName } from '../../oracles/counters.js';
import type { Column, Counts, RowResult } from '../study.js';

/** Columns that are ratios of counters, of the counting run. */

type Of = (counts: Counts) => number;

interface Rate {
  readonly key: string;
  readonly title: Column['title'];
  readonly width: number;
  readonly of: Of;
  /** The ratio's denominator. */
  readonly per: Of;
  readonly times: number;
  readonly digits: number;
  /** Whether the difference to the baseline is shown. */
  readonly compared: boolean;
  readonly jsonOnly?: boolean;
}

const sum =
  (...names: readonly CounterName[]): Of =>
  (counts) =>
    names.reduce((total, name) => total + counts[name], 0);

function ratio({ of, per, times }: Rate, result: RowResult | null): number | null {
  if (result?.counts == null) return null;
  const below = per(result.counts);
  return below === 0 ? null : (of(result.counts) / below) * times;
}

function rateColumn(rate: Rate): Column {
  const rounded = (value: number): number => Number(value.toFixed(rate.digits + 2));
  const difference = (result: RowResult, baseline: RowResult | null): number | null => {
    const [here, there] = [ratio(rate, result), ratio(rate, baseline)];
    return here === null || there === null ? null : here - there;
  };
  return {
    key: rate.key,
    title: rate.title,
    width: rate.width,
    jsonOnly: rate.jsonOnly,
    align: 'right',
    value(result, baseline) {
      const value = ratio(rate, result);
      if (!rate.compared) return value === null ? null : rounded(value);
      const change = difference(result, baseline);
      return { value: value === null ? null : rounded(value), change: change === null ? null : rounded(change) };
    },
    text(result, baseline) {
      const value = ratio(rate, result);
      if (value === null) return '-';
      const change = rate.compared ? difference(result, baseline) : null;
      return value.toFixed(rate.digits) + (change === null ? '' : ` (${signed(change, rate.digits)})`);
    },
  };
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  // No "-0.0": a difference that rounds to nothing has no sign.
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : text;
}

const perThousandOperations = { per: sum('operations'), times: 1000, digits: 1 };

/** Flushes at a switch, or on the way back from lazy mode, that found nothing stale. */
export const needlessSwitchFlushes = rateColumn({
  ...perThousandOperations,
  key: 'needlessSwitchFlushesPerThousandOperations',
  title: ['NEEDLESS', 'FLUSHES'],
  width: 13,
  of: sum('needlessSwitchFlushes'),
  compared: true,
});

/** All flushes at a switch: a rule that makes slots nobody's trades needless flushes for those of a new slot. */
export const switchFlushes = rateColumn({
  ...perThousandOperations,
  key: 'switchFlushesPerThousandOperations',
  title: ['FLUSHES', 'AT SWITCH'],
  width: 14,
  of: sum('switchFlushes'),
  compared: true,
  jsonOnly: true,
});

/** Requests for a range that became full flushes. */
export const degradedFlushes = rateColumn({
  ...perThousandOperations,
  key: 'degradedFlushesPerThousandOperations',
  title: ['PARTIAL', 'TO FULL'],
  width: 12,
  of: sum('degradedFlushes'),
  compared: true,
});

/** Remote raises that an owner's older store took back. */
export const lostRaises = rateColumn({
  ...perThousandOperations,
  key: 'lostRaisesPerThousandOperations',
  title: ['LOST', 'RAISE'],
  width: 5,
  of: sum('lostRaises'),
  compared: false,
});

export const ownerLockedOps = rateColumn({
  key: 'addedLockedOperationsPerSwitch',
  title: ['LOCKED', '/SW.'],
  width: 6,
  of: sum('ownerLockedOps'),
  per: sum('switchFlushes', 'noFlushSwitches'),
  times: 1,
  digits: 2,
  compared: false,
});

export const initiatorLockedOps = rateColumn({
  key: 'addedLockedOperationsPerShootdown',
  title: ['LOCKED', '/FLUSH'],
  width: 6,
  of: sum('initiatorLockedOps'),
  per: sum('shootdowns'),
  times: 1,
  digits: 2,
  compared: false,
});

/** Lazy CPUs that a flush reached: by IPI, which pushes them off the mm, or by a hypercall's request. */
export const lazyWakeups = rateColumn({
  ...perThousandOperations,
  key: 'lazyWakeupsPerThousandOperations',
  title: ['LAZY CPUS', 'REACHED'],
  width: 14,
  of: sum('lazyDisturbed', 'lazyRequests'),
  compared: true,
});

export const lazyReentryFlushes = rateColumn({
  ...perThousandOperations,
  key: 'lazyReentryFlushesPerThousandOperations',
  title: ['LAZY', 'RE-ENTRY'],
  width: 14,
  of: sum('lazyReentryFlushes'),
  compared: true,
});
