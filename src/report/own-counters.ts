import type { Verdict } from '../explore/api.js';
import { COUNTERS } from '../vocabulary/counter-names.js';
import { groupDigits } from './text-columns.js';

/** Of counters those that are none of the lab's: a variant's own, in their order. */
export function ownCounters(counters: Readonly<Record<string, number>>): [name: string, value: number][] {
  return Object.entries(counters).filter(([name]) => !(COUNTERS as readonly string[]).includes(name));
}

/** A line for each of the variant's own: its sum over all executions, and what that is an execution. */
export function countedLines({ counters, executions }: Pick<Verdict, 'counters' | 'executions'>): string[] {
  return ownCounters(counters).map(
    ([name, value]) =>
      `counted: ${name} ${groupDigits(value)}, ${(value / Math.max(1, executions)).toFixed(2)} an execution`,
  );
}
