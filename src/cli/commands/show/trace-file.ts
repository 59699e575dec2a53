/** The file of `show --format perfetto`. */

import { replaceFile, writeError } from '../../../findings/atomic-file.js';
import { visible } from '../../../report/escape.js';
import { perfettoTrace } from '../../../report/perfetto/perfetto-trace.js';
import { shellWord } from '../../../report/shell-word.js';
import { originOf } from '../../../report/witness-words.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Finding } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import { printLine } from '../../io.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { tryDirectory } from '../hunt/reporting.js';

/** Where none is named. A trace is bytes, which are nothing for a terminal or for a log of CI. */
export const TRACE_FILE = './shootdown.pftrace';

interface TraceFlags {
  readonly format: string | undefined;
  readonly output: string | undefined;
}

/** Throws InputError where the file is the finding, or where nothing is written to it. */
export function requireTraceFile(finding: string, { format, output }: TraceFlags): void {
  if (format === 'perfetto') {
    const path = output ?? TRACE_FILE;
    requireDistinctFiles([{ flag: '--output', path }], [{ flag: 'the finding', path: finding }]);
    tryDirectory('--output', path);
  } else if (output !== undefined)
    throw new InputError('--output: is the file of --format perfetto', 'redirect what is printed instead');
}

/** Writes it and prints its path. Throws InfrastructureError. */
export function writeTrace(
  { io }: CliContext,
  finding: Finding,
  result: ReplayResult,
  output = TRACE_FILE,
): void {
  try {
    replaceFile(output, perfettoTrace(originOf(finding), result));
  } catch (error) {
    throw writeError(error, 'the trace', output, 'give another file with --output');
  }
  printLine(io.stdout, visible(shellWord(output)));
}
