/** Flags that several commands share. */

import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { wholeNumber } from './values.js';

export const SEED_MAX = 2 ** 32 - 1;
const JOBS_MAX = 256;

export function jobsOption(description: string): Option {
  // The number of cores stays out of the help text, which should be the same everywhere.
  return new Option('--jobs <N>', description)
    .argParser(wholeNumber('--jobs', 1, JOBS_MAX))
    .default(Math.min(availableParallelism(), JOBS_MAX), 'all cores');
}
