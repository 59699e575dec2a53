import type { RateOf } from '../study/difference.js';
import type { Variant } from '../variants/variant.js';

/**
 * What a comparison counts, per 1,000 client operations: what a change of the flush protocol is made for, or
 * has to pay with.
 */
export interface ComparedCounter extends RateOf {
  /** Key in the JSON document. */
  readonly name: string;
  readonly title: string;
  /** Only where vCPUs run on a host that is asked for flushes. */
  readonly needsHost?: true;
}

/** Client operations that rates are per. */
export const OPERATIONS = 1_000;
const perOperation = { per: ['operations'], times: OPERATIONS } as const;

const all: readonly ComparedCounter[] = [
  { name: 'shootdowns', title: 'remote flushes', of: ['shootdowns'], ...perOperation },
  { name: 'ipis', title: 'IPIs', of: ['ipisServed'], ...perOperation },
  { name: 'needlessIpis', title: 'IPIs for nothing', of: ['ipisForNothing'], ...perOperation },
  { name: 'fullFlushes', title: 'full flushes', of: ['fullFlushes'], ...perOperation },
  { name: 'partialFlushes', title: 'partial flushes', of: ['partialFlushes'], ...perOperation },
  { name: 'switchFlushes', title: 'flushes at a switch', of: ['switchFlushes'], ...perOperation },
  { name: 'needlessFlushes', title: 'needless of these', of: ['needlessSwitchFlushes'], ...perOperation },
  {
    name: 'lazyCpusDisturbed',
    title: 'lazy CPUs disturbed',
    of: ['lazyDisturbed', 'lazyRequests'],
    ...perOperation,
  },
  { name: 'lockedOperations', title: 'locked operations', of: ['lockedOperations'], ...perOperation },
  { name: 'hostExits', title: 'exits to the host', of: ['hostExits'], ...perOperation, needsHost: true },
  {
    name: 'entryFlushes',
    title: 'flushes at VM entry',
    of: ['entryFlushes'],
    ...perOperation,
    needsHost: true,
  },
];

/** Those that a comparison of the two shows. */
export function comparedCounters(base: Variant, patch: Variant): readonly ComparedCounter[] {
  const hasHost = base.backend.has.virtualCpus === true || patch.backend.has.virtualCpus === true;
  return all.filter(({ needsHost }) => needsHost !== true || hasHost);
}

/** What a counter is called in tables; its name where another version has written it. */
export function titleOf(name: string): string {
  return all.find((counter) => counter.name === name)?.title ?? name;
}
