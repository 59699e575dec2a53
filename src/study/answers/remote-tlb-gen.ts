import { groupDigits } from '../../report/text-columns.js';
import { findRule } from '../../rules/index.js';
import { findVariant } from '../../variants/index.js';
import { isPermanent } from '../columns/lost-flush.js';
import { needlessSwitchFlushes, switchFlushes } from '../columns/rates.js';
import { type Differences, differencesOf } from '../difference.js';
import { weakestLock } from '../exhaustive/locks.js';
import type { Column, RowResult } from '../study.js';
import {
  baseWords,
  changesWords,
  grouped,
  isHarmed,
  isKnownUnsafe,
  isLatent,
  isRefuted,
  listed,
} from './answer-words.js';

/**
 * The answer to the study's question, made of its rows alone: yes or no, by what and on which conditions,
 * what it saves, what it costs. A rule is called safe only where neither this run nor any that is known of
 * has a witness on any backend.
 */
export function remoteTlbGenAnswer(results: readonly RowResult[]): string[] {
  const ran = results.filter(({ verdict }) => verdict !== null);
  const rules = [...grouped(ran, ({ row }) => row.label)].filter(([, rows]) =>
    rows.some(({ row }) => row.baseline !== null),
  );
  if (rules.length === 0) return [];
  const unsafe = rules.filter(([, rows]) =>
    rows.some((row) => isHarmed(row) || isKnownUnsafe(row) || isRefuted(row)),
  );
  const latent = rules.filter((rule) => !unsafe.includes(rule) && rule[1].some(isLatent));
  const clean = rules.filter((rule) => !unsafe.includes(rule) && !latent.includes(rule));
  return [
    ...yesOrNo(clean, latent, unsafe),
    ...latent.map(
      ([label, rows]) =>
        `Not so sure, ${named(label, rows)}: slots claim too much on ${where(rows.filter(isLatent))}, ` +
        'no harm seen.',
    ),
    ...refused(unsafe),
    ...proofs(clean),
    ...weakestLock(new Map(rules.map(([label, rows]) => [label, stands(clean, label, rows)]))),
    ...savings(ran, clean),
    ...lostFlushes(ran),
  ];
}

type Rule = readonly [label: string, rows: readonly RowResult[]];

function yesOrNo(clean: readonly Rule[], latent: readonly Rule[], unsafe: readonly Rule[]): string[] {
  const all = clean.length + latent.length + unsafe.length;
  if (clean.length === 0)
    return [all === 1 ? 'No, not by this rule.' : `No, not by any of the ${all} rules that were run.`];
  const least = groupDigits(
    Math.min(...clean.flatMap(([, rows]) => rows.map(({ verdict }) => verdict?.executions ?? 0))),
  );
  const which = all === 1 ? 'this rule' : `${clean.length} of the ${all} rules that were run`;
  return [
    `Yes, on conditions: ${which} had no witness on any backend (in at least ${least} executions each: ` +
      'a sample, not a proof):',
    ...clean.map(([label, rows]) => `${named(label, rows)}${conditionOf(label)}.`),
  ];
}

/** `v7 (compare-exchanges ...)`. Of a variant of one's own, what it says of itself. */
function named(label: string, [{ row }]: readonly RowResult[]): string {
  const rule = findRule(label);
  const own = row.summary ?? findVariant(row.variant)?.summary;
  const isInherited = own === findVariant(row.baseline ?? row.variant)?.summary;
  const action = rule?.action ?? rule?.summary ?? (isInherited ? undefined : own);
  return action === undefined ? label : `${label} (${action})`;
}

/** What a rule that is written down assumes; of others nobody has said it. */
function conditionOf(label: string): string {
  const assumed = findRule(label)?.assumes;
  return assumed === undefined || assumed === 'nothing' ? '' : `, provided that ${assumed}`;
}

const where = (rows: readonly RowResult[]): string => listed(rows.map(({ row }) => row.group));

