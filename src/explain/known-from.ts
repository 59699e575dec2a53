import { OP_COND_LOAD_ACQUIRE } from '../machine/op-kinds.js';
import type { Fact, FactMark } from './fact.js';
import type { Names } from './names.js';
import { arrives, latest, storeMarks } from './torn-reads.js';
import type { Load, Store, Traffic } from './traffic.js';

/**
 * What a CPU knew when it was judged, and from whom; and what it, or somebody else, had looked at too soon.
 */

/** How far back a store's CPU is asked what it went by. */
const GROUNDS_MAX = 4;

/** What the CPU's last loads saw of other CPUs, the newest first; of each word once. */
export function sources(
  traffic: Traffic,
  cpu: number,
  until: number,
): { readonly load: Load; readonly store: Store }[] {
  const words = new Set<number>();
  return latest(traffic, cpu, until).flatMap((load) => {
    const isKnown = words.has(load.address);
    words.add(load.address);
    return isKnown || load.from === null || load.from.cpu === cpu ? [] : [{ load, store: load.from }];
  });
}

export function sourceFact(
  { load, store }: { readonly load: Load; readonly store: Store },
  names: Names,
): Fact {
  const word = names.word(load.address, -1);
  const value = names.value(load.address, load.value);
  const stored = `CPU${store.cpu} stored it at step ${store.made.step}${arrives(store)}`;
  return {
    words: `CPU${load.cpu} reads ${value} in ${word} at step ${load.step.step}: ${stored}`,
    marks: [
      ...storeMarks(store, `what CPU${load.cpu} meets in ${word} at step ${load.step.step}`, true),
      { step: load.step, why: `CPU${load.cpu} reads ${value} in ${word}`, isPlain: true },
    ],
    detail: null,
  };
}

/** What a CPU had looked at before it made a store that another one has met: a wait before other loads. */
export function groundOf({ loads }: Traffic, { cpu, made }: Store): Load | undefined {
  const own = loads.filter((load) => load.cpu === cpu && load.step.step < made.step).slice(-GROUNDS_MAX);
  return own.findLast(({ step }) => step.kind === OP_COND_LOAD_ACQUIRE) ?? own.at(-1);
}

/**
 * `traffic` tells who had stored what the ground saw, and whose store it missed: that of `judged`, who relied
 * on being seen, or of whoever changed the word before the store that went by it.
 */
export function groundFact(
  ground: Load,
  store: Store,
  { traffic, judged, names }: { readonly traffic: Traffic; readonly judged: number; readonly names: Names },
): Fact {
  const { cpu, step, address, value, from } = ground;
  const isWait = step.kind === OP_COND_LOAD_ACQUIRE;
  const word = names.word(address, -1);
  const told = (number: number): string => names.value(address, number);
  const what = isWait ? `waits for ${word}, which is ${told(value)}` : `reads ${told(value)} in ${word}`;
  const marks: FactMark[] = [{ step, why: `CPU${cpu} ${what}, and goes on`, isPlain: true }];
  const parts = [
    `CPU${cpu} stores ${names.value(store.address, store.value)} to ` +
      `${names.word(store.address, -1)} at step ` +
      `${store.made.step} after it ${isWait ? 'waited for' : 'read'} ${word} at step ${step.step}`,
  ];
  if (from !== null && from.cpu !== cpu) {
    marks.push({ step: from.made, why: `CPU${from.cpu} stores what lets CPU${cpu} go on`, isPlain: true });
    parts.push(`which CPU${from.cpu} had stored at step ${from.made.step}`);
  }
  const later = traffic.missed(ground);
  if (later !== null && later.cpu === judged && later.cpu !== cpu) {
    marks.push({
      step: later.made,
      why: `CPU${judged} stores ${told(later.value)} to ${word}: CPU${cpu} has looked`,
    });
    parts.push(`before CPU${judged}'s ${told(later.value)} of step ${later.made.step}`);
  }
  return { words: parts.join(', '), marks, detail: null };
}

/** Loads of a CPU that a store of another one, which came later, has made out of date; the newest first. */
export function missed(
  traffic: Traffic,
  cpu: number,
  isOf: (store: Store) => boolean,
): { readonly load: Load; readonly store: Store }[] {
  return latest(traffic, cpu, Number.POSITIVE_INFINITY).flatMap((load) => {
    const store = traffic.missed(load);
    return store !== null && store.cpu !== cpu && isOf(store) ? [{ load, store }] : [];
  });
}

export function missedFact(
  { load, store }: { readonly load: Load; readonly store: Store },
  names: Names,
): Fact {
  const word = names.word(load.address, -1);
  const [value, later] = [load.value, store.value].map((number) => names.value(load.address, number));
  const words =
    `CPU${load.cpu} reads ${value} in ${word} at step ${load.step.step}, and CPU${store.cpu}'s ${later} ` +
    `of step ${store.made.step} is there only later`;
  return {
    words,
    marks: [
      { step: load.step, why: `CPU${load.cpu} reads ${value} in ${word}: the last time that it looks` },
      ...storeMarks(store, `CPU${store.cpu} stores ${later}: CPU${load.cpu} has looked already`),
    ],
    detail: { kind: 'missed', words: [load.address] },
  };
}
