/** Words for parts of a verdict that every report has. Not escaped: that is for each format to do. */

import type { Verdict } from '../explore/api.js';
import type { MetViolation } from '../explore/known.js';
import type { Shard } from '../explore/shard.js';
import { scopeName } from '../scenarios/scope-name.js';
import { visible } from './escape.js';
import { count, groupDigits } from './text-columns.js';

/** The known violations that a hunt met, none without a baseline. */
export function metKnown({ met = [] }: Verdict): MetViolation[] {
  return met.filter(({ isKnown }) => isKnown);
}

/**
 * `known stale-use in scenario (12 executions): the cause`, of an open finding `known: b38, stale-use in
 * ...`, of another scenario's entry `...: the cause; by this cause, of an entry for SCENARIO`. Not escaped.
 */
export function knownWords({
  class: name,
  scenario,
  executions,
  cause,
  circumstance,
  finding,
  knownFrom,
}: MetViolation): string {
  const by = knownFrom === undefined ? '' : `; by this cause, of an entry for ${knownFrom}`;
  const where = `${name} in ${scenario} (${count(executions, 'execution')}): ${cause}${by}`;
  return finding === undefined
    ? `known ${where}`
    : `known: ${finding}, ${where}${circumstance === undefined ? '' : `; ${circumstance}`}`;
}

/** The names of the open findings that a hunt met. */
export function openFindingsMet(verdict: Verdict): string[] {
  return [...new Set(metKnown(verdict).flatMap(({ finding }) => (finding === undefined ? [] : [finding])))];
}

/**
 * What is to be said below the table of variants that have open findings and showed them, a line each. Not
 * escaped but for its parts.
 */
export function openFindingLines(verdicts: readonly Verdict[]): string[] {
  return metLines(
    verdicts.map((verdict) => ({
      variant: verdict.variant,
      violation: verdict.violation,
      met: openFindingsMet(verdict),
    })),
  );
}

/** The same where it is known which they are. */
export function metLines(
  subjects: readonly (Pick<Verdict, 'variant' | 'violation'> & { readonly met: readonly string[] })[],
): string[] {
  const lines = subjects.flatMap(({ variant, violation, met }) => {
    if (met.length === 0) return [];
    const only = violation === null ? 'nothing but' : 'also';
    return [`${visible(variant)}: ${only} what is known of this kernel was met: ${met.join(', ')}`];
  });
  return lines.length === 0
    ? []
    : ['', ...lines, '"shootdown list findings" says what they are, and what closes them'];
}

/** What a report is of, in CI's words: `hunt`, `stress`, `study lazy`. */
export function commandOf({ command = 'hunt' }: { readonly command?: string }): string {
  return command;
}

/** What batches reached, or null. */
export function coverageWords({ coverage }: Verdict): string | null {
  if (coverage === undefined) return null;
  const { pairs, added, schedules } = coverage;
  return (
    `${count(pairs, 'pair')} of accesses reached, ${groupDigits(added)} of them first in the last batch; ` +
    `${count(schedules, 'schedule')} kept`
  );
}

/** `shard 2 of 8`, or null. */
export function shardWords(shard: Shard | undefined): string | null {
  return shard === undefined ? null : `shard ${shard.index} of ${shard.of}`;
}

/**
 * What was hunted in: the scenario if there was one, else the catalogue. Unlike the verdict's, the same
 * whether something was found or not.
 */
export function scopeOf({ scenario, scenarios }: Verdict): string {
  return scenarios.length === 0 ? scenario : scopeName(scenarios.map((one) => one.scenario));
}
