import type { Fact } from './fact.js';
import { groundFact, groundOf, missed, missedFact, sources } from './known-from.js';
import type { Names } from './names.js';
import type { RawStep } from './raw-step.js';
import type { Store, Traffic } from './traffic.js';

/** What is told of a plain program where an assertion failed: who had stored that, and by what. */

/** Stores that reached memory in one step, and are told. */
const LANDED_MAX = 2;

/** Of an assertion over every state: the stores that reached memory there, and by what they were made. */
export function landedFacts({ stores }: Traffic, names: Names, step: RawStep): Fact[] {
  const landed = stores.filter(({ landed: at, made }) => at === step && made !== step);
  return landed.slice(-LANDED_MAX).map((store) => {
    const { cpu, made, address, value } = store;
    const became = `${names.word(address, -1)} became ${names.value(address, value)}`;
    const words = `${became} by CPU${cpu}'s store of step ${made.step}`;
    return { words, marks: [{ step: made, why: `with this ${became}` }], detail: null };
  });
}

/** What the CPU had looked at before the one whose store it met changed that. */
export function staleFacts(
  traffic: Traffic,
  names: Names,
  { cpu, step }: RawStep,
  known: readonly Fact[],
): Fact[] {
  const [newest] = sources(traffic, cpu, step);
  if (newest === undefined) return [];
  const marked = new Set(known.flatMap(({ marks }) => marks.map((one) => one.step)));
  const { store: met } = newest;
  const isBefore = (store: Store): boolean => store.cpu === met.cpu && store.made.step < met.made.step;
  return missed(traffic, cpu, isBefore)
    .filter(({ load }) => load.step.step < step && !marked.has(load.step))
    .slice(0, 1)
    .map((one) => ({ ...missedFact(one, names), detail: null }));
}

/** By what the CPU went that made the newest store of another one that was met. */
export function groundFacts(traffic: Traffic, names: Names, { cpu, step }: RawStep): Fact[] {
  const [newest] = sources(traffic, cpu, step);
  const ground = newest === undefined ? undefined : groundOf(traffic, newest.store);
  return newest === undefined || ground === undefined
    ? []
    : [groundFact(ground, newest.store, { traffic, names, judged: cpu })];
}
