import { type CheckReport, checkPath, passes } from '../check/index.js';
import { findVariant } from '../variants/index.js';
import type { Variant } from '../variants/variant.js';
import { InputError } from '../vocabulary/errors.js';

/** A recording compared with the model, and whether the figures are as good as is asked. */
export interface CheckAnswer extends CheckReport {
  readonly passes: boolean;
}

/**
 * Whether the simulated kernel decides what a recorded real one decided: the document of
 * `trace check --json`. `kernel`: a variant or its name; default: the profile of the kernel that made the
 * recording, as its meta file or its lines tell.
 *
 *     const { passes, kinds } = await check('recording.trace.gz');
 *
 * Throws InputError for a name that is no variant's, and for a file that is no recording.
 */
export async function check(file: string, kernel?: Variant | string): Promise<CheckAnswer> {
  const version = typeof kernel === 'string' ? findVariant(kernel) : (kernel ?? null);
  if (version === undefined)
    throw new InputError(`there is no variant "${String(kernel)}"`, 'shootdown list variants shows them');
  const report = await checkPath(file, version);
  return { ...report, passes: passes(report) };
}
