import { count, groupDigits } from '../../report/text-columns.js';
import { listed } from '../answers/answer-words.js';
import { weakestLock } from './locks.js';
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
    ...weakestLock(
      new Map(rules.map(([label, own]) => [label, own.every(({ witness }) => witness === null)])),
    ),
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
