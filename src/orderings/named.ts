import { parseEntry } from '../drive/schedule.js';
import { agentName, agentOf } from '../machine/agents.js';
import type { Layout } from '../machine/layout.js';
import {
  OP_MEMORY_MAX,
  OP_PTEP_GET_AND_CLEAR,
  OP_PTEP_SET_WRPROTECT,
  OP_SET_PTE,
  OP_SMP_MB,
  opName,
  STEP_DRAIN,
} from '../machine/op-kinds.js';
import type { FindingOrdering, NamedStep } from '../vocabulary/finding.js';
import type { Ordering, WitnessStep } from './ordering.js';

/**
 * Orderings as a finding has them: agents as schedules write them, operations and words by their names. Words
 * move when code changes, and their names stay.
 */

/** Operations beside those of plain memory whose first operand is the address of a word. */
const OF_WORDS: ReadonlySet<number> = new Set([
  OP_SET_PTE,
  OP_PTEP_GET_AND_CLEAR,
  OP_PTEP_SET_WRPROTECT,
  STEP_DRAIN,
]);

/** Kinds by name; of two with one name the operation of a CPU, which has the lower number. */
const KINDS: ReadonlyMap<string, number> = new Map(
  Array.from({ length: STEP_DRAIN }, (_, i) => [opName(STEP_DRAIN - i), STEP_DRAIN - i] as const),
);

export function namedOrderings(orderings: readonly Ordering[], layout: Layout): FindingOrdering[] {
  const named = orderings.map(({ before, after }) => ({
    before: namedStep(before, layout),
    after: namedStep(after, layout),
  }));
  // Two may have become the same one when they were made weaker.
  return [...new Map(named.map((one) => [JSON.stringify(one), one])).values()];
}

export function namedStep({ step, agent, kind, operand, nth }: WitnessStep, layout: Layout): NamedStep {
  const who = { step, agent: agentName(agent) };
  if (kind === 0) return { ...who, nth };
  const on = namesWord(kind) ? { word: layout.nameOf(operand) } : { operand };
  return { ...who, operation: opName(kind), ...on, nth };
}

/** Null where a program with this layout has no such words, or nothing has an operation of such a name. */
export function orderingsNamed(named: readonly FindingOrdering[], layout: Layout): Ordering[] | null {
  const wanted = new Set(named.flatMap(({ before, after }) => [before.word ?? [], after.word ?? []].flat()));
  const words = wordsNamed(wanted, layout);
  const step = (told: NamedStep): WitnessStep | null => {
    const { step: index, nth } = told;
    const entry = parseEntry(told.agent);
    const agent = entry !== null && 'cpu' in entry ? agentOf(entry.cpu, entry.kind) : null;
    const kind = told.operation === undefined ? 0 : KINDS.get(told.operation);
    const operand = kind === undefined ? null : operandOf(told, kind, words);
    return agent === null || kind === undefined || operand === null
      ? null
      : { step: index, agent, kind, operand, nth };
  };
  const found: Ordering[] = [];
  for (const one of named) {
    const [before, after] = [step(one.before), step(one.after)];
    if (before === null || after === null) return null;
    found.push({ before, after });
  }
  return found;
}

/** Null where the step has none, or one of another sort than its kind. */
function operandOf(
  { word, operand }: NamedStep,
  kind: number,
  words: ReadonlyMap<string, number>,
): number | null {
  const [isWord, isNone] = [kind !== 0 && namesWord(kind), kind === 0];
  if ((word !== undefined) !== isWord || (operand !== undefined) !== (!isWord && !isNone)) return null;
  return word === undefined ? (operand ?? 0) : (words.get(word) ?? null);
}

function namesWord(kind: number): boolean {
  return (kind <= OP_MEMORY_MAX && kind !== OP_SMP_MB) || OF_WORDS.has(kind);
}

/** Addresses by name, of those that are asked for. */
function wordsNamed(wanted: ReadonlySet<string>, layout: Layout): Map<string, number> {
  const words = new Map<string, number>();
  for (let address = 0; address < layout.size && words.size < wanted.size; address++) {
    const name = layout.nameOf(address);
    if (wanted.has(name) && !words.has(name)) words.set(name, address);
  }
  return words;
}
