import type { MetViolation } from '../explore/known.js';
import { noEffectWords } from '../report/effect-words.js';
import { openFindingsMet } from '../report/hunt-words.js';
import { reachOf, restsOn } from '../report/rests-on.js';
import { count, groupDigits } from '../report/text-columns.js';
import { verdictWords } from '../report/verdict-table.js';
import type { Difference, Differences } from '../study/difference.js';
import { differenceText, levelText, NONE_SEEN, signed } from '../study/difference-text.js';
import { titleOf } from './compared-counters.js';
import type { ComparedOutcome, Comparison } from './comparison.js';

/**
 * What a comparison says, in sentences and cells that text and Markdown share. Not escaped: that is for each
 * format to do.
 */

/** `stale-use in lazy-return after 42 executions`, and what is known besides. */
export function outcomeWords({ verdict, witness }: ComparedOutcome): string {
  const { violation, scenario, executions, interrupted } = verdict;
  const where = violation === null ? '' : ` in ${scenario}, met within ${count(executions, 'execution')}`;
  const open = openFindingsMet(verdict);
  const parts = [
    verdictWords(verdict) + where,
    ...(open.length === 0 ? [] : [`known of this kernel: ${open.join(', ')}`]),
    ...(witness === null ? [] : [`known: ${witness.class} in ${witness.scenario} (${witness.file})`]),
    ...(interrupted ? ['interrupted'] : []),
  ];
  return parts.join('; ');
}

/** Whether the patch is as safe as the base, a sentence or more. */
export function safetyWords(comparison: Comparison): string[] {
  const { base, patch, outcomes, isNew, shared, gone, pairs, otherwise } = comparison;
  const [before, after] = outcomes;
  if (after === undefined) return [`${patch} was not hunted.`];
  const { verdict, witness } = after;
  const noEffect = noEffectWords(verdict);
  const least = Math.min(before.verdict.executions, verdict.executions);
  return [
    ...(noEffect === null ? [] : [`NO EFFECT: ${patch} ${noEffect}.`]),
    ...(pairs > 0 && otherwise === 0
      ? [`NO EFFECT: ${patch} executed what ${base} executes, step by step, in all ${count(pairs, 'pair')}.`]
      : []),
    ...(isNew ? [`Not safe: ${newWords(after, base)}`] : []),
    ...(!isNew && least === 0 ? ['Nothing is known: the time was over before the first execution.'] : []),
    ...(!isNew && least > 0
      ? [
          `No violation seen that ${base} has not, in ${count(verdict.executions, 'execution')}: a ` +
            'sample, not a proof.',
        ]
      : []),
    ...(witness !== null && !isNew ? [`Both are known to be unsafe: ${witness.class}.`] : []),
    ...kindsOf(shared).map((kind) => `Both showed it: ${kind}.`),
    ...kindsOf(gone).map((kind) => `Only ${base} showed it: ${kind}.`),
  ];
}

function newWords({ verdict, witness }: ComparedOutcome, base: string): string {
  if (verdict.violation === null)
    return `a witness of ${witness?.class} is known, and none of ${base}; this run met none.`;
  const asked =
    verdict.base === undefined
      ? ''
      : `, and ${base} has it neither on that schedule nor in ${executionsOf(verdict.base.executions)}`;
  return `${verdict.violation} in ${verdict.scenario}${asked}: ${sentence(verdict.message)}`;
}

const executionsOf = (executions: number): string => count(executions, 'execution');
const sentence = (message: string | null): string =>
  message === null ? '' : message.endsWith('.') ? message : `${message}.`;

/** Kinds that are told one by one; JSON has all. */
const KINDS_MAX = 8;

/**
 * `b3, stale-use in 3 scenarios (12 executions): the cause`, a line for each name, or for each class and
 * cause without one.
 */
function kindsOf(met: readonly MetViolation[]): string[] {
  const kinds = new Map<string, MetViolation[]>();
  for (const one of met) {
    const key = JSON.stringify(one.finding === undefined ? [one.class, one.cause] : [one.finding]);
    kinds.set(key, [...(kinds.get(key) ?? []), one]);
  }
  const lines = [...kinds.values()].map((same) => {
    const [{ class: name, cause, finding, scenario }] = same;
    const scenarios = new Set(same.map((one) => one.scenario));
    const where = scenarios.size === 1 ? scenario : count(scenarios.size, 'scenario');
    const times = executionsOf(same.reduce((sum, { executions }) => sum + executions, 0));
    return `${finding === undefined ? '' : `${finding}, `}${name} in ${where} (${times}): ${cause}`;
  });
  const left = lines.length - KINDS_MAX;
  return left > 0 ? [...lines.slice(0, KINDS_MAX), `and ${count(left, 'kind')} more`] : lines;
}

