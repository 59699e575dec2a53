import type { CounterName } from '../../oracles/counters.js';
import { findVariant } from '../../variants/index.js';
import { rounded } from '../difference.js';
import { levelText } from '../difference-text.js';
import type { Column, RowResult } from '../study.js';
import { ratio } from './rates.js';

/** What a backend does for a client's operations, each per 1,000 of them. */

interface Cost {
  readonly key: string;
  readonly title: Column['title'];
  readonly of: readonly CounterName[];
  readonly legend: string;
  /** Only rows of which this is true have it; others have none of it. */
  readonly where?: (result: RowResult) => boolean;
}

const hasRequests = ({ row }: RowResult): boolean =>
  findVariant(row.variant)?.backend.has.postedRequests === true;

/** Per 1,000 client operations; null where nothing was counted. */
export function costOf({ of, where }: Cost, result: RowResult): number | null {
  const value = ratio({ of, per: ['operations'], times: 1_000 }, result);
  return value === null || where === undefined || where(result) ? value : 0;
}

function costColumn(cost: Cost): Column {
  const { key, title, legend } = cost;
  return {
    ...{ key: `${key}PerThousandOperations`, title, legend, width: 5, align: 'right' },
    value(result) {
      const value = costOf(cost, result);
      return value === null ? null : rounded(value);
    },
    text(result) {
      const value = costOf(cost, result);
      return value === null ? '-' : value === 0 ? '0' : levelText(value);
    },
  };
}

export const ipis: Cost = {
  key: 'ipis',
  title: ['IPIS'],
  of: ['ipisServed'],
  legend: 'All per 1,000 client operations. IPIS: whose flush function ran',
};
export const hypercalls: Cost = {
  key: 'hypercalls',
  title: ['HYPER-', 'CALLS'],
  of: ['shootdowns'],
  where: hasRequests,
  legend: 'HYPERCALLS: flushes that the host is asked for',
};
export const broadcasts: Cost = {
  key: 'broadcasts',
  title: ['BROAD-', 'CASTS'],
  of: ['broadcasts'],
  legend: 'BROADCASTS: flushes by INVLPGB or RAR, which no code hears of',
};

const COSTS: readonly Cost[] = [
  ipis,
  hypercalls,
  broadcasts,
  {
    key: 'exits',
    title: ['EXITS'],
    of: ['hostExits'],
    legend: 'EXITS: running vCPUs that left the guest to be flushed',
  },
  {
    key: 'fullFlushes',
    title: ['FULL'],
    of: ['fullFlushes', 'entryFlushes', 'switchFlushes'],
    legend: 'FULL: flushes of everything, by CPUs themselves, at a switch, and at VM entry',
  },
  {
    key: 'partialFlushes',
    title: ['RANGE'],
    of: ['partialFlushes'],
    legend: 'RANGE: flushes of single pages, by CPUs themselves',
  },
  {
    key: 'needlessFlushes',
    title: ['NEED-', 'LESS'],
    of: ['ipisForNothing', 'needlessSwitchFlushes'],
    legend: 'NEEDLESS: IPIs with nothing to flush, and flushes at a switch of nothing stale',
  },
  {
    key: 'lazyCpusReached',
    title: ['LAZY'],
    of: ['lazyDisturbed', 'lazyRequests'],
    legend: 'LAZY: lazy CPUs that an IPI pushed off their mm, or a request reached',
  },
  {
    key: 'ipisHeldUp',
    title: ['IRQS', 'OFF'],
    of: ['ipisHeldUp'],
    legend: 'IRQS OFF: IPIs for a CPU with its interrupts off, which the initiator waits out',
  },
];

export const backendColumns: readonly Column[] = COSTS.map(costColumn);
