/** Words for parts of a verdict that every report has. Not escaped: that is for each format to do. */

import type { Verdict } from '../explore/api.js';
import type { MetViolation } from '../explore/known.js';
import type { Shard } from '../explore/shard.js';
import { count } from './layout.js';

/** The known violations that a hunt met, none without a baseline. */
export function metKnown({ met = [] }: Verdict): MetViolation[] {
  return met.filter(({ isKnown }) => isKnown);
}

/** `known stale-use in scenario (12 executions): the cause`. Not escaped. */
export function knownWords({ class: name, scenario, executions, cause }: MetViolation): string {
  return `known ${name} in ${scenario} (${count(executions, 'execution')}): ${cause}`;
}

/** `shard 2 of 8`, or null. */
export function shardWords(shard: Shard | undefined): string | null {
  return shard === undefined ? null : `shard ${shard.index} of ${shard.of}`;
}

/** What was hunted in: the scenario if there was one, else the catalogue. Unlike the verdict's, the same whether something was found or not. */
export function scopeOf({ scenario, scenarios }: Verdict): string {
  if (scenarios.length === 1) return scenarios[0].scenario;
  return scenarios.length === 0 ? scenario : 'catalogue';
}
