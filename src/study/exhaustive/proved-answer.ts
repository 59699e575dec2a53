import { count, groupDigits } from '../../report/text-columns.js';
import { listed } from '../answers/answer-words.js';
import { LOCKS } from './locks.js';
import type { ProvedRow } from './proved-row.js';

/**
 * What all rows together prove, a paragraph each: of which rules no execution goes wrong, within what; which
 * are refuted; and what is the weakest that keeps initiator and owner apart.
 */
export function provedAnswer(rows: readonly ProvedRow[]): string[] {
  const rules = [...byLabel(rows)];
  if (rules.length === 0) return [];
  const refuted = rules.filter(([, own]) => own.some(({ witness }) => witness !== null));
  const standing = rules.filter(([, own]) => own.every(({ witness }) => witness === null));
  return [
    ...standingWords(standing),
    ...refuted.map(([label, own]) => refutedWords(label, own)),
    ...weakestWords(new Map(rules)),
  ];
}

type Rule = readonly [label: string, rows: readonly ProvedRow[]];

function byLabel(rows: readonly ProvedRow[]): Map<string, ProvedRow[]> {
  const rules = new Map<string, ProvedRow[]>();
  for (const row of rows) rules.set(row.row.label, [...(rules.get(row.row.label) ?? []), row]);
  return rules;
}

function standingWords(rules: readonly Rule[]): string[] {
  if (rules.length === 0) return ['No rule is without a witness.'];
  const rows = rules.flatMap(([, own]) => own);
  const least = Math.min(...rows.map(({ proved }) => proved.length));
  const states = rows.reduce((sum, row) => sum + row.states, 0);
  const most = (of: 'walks' | 'preemptions'): number =>
    Math.max(0, ...rows.flatMap(({ verdicts }) => verdicts.map(({ bounds }) => bounds[of])));
  return [
    `Proved: under ${listed(rules.map(([label]) => label))} no execution goes wrong, on any backend, in at ` +
      `least ${count(least, 'scenario')} each (${groupDigits(states)} states): every interleaving, drain, ` +
      `interrupt, and up to ${count(most('walks'), 'speculative walk')} and ` +
      `${count(most('preemptions'), 'preemption')}, as the scenario says. Of larger scenarios and of more ` +
      'CPUs that says nothing.',
  ];
}

function refutedWords(label: string, rows: readonly ProvedRow[]): string {
  const where = rows.flatMap(({ row, witness }) =>
    witness === null
      ? []
      : [`${row.group} (${witness.class}, ${count(witness.steps, 'step')}, ${witness.scenario})`],
  );
  const clean = rows.filter(({ witness }) => witness === null).map(({ row }) => row.group);
  const rest = clean.length === 0 ? '' : `; none met on ${listed(clean)}`;
  return `Refuted: ${label}: ${where.join(', ')}${rest}.`;
}

/** Only where the rows say it of all that is weaker, too. */
function weakestWords(rules: ReadonlyMap<string, readonly ProvedRow[]>): string[] {
  const isStanding = (label: string): boolean =>
    rules.get(label)?.every(({ witness }) => witness === null) === true;
  const asked = LOCKS.filter((lock) => lock.rules.every((label) => rules.has(label)));
  const weakest = asked.find((lock) => lock.rules.every(isStanding));
  if (weakest === undefined) return [];
  const before = asked.slice(0, asked.indexOf(weakest)).map(({ words }) => words);
  const after = asked.slice(asked.indexOf(weakest) + 1);
  const works = after.filter((lock) => lock.rules.every(isStanding)).map(named);
  const fails = after.filter((lock) => !lock.rules.every(isStanding)).map(named);
  return [
    `The weakest that suffices: ${named(weakest)}.` +
      (before.length === 0 ? '' : ` What is weaker fails: ${listed(before)}.`) +
      (works.length === 0 ? '' : ` ${listed(works)} suffice too.`) +
      (fails.length === 0 ? '' : ` Stronger, and wrong: ${listed(fails)}.`),
  ];
}

const named = ({ rules, words }: (typeof LOCKS)[number]): string => `${words} (${rules.join(', ')})`;
