import { count, groupDigits } from '../../../report/text-columns.js';
import { workProgress } from '../../../report/work-progress.js';
import type { CliContext } from '../../command-context.js';
import type { ComparedSource, Engine } from '../../engine-api.js';
import { progressOf } from '../../with-pool.js';

/** C text beside the lab's own, access by access, and on a terminal how far that is. */

type Compare = Engine['compareSource'];

/** How many executions bring states about, and which. */
export type ComparedSize = Omit<Parameters<Compare>[1], 'onExecution'>;

/** Both are loaded. Throws InputError. */
export async function comparedShown(
  context: CliContext,
  ref: Parameters<Compare>[0],
  size: ComparedSize,
  isQuiet: boolean,
): Promise<ComparedSource> {
  const progress = progressOf(context, isQuiet);
  const words = (done: number, of: number): string =>
    `comparing accesses: ${groupDigits(done)} of ${count(of, 'execution')} done`;
  try {
    return await context.engine.compareSource(ref, { ...size, onExecution: workProgress(progress, words) });
  } finally {
    progress.clear();
  }
}
