import type { Fact, FactMark } from './fact.js';
import type { Names } from './names.js';
import type { Load, Store, Traffic } from './traffic.js';

/**
 * Two loads of one CPU that belong to no one moment: what another CPU changed lies between them, or only
 * half of it had been stored. Most programs live with that at most places; it is told of the loads that a
 * judgement rests on.
 */

/** How far back loads are looked at: an assertion speaks of what its CPU has read just now. */
const LOADS_MAX = 8;

/** A pair of loads, and the two stores of another CPU that they disagree about. */
interface Torn {
  readonly kind: 'changed between' | 'stored too early';
  readonly loads: readonly [Load, Load];
  readonly stores: readonly [Store, Store];
}

/** The newest pair among the last loads of a CPU up to a step; null where they agree. */
export function tornReads(traffic: Traffic, cpu: number, until: number): Torn | null {
  const own = latest(traffic, cpu, until);
  for (const [index, second] of own.entries())
    for (const first of own.slice(index + 1)) {
      const torn = changedBetween(traffic, first, second) ?? storedTooEarly(traffic, first, second);
      if (torn !== null) return torn;
    }
  return null;
}

/** The last loads of a CPU, the newest first; of a word that is read again and again the last one. */
export function latest({ loads }: Traffic, cpu: number, until: number): Load[] {
  const own: Load[] = [];
  for (let index = loads.length - 1; index >= 0 && own.length < LOADS_MAX; index--) {
    const load = loads[index];
    if (load.cpu !== cpu || load.step.step > until) continue;
    const isAgain = own.some(({ address, from }) => address === load.address && from === load.from);
    if (!isAgain) own.push(load);
  }
  return own;
}

/**
 * Another CPU stored to the first word after it had been read, and the second load saw that or newer things.
 */
function changedBetween(traffic: Traffic, first: Load, second: Load): Torn | null {
  const missed = traffic.missed(first);
  const seen = second.from;
  if (missed === null || seen === null || missed.landed === null || seen.landed === null) return null;
  const isOther = missed.cpu !== first.cpu && seen.cpu === missed.cpu;
  const isBetween = missed.landed.step > first.step.step && missed.landed.step < second.step.step;
  if (!isOther || !isBetween || seen.landed.step < missed.landed.step) return null;
  return { kind: 'changed between', loads: [first, second], stores: [missed, seen] };
}

/** What the first load saw was stored by a CPU that stored to the second word only later. */
function storedTooEarly(traffic: Traffic, first: Load, second: Load): Torn | null {
  const missed = traffic.missed(second);
  const seen = first.from;
  if (missed === null || seen === null || first.address === second.address) return null;
  if (seen.cpu === first.cpu || missed.cpu !== seen.cpu || seen.made.step >= missed.made.step) return null;
  return { kind: 'stored too early', loads: [first, second], stores: [seen, missed] };
}

export function tornFact({ kind, loads, stores }: Torn, names: Names): Fact {
  const [first, second] = loads;
  const [one, other] = stores;
  const says = ({ cpu, address, value, step }: Load): string =>
    `CPU${cpu} reads ${names.value(address, value)} in ${names.word(address, -1)} at step ${step.step}`;
  const stored = (store: Store): string =>
    `CPU${store.cpu} stores ${names.value(store.address, store.value)} to ${names.word(store.address, -1)} ` +
    `at step ${store.made.step}${arrives(store)}`;
  const marks: FactMark[] = [
    { step: first.step, why: says(first), isPlain: true },
    { step: second.step, why: says(second), isPlain: true },
    ...stores.flatMap((store) => storeMarks(store, stored(store), true)),
  ];
  const between = one === other ? stored(one) : `${stored(one)}, and ${stored(other)}`;
  const words =
    kind === 'changed between'
      ? `between two loads of CPU${first.cpu} (${told(first, names)}, ${told(second, names)}) ${between}`
      : `${stored(one)}, where CPU${first.cpu} sees it at step ${first.step.step}, and to ` +
        `${names.word(other.address, -1)} only at step ${other.made.step}: CPU${first.cpu} still reads ` +
        `${names.value(second.address, second.value)} there at step ${second.step.step}`;
  return {
    words,
    marks,
    detail: { kind: kind === 'changed between' ? 'changed' : 'early', words: [one.address, other.address] },
  };
}

function told({ address, value, step }: Load, names: Names): string {
  return `${names.word(address, -1)} is ${names.value(address, value)} at step ${step.step}`;
}

/** When a store reached memory, where that was not with its operation. */
export function arrives({ made, landed }: Store): string {
  if (landed === made) return '';
  return landed === null ? ' (still in its store buffer)' : ` (in memory from step ${landed.step} on)`;
}

/** A store's operation, and the step in which it reached memory. */
export function storeMarks({ made, landed, cpu }: Store, why: string, isPlain = false): FactMark[] {
  if (landed === null || landed === made) return [{ step: made, why, isPlain }];
  return [
    { step: made, why, isPlain },
    { step: landed, why: `here CPU${cpu}'s store of step ${made.step} reaches memory` },
  ];
}
