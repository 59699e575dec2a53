import type { RowResult } from '../study.js';
import { grouped, isHarmed, listed, rate } from './words.js';

/** What the answers to lazy CPUs cost, made of the rows alone. */
export function lazyAnswer(results: readonly RowResult[]): string[] {
  const ran = results.filter(({ counts }) => counts !== null);
  const harmed = ran.filter(isHarmed).map(({ row }) => row.variant);
  const lines = [...grouped(ran, ({ row }) => row.group)].map(([group, rows]) => {
    const parts = [...rows].sort((a, b) => reached(a) - reached(b)).map((result) => `${result.row.label} ${reached(result).toFixed(1)}`);
    return `On ${group}, lazy CPUs reached by flushes per thousand operations: ${parts.join(', ')}.`;
  });
  if (harmed.length > 0) lines.unshift(`Unsafe: ${listed(harmed)}.`);
  lines.push(
    'A lazy virtual CPU counts as reached when it would have to be running for it; one that its host has put is flushed where it lies.',
  );
  return lines;
}

function reached({ counts }: RowResult): number {
  return counts === null ? 0 : rate(counts.lazyDisturbed + counts.lazyRequests, counts.operations);
}
