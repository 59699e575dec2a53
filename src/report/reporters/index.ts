/**
 * The reporters, in the order in which they are told that a hunt has ended. One more is its file and a line
 * here.
 */

import { blobReporter } from './blob.js';
import { defaultReporter } from './default.js';
import { dotReporter } from './dot.js';
import { githubActionsReporter } from './github-actions.js';
import { htmlReporter } from './html.js';
import { jsonReporter } from './json.js';
import { junitReporter } from './junit.js';
import type { Reporter } from './reporter.js';
import { sarifReporter } from './sarif.js';
import { verboseReporter } from './verbose.js';

export const reporters: readonly Reporter[] = [
  defaultReporter,
  verboseReporter,
  dotReporter,
  jsonReporter,
  junitReporter,
  githubActionsReporter,
  sarifReporter,
  blobReporter,
  htmlReporter,
];
