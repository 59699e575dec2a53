import { perThousandOperations, rateColumn } from './rates.js';

/** Columns of who is asked for a flush, and how much is flushed. */

/** On a hypercall backend these are exits, on the others IPIs. */
export const cpusReached = rateColumn({
  ...perThousandOperations,
  key: 'cpusReachedPerThousandOperations',
  title: ['CPUS', 'REACHED'],
  width: 16,
  of: ['ipisServed', 'hostExits'],
  legend:
    'CPUS REACHED: by an IPI whose flush function ran, or by an exit of a running vCPU, per 1,000 client ' +
    'operations',
});

export const ipisForNothing = rateColumn({
  ...perThousandOperations,
  key: 'ipisForNothingPerThousandOperations',
  title: ['IPIS FOR', 'NOTHING'],
  width: 14,
  of: ['ipisForNothing'],
  legend: 'IPIS FOR NOTHING: those that had nothing to flush',
});

export const cpusLookedAt = rateColumn({
  ...perThousandOperations,
  key: 'cpusLookedAtPerThousandOperations',
  title: ['LOOKED AT', 'IN VAIN'],
  width: 14,
  from: 100,
  of: ['targetsFiltered'],
  legend: 'LOOKED AT IN VAIN: CPUs of the mask that need no IPI',
});

export const fullFlushes = rateColumn({
  ...perThousandOperations,
  key: 'fullFlushesPerThousandOperations',
  title: ['FULL', 'FLUSHES'],
  width: 16,
  of: ['fullFlushes'],
  legend: 'FULL FLUSHES: of everything, not those at a switch',
});

export const partialFlushes = rateColumn({
  ...perThousandOperations,
  key: 'partialFlushesPerThousandOperations',
  title: ['RANGES'],
  width: 16,
  of: ['partialFlushes'],
  legend: 'RANGES: requests that were flushed as the range that they name',
});

export const moreLocked = rateColumn({
  key: 'lockedPerOperation',
  title: ['LOCKED'],
  width: 16,
  of: ['lockedOperations'],
  per: ['operations'],
  times: 1,
  differenceOnly: true,
  from: 120,
  legend: 'LOCKED: instructions, more (or fewer) per client operation',
});
