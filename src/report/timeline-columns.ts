/** Which CPUs of a machine get a column of their own. */

import type { TraceStep } from '../explain/trace-step.js';

/**
 * All CPUs of a machine of at most `columnsMax`; of a larger one those with the most deciding steps, then those with the most steps. In
 * ascending order.
 */
export function chooseColumns(steps: readonly TraceStep[], cpus: number, columnsMax: number): number[] {
  if (cpus <= columnsMax) return Array.from({ length: cpus }, (_, cpu) => cpu);
  const weight = new Map<number, { deciding: number; steps: number }>();
  for (const { cpu, deciding } of steps) {
    const of = weight.get(cpu) ?? { deciding: 0, steps: 0 };
    weight.set(cpu, { deciding: of.deciding + (deciding === null ? 0 : 1), steps: of.steps + 1 });
  }
  const ranked = [...weight].sort(([cpuA, a], [cpuB, b]) => b.deciding - a.deciding || b.steps - a.steps || cpuA - cpuB);
  return ranked
    .slice(0, columnsMax)
    .map(([cpu]) => cpu)
    .sort((a, b) => a - b);
}
