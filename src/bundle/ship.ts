import { type OwnBundle, ship } from './kept.js';

/**
 * The last step of `npm run build`: makes the worker bundles that the package carries, so that no user has to
 * wait for them.
 */

const WORKERS: readonly OwnBundle[] = [
  { entry: '../workers/explore-batch', plain: true },
  { entry: '../workers/stress-thread' },
  { entry: '../workers/litmus' },
  { entry: '../workers/lockstep-thread', plain: true },
];

for (const worker of WORKERS) await ship(worker);
