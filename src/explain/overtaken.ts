import * as K from '../machine/op-kinds.js';
import type { Fact, FactMark } from './fact.js';
import type { Names } from './names.js';
import { isStore, type Load, type Store, type Traffic } from './traffic.js';

/**
 * Stores that were made on the ground of a load which was out of date by then: another CPU had changed the
 * word in between. A plain store then overwrites that change; a compare-exchange that succeeds nevertheless
 * met the old value again (ABA). Whether that is wrong is for the program to know; that it happened is a fact
 * of the execution.
 */
export interface Overtaken {
  readonly read: Load;
  readonly store: Store;
  /** What others had stored in between, in order. */
  readonly between: readonly Store[];
}

/** Values that the history of a word shows. */
const VALUES_MAX = 6;

/** The newest of them first, at most so many. */
export function overtakenStores(traffic: Traffic, most: number): Overtaken[] {
  const found: Overtaken[] = [];
  for (let index = traffic.stores.length - 1; index >= 0 && found.length < most; index--) {
    const store = traffic.stores[index];
    if (!isStore(store.made) && store.made.kind !== K.OP_CMPXCHG) continue;
    if (store.read === null || store.landed === null) continue;
    const between: Store[] = [];
    for (let at = traffic.missed(store.read); at !== null && at !== store; at = at.next)
      if (at.cpu !== store.cpu || isOfHandler(at, store)) between.push(at);
    if (between.some(({ before, value }) => before !== value))
      found.push({ read: store.read, store, between });
  }
  return found;
}

/** Whether an interrupt handler of the CPU made the store, in the middle of what made the other one. */
function isOfHandler(at: Store, { made, read }: Store): boolean {
  const { step, handlerDepth } = at.made;
  return handlerDepth > made.handlerDepth && read !== null && step > read.step.step && step < made.step;
}

/** Who made a store that came in between. */
function whose(one: Store, cpu: number): string {
  return one.cpu === cpu ? `CPU${cpu}'s interrupt handler` : `CPU${one.cpu}`;
}

export function overtakenFact({ read, store, between }: Overtaken, names: Names): Fact {
  const { cpu, address, made } = store;
  const landed = store.landed ?? made;
  const word = names.word(address, cpu);
  const value = (number: number): string => names.value(address, number);
  const others = [...new Set(between.map((one) => whose(one, cpu)))].join(' and ');
  const since = `since CPU${cpu} had read ${value(read.value)} at step ${read.step.step}`;
  const history = historyOf(between, value);
  const isSame = made.kind === K.OP_CMPXCHG;
  const what = isSame
    ? `succeeds although ${others} changed ${word} ${since} (${history}): it is the same value again`
    : `overwrites what ${others} stored to ${word} ${since} (${history})`;
  const reason = `CPU${cpu} reads ${value(read.value)}, and stores to ${word} on it at step ${made.step}`;
  const marks: FactMark[] = [
    { step: read.step, why: reason },
    { step: landed, why: what },
  ];
  if (landed !== made)
    marks.push({ step: made, why: `CPU${cpu} stores by what it had read at step ${read.step.step}` });
  const last = between.at(-1);
  if (last !== undefined)
    marks.push({ step: last.made, why: `${whose(last, cpu)} changes ${word} meanwhile` });
  return {
    words: `CPU${cpu}'s ${isSame ? 'compare-exchange' : 'store'} at step ${made.step} ${what}`,
    marks,
    detail: { kind: isSame ? 'aba' : 'lost', words: [address] },
  };
}

/** `1, 0, 2, 1`: what a word was, one store after the other. */
function historyOf(between: readonly Store[], value: (number: number) => string): string {
  const values = [between[0].before, ...between.map((store) => store.value)].map(value);
  return values.length <= VALUES_MAX
    ? values.join(', ')
    : `${values.slice(0, VALUES_MAX - 1).join(', ')}, ..., ${values.at(-1)}`;
}
