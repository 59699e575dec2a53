/** What was put together from blobs, in lines. */

import { visible } from './escape.js';
import type { HuntMerged, MergedFinding } from './reporters/hunt-report.js';
import { TABLE_WIDTH } from './table.js';
import { count, wrap } from './text-columns.js';

/** Numbers that are named one by one. */
const SHARDS_NAMED_MAX = 12;

/** The bugs beside each variant's first, and the shards that nothing is known of. */
export function mergedLines({ missing, findings }: HuntMerged): string[] {
  const others = findings.filter(({ variant }, index) =>
    findings.some((before, at) => at < index && before.variant === variant),
  );
  return [...alsoMetLines(others, 'shard'), ...(missing.length === 0 ? [] : ['', ...missingLines(missing)])];
}

/** Bugs beside those that are told at length, each with its file. `part`: what numbers of parts are of. */
export function alsoMetLines(others: readonly MergedFinding[], part?: string): string[] {
  return others.length === 0 ? [] : ['', 'also met', ...others.flatMap((one) => otherLines(one, part))];
}

function otherLines(
  { variant, class: name, scenario, cause, steps, shards, finding }: MergedFinding,
  part: string | undefined,
): string[] {
  const parts = part === undefined ? '' : `, ${part} ${shards.join(', ')}`;
  const where = `${name} in ${scenario} (${count(steps, 'step')}${parts})`;
  const text = `${variant}: ${where}${cause === null ? '' : `: ${cause}`}`;
  const file = finding === null ? [] : [`    ${visible(finding)}`];
  return [...wrap(visible(text), TABLE_WIDTH - 2).map((line) => `  ${line}`), ...file];
}

/** `b1: shards 2 and 5 are missing`, a line per variant. */
export function missingLines(missing: HuntMerged['missing']): string[] {
  return missing.flatMap(({ subject, shards }) => {
    const named = shards.slice(0, SHARDS_NAMED_MAX).join(', ');
    const left = shards.length > SHARDS_NAMED_MAX ? ` and ${shards.length - SHARDS_NAMED_MAX} more` : '';
    const are = shards.length === 1 ? `shard ${named} is` : `shards ${named}${left} are`;
    return wrap(visible(`${subject}: ${are} missing: nothing is known of those executions`), TABLE_WIDTH);
  });
}
