import { COUNTERS } from '../vocabulary/counter-names.js';

/** Of counters those that are none of the lab's: a variant's own, in their order. */
export function ownCounters(counters: Readonly<Record<string, number>>): [name: string, value: number][] {
  return Object.entries(counters).filter(([name]) => !(COUNTERS as readonly string[]).includes(name));
}