/** What the verdicts rest on, each variant's own first, a line each. */
export function groundsOf({ outcomes }: Comparison, notes: readonly string[]): string[] {
  const [first] = outcomes;
  const reach = first === undefined ? [] : reachOf(first.verdict, notes);
  const own = outcomes.flatMap(({ verdict }) =>
    restsOn(verdict, notes)
      .filter((line) => !reach.includes(line))
      .map((line) => `${verdict.variant}: ${line}`),
  );
  return [...own, ...reach];
}

/** Titles of the cells of a counter's row. */
export const COUNTER_TITLES = ['', 'BASE', 'PATCH', 'IN PAIRS', 'APART'] as const;

/** What a counter says: title, the base's rate and the patch's, the difference in pairs and apart. */
export function counterCells(title: string, { apart, ...pairs }: Differences): string[] {
  const level = (value: number | null): string => (value === null ? '-' : levelText(value));
  return [title, level(pairs.base), level(pairs.patch), changeCell(pairs), changeCell(apart)];
}

/** `-103 ±16 (-66 %)`, `none seen (±1.2)`. */
function changeCell(counter: Difference): string {
  const { base, difference, low, high, seen } = counter;
  if (difference === null || low === null || high === null) return 'too few';
  if (seen === 'none') return low === high ? NONE_SEEN : `${NONE_SEEN} (±${levelText((high - low) / 2)})`;
  return `${differenceText(counter)}${percentOf(base, difference)}`;
}

/** With a decimal below one percent: a difference that is seen is never told as 0. */
function percentOf(base: number | null, difference: number): string {
  if (base === null || base === 0) return '';
  const percent = (100 * difference) / base;
  return ` (${signed(percent, Math.abs(percent) < 1 ? 1 : 0)} %)`;
}

/** What it saves and what it costs, a sentence each. */
export function savingWords({ counters, pairs }: Comparison): string[] {
  if (pairs === 0) return [];
  const told = Object.entries(counters).map(([name, counter]) => ({ name: titleOf(name).trim(), counter }));
  const ways = (counter: Differences): Set<Difference['seen']> =>
    new Set([counter.seen, counter.apart.seen].filter((seen) => seen !== 'none'));
  const moved = (...seen: Difference['seen'][]): typeof told =>
    told.filter(({ counter }) => {
      const own = ways(counter);
      return own.size === seen.length && seen.every((way) => own.has(way));
    });
  const [less, more, both] = [moved('less'), moved('more'), moved('less', 'more')].map((some) =>
    some.map(movedWords),
  );
  const same = moved().map(({ name }) => name);
  return [
    less.length === 0 ? 'Saves nothing that is counted.' : `Less: ${less.join('; ')}.`,
    ...(more.length === 0 ? [] : [`More: ${more.join('; ')}.`]),
    ...(both.length === 0 ? [] : [`Less or more, by how long instructions take: ${both.join('; ')}.`]),
    ...(same.length === 0 ? [] : [`No difference seen: ${same.join(', ')}.`]),
  ];
}

function movedWords({ name, counter }: { readonly name: string; readonly counter: Differences }): string {
  const words = ({ base, difference, seen }: Difference): string =>
    seen === 'none' || difference === null
      ? 'none seen'
      : percentOf(base, difference).trim().slice(1, -1) || signed(difference, 1);
  return `${name} ${words(counter)}, apart ${words(counter.apart)}`;
}

/** What the counters are, and how sure. */
export function groundsWords({ pairs, comparisons }: Comparison, per: number): string {
  if (pairs === 0) return 'Nothing was counted.';
  return (
    `Per ${groupDigits(per)} client operations, over ${groupDigits(pairs)} executions of each. In ` +
    'pairs the patch follows the base step by step, and what only it executes takes no time: what its ' +
    'decisions change. Apart each runs as it is hunted, every instruction a turn. Between the ' +
    'two lies what ' +
    `depends on how long instructions take. None seen: the interval spans 0; all ${comparisons} hold ` +
    'together with 95 %.'
  );
}
