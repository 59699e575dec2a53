import { count } from '../../report/text-columns.js';
import type { VerifyMerged, VerifyShard, VerifyVerdict } from '../api.js';

/** What a verdict is of, where that is not all executions. */

/** `shard 2/8, from its 33 of 266 states after 45 steps: `; empty where nothing was shared out. */
export function shardWords(shard: VerifyShard | undefined): string {
  if (shard === undefined || shard.of === 1) return '';
  const { index, of, split } = shard;
  if (split === null) return `shard ${index}/${of}, too few states to share out: `;
  return (
    `shard ${index}/${of}, from its ${split.own} of ${count(split.states, 'state')} after ` +
    `${count(split.depth, 'step')}: `
  );
}

/** What a shard says of its part; null: it says something of all executions. */
export function partWords(
  { shard, violation, depth, withinSteps }: VerifyVerdict,
  looked: string,
  why: string | null,
): string | null {
  if (shard === undefined || shard.split === null) return null;
  if (violation !== null)
    return `${violation} in ${count(depth, 'step')}; from others' parts fewer may do (${looked})`;
  if (shard.complete)
    return `no violation in any execution${shard.isCut ? ' within the bound' : ''} (${looked})`;
  return `not decided, ${why}: up to ${count(withinSteps, 'step')} no violation was met (${looked})`;
}

/** Names that are given one by one. */
const NAMED_MAX = 12;

/** `shards 2 and 5 are missing`; null: none is. */
export function missingWords(merged: VerifyMerged | undefined): string | null {
  const missing = merged?.missing ?? [];
  if (missing.length === 0) return null;
  const left = missing.length - NAMED_MAX;
  const named = missing.slice(0, NAMED_MAX).join(', ');
  return missing.length === 1
    ? `shard ${named} is missing`
    : `shards ${named}${left > 0 ? ` and ${left} more` : ''} are missing`;
}
