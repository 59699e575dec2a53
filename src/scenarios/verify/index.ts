import type { Scenario } from '../../vocabulary/scenario.js';
import { hosts } from './hosts.js';
import { onePage } from './one-page.js';
import { slots } from './slots.js';
import { switching } from './switching.js';
import { threeCpus } from './three-cpus.js';

/**
 * The small catalogue, for `verify`: generic scenarios, none built around a bug, that begin warm (pages in
 * memory, translations cached), so that scripts hold only what matters and all executions can be looked at.
 */
export const verifyCatalogue: readonly Scenario[] = [
  ...onePage,
  ...switching,
  ...slots,
  ...hosts,
  ...threeCpus,
];

/**
 * Of those the two that tell most about a flush by another CPU for the least time, for every row of a study:
 * a running target that its host may take off, and one that comes back from lazy TLB, on whatever CPUs.
 */
export const quickProofs: readonly Scenario[] = [
  ...verifyCatalogue.filter(({ name }) => name === 'preempted-whole'),
  // Preemptions too would take three times the states.
  ...verifyCatalogue
    .filter(({ name }) => name === 'lazy-back-whole')
    .map((scenario) => ({ ...scenario, preemptions: 0 })),
];
