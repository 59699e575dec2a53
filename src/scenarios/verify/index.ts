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
