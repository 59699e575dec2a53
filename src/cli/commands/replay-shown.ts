import { workProgress } from '../../report/work-progress.js';
import type { Finding } from '../../vocabulary/finding.js';
import type { CliContext } from '../command-context.js';
import type { ReplayResult } from '../engine-api.js';
import { progressOf } from '../with-pool.js';

/** A finding's execution again, and on a terminal how far that is: the longest take half a minute. */
export async function replayShown(
  context: CliContext,
  finding: Finding,
  isQuiet: boolean,
): Promise<ReplayResult> {
  const progress = progressOf(context, isQuiet);
  const percent = (done: number, of: number): string => `executing again: ${Math.floor((done / of) * 100)} %`;
  try {
    return await context.engine.replay(finding, workProgress(progress, percent));
  } finally {
    progress.clear();
  }
}
