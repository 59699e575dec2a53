import { environmentOf } from '../../src/explore/batch.js';
import { programOf } from '../../src/programs/subject.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { SearchResult } from '../../src/verify/search.js';
import { kernelSearch, relying } from '../../src/verify/searches.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';

/** Bundled with the kernel lowered. */

export { verifyCatalogue };

export interface MeasuredSearch extends SearchResult {
  /** Processor time of this thread and its helpers. */
  readonly cpuMs: number;
  /** Pairs of shared words and CPU that were worked out, and shared words that change. */
  readonly pairs: number;
  readonly touched: number;
}

/**
 * `limitMs`: processor time after which it ends. `isReduced`: steps of a CPU's own at once; then a violation
 * is not the shortest.
 */
export function verifyKernel(
  variant: string,
  scenario: Scenario,
  memory: MemoryModel,
  memoryBytes: number,
  limitMs: number,
  isReduced: boolean,
): MeasuredSearch {
  const subject = { variant, scenario };
  const { kernel } = programOf(subject);
  if (kernel === null) throw new Error('a scenario is of a kernel');
  const { walks, preemptions = 0 } = environmentOf(subject, kernel);
  const started = process.cpuUsage();
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  // Asking the system is dear.
  let asked = 0;
  const isOver = (): boolean => ++asked % 8 === 0 && cpuMs() > limitMs;
  return relying(kernel, (known) => {
    const options = { memoryBytes, isOver, footprints: isReduced ? known : undefined };
    const { search, space } = kernelSearch(kernel, memory, { walks, preemptions }, options);
    const result = search.run();
    return { ...result, cpuMs: cpuMs(), pairs: space.pairs, touched: space.kernel.shared.touched };
  });
}
