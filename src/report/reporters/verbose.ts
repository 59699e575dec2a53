/** `--reporter verbose`: the default's report with every step of every witness. */

import { tableReporter } from './default.js';

export const verboseReporter = tableReporter('verbose', 'all');