function refused(unsafe: readonly Rule[]): string[] {
  return unsafe.map(([label, rows]) => {
    const met = rows.filter((row) => isHarmed(row) || isRefuted(row));
    const known = rows.filter((row) => !met.includes(row) && isKnownUnsafe(row));
    const parts = [
      ...(met.length === 0 ? [] : [`a witness on ${where(met)}`]),
      ...(known.length === 0 ? [] : [`a known one on ${where(known)}, which this run did not meet`]),
    ];
    return `No, not ${named(label, rows)}: ${parts.join('; ')}.`;
  });
}

/** Whether no witness of a rule is met or known, nor anything latent. */
const stands = (clean: readonly Rule[], label: string, rows: readonly RowResult[]): boolean =>
  clean.some(([known]) => known === label) && rows.every(({ proof }) => proof?.witness == null);

/** Of which rules all executions were looked at, and of what. */
function proofs(clean: readonly Rule[]): string[] {
  const whole = clean.filter(([, rows]) =>
    rows.every(({ proof }) => proof !== null && proof.witness === null && proof.partly.length === 0),
  );
  const rows = whole.flatMap(([, own]) => own.flatMap(({ proof }) => proof ?? []));
  if (rows.length === 0) return [];
  // What is proved of one backend's row alone is not said of the rule.
  const scenarios = rows[0].proved.filter((name) => rows.every(({ proved }) => proved.includes(name)));
  if (scenarios.length === 0) return [];
  return [
    `Proved, for ${listed(whole.map(([label]) => label))}: no execution at all of ${listed(scenarios)} ` +
      'goes wrong on these backends, on two CPUs, with as many preemptions as stand above. ' +
      'What is proved of more scenarios: docs/results.md.',
  ];
}

/**
 * What rules without any witness save, per backend, the most first. One that only has other flushes at
 * switches instead saves nothing.
 */
function savings(ran: readonly RowResult[], clean: readonly Rule[]): string[] {
  const safe = new Set(clean.map(([label]) => label));
  return [...grouped(ran, ({ row }) => row.group)].flatMap(([group, rows]) => {
    const candidates = rows.flatMap((result) => {
      if (result.row.baseline === null || !safe.has(result.row.label)) return [];
      const needless = changeOf(needlessSwitchFlushes, result);
      return needless === null ? [] : [{ result, needless, atSwitch: changeOf(switchFlushes, result) }];
    });
    if (candidates.length === 0) return [];
    const better = candidates
      .filter(({ needless, atSwitch }) => needless.seen === 'less' && atSwitch?.seen !== 'more')
      .sort((a, b) => (a.needless.difference ?? 0) - (b.needless.difference ?? 0));
    const more = candidates
      .filter(({ needless }) => needless.seen === 'more')
      .map(({ result }) => result.row.label);
    const parts = better.map(({ result, needless }) => `${result.row.label} ${changesWords(needless)}`);
    const saved =
      parts.length === 0
        ? 'no difference seen by any rule without a witness, or none to the better'
        : parts.join(', ');
    const worse = more.length === 0 ? '' : `; ${listed(more)} more`;
    return [`Needless flushes on ${group}${baseWords(needlessSwitchFlushes, rows)}: ${saved}${worse}.`];
  });
}

function changeOf({ compared }: Column, { pairs, comparisons }: RowResult): Differences | null {
  return compared === undefined || pairs === null ? null : differencesOf(pairs, compared, comparisons);
}

function lostFlushes(ran: readonly RowResult[]): string[] {
  const labels = (permanent: boolean): string[] =>
    ran.filter((result) => isPermanent(result) === permanent).map(({ row }) => row.label);
  const [kept, healed] = [labels(true), labels(false)];
  if (kept.length === 0 && healed.length === 0) return [];
  const healing = `under ${listed(healed)} the next switch healed every one that was seen`;
  if (kept.length === 0) return [`On a host that loses a flush request (CVE-2019-3016): ${healing}.`];
  return [
    'The price, on a host that loses a flush request (CVE-2019-3016): the lost flush stays lost under ' +
      `${listed(kept)}${healed.length === 0 ? '' : `; ${healing}`}.`,
  ];
}
