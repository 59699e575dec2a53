/** Orderings that a violation needs, in words, as lines. */

import type { OrderedStep, ReplayedOrderings, ToldOrdering } from '../explain/told-ordering.js';
import type { ViolationClass } from '../vocabulary/violation.js';
import { visible } from './escape.js';
import { TABLE_WIDTH } from './table.js';
import { count, groupDigits, wrap } from './text-columns.js';

const INDENT = '     ';

/** `stale-use comes of 2 orderings:`, each of them, what executions showed in which they were forced. */
export function replayedOrderingLines(
  violation: ViolationClass,
  { orderings, forced }: ReplayedOrderings,
  width = TABLE_WIDTH,
): string[] {
  const { executions, failing, correct } = forced;
  const came = `they came true in ${groupDigits(failing)} of ${count(executions, 'execution')} in which they`;
  const all =
    failing === 0
      ? `they came true in none of ${count(executions, 'execution')} in which they were forced`
      : `${came} were forced, and each of these ended in ${violation}; a sample, not a proof`;
  const shown =
    correct === null ? all : `forced execution ${groupDigits(correct)} has them and ends with nothing wrong`;
  return [
    ...lines(`${correct === null ? comesOf(violation, orderings) : ofFile(orderings)}:`, width),
    ...orderings.flatMap((ordering, index) => orderingLines(ordering, index, width)),
    ...lines(shown, width),
  ];
}

export function comesOf(violation: ViolationClass, orderings: readonly ToldOrdering[]): string {
  return `${violation} comes of ${count(orderings.length, 'ordering')}`;
}

function ofFile(orderings: readonly ToldOrdering[]): string {
  return `${count(orderings.length, 'ordering')} of the finding's, which do not suffice`;
}

/** `1. CPU1: tlb_gen(A) is 1 (step 44)`, `before CPU0: ...`, and what else is to be said of it. */
export function orderingLines(
  { before, after }: ToldOrdering,
  index: number,
  width: number,
  ...more: readonly string[]
): string[] {
  return [
    ...lines(`${index + 1}. ${stepWords(before)}`, width, '  ', INDENT),
    ...[`before ${stepWords(after)}`, ...more].flatMap((text) => lines(text, width, INDENT)),
  ];
}

/** Wrapped, for a terminal. */
export function lines(text: string, width: number, first = '', rest = first): string[] {
  return wrap(visible(text), width - rest.length).map((line, i) => `${i === 0 ? first : rest}${line}`);
}

const WHO: Readonly<Record<OrderedStep['agent'], string>> = {
  cpu: '',
  buffer: "'s store buffer",
  line: "'s interrupt line",
  walker: "'s page walker",
  host: "'s host",
  mmu: "'s MMU",
};

function stepWords({ step, cpu, agent, text }: OrderedStep): string {
  const where = step === null ? 'not before the end' : `step ${step}`;
  return `CPU${cpu}${WHO[agent]}: ${text} (${where})`;
}
