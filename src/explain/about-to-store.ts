import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import type { Fact, FactMark } from './fact.js';
import type { Names } from './names.js';
import { arrives, latest, storeMarks } from './torn-reads.js';
import type { Load, Store, Traffic } from './traffic.js';

/**
 * A CPU that stands before a store when another one is judged by the word's old value, and had let that one
 * go on by an earlier store: what it publishes first says that the second is there.
 */
interface AboutToStore {
  /** What let the judged CPU go on, and where it saw that. */
  readonly seen: { readonly load: Load; readonly store: Store };
  /** The load of what is not there yet, and whose store is to come. */
  readonly early: Load;
  readonly by: number;
}

const STORES: ReadonlySet<number> = new Set([
  K.OP_WRITE_ONCE,
  K.OP_STORE_RELEASE,
  K.OP_XCHG,
  K.OP_SPIN_UNLOCK,
]);

/** The newest load of the CPU up to a step of which that is so; null where there is none. */
export function aboutToStore(
  machine: Machine,
  traffic: Traffic,
  cpu: number,
  until: number,
): AboutToStore | null {
  const own = latest(traffic, cpu, until);
  const coming = machine.cpus.filter(
    ({ id, finished, pending }) => id !== cpu && !finished && STORES.has(pending.kind),
  );
  for (const [index, early] of own.entries())
    for (const { id, pending } of coming) {
      if (pending.a !== early.address) continue;
      const load = own
        .slice(index + 1)
        .find(({ from, address }) => from?.cpu === id && address !== early.address);
      if (load?.from != null) return { seen: { load, store: load.from }, early, by: id };
    }
  return null;
}

export function aboutToStoreFact({ seen: { load, store }, early, by }: AboutToStore, names: Names): Fact {
  const word = names.word(early.address, -1);
  const first = names.word(store.address, -1);
  const value = (one: Load | Store): string => names.value(one.address, one.value);
  const marks: FactMark[] = [
    ...storeMarks(store, `CPU${by} stores ${value(store)} to ${first}, and has not stored to ${word} yet`),
    { step: load.step, why: `CPU${load.cpu} reads ${value(load)} in ${first}, and goes on`, isPlain: true },
    { step: early.step, why: `CPU${load.cpu} reads ${word}, to which CPU${by} is still to store` },
  ];
  return {
    words:
      `CPU${by} stores ${value(store)} to ${first} at step ${store.made.step}${arrives(store)}, where ` +
      `CPU${load.cpu} sees it at step ${load.step.step}, and has not stored to ${word} yet: CPU${load.cpu} ` +
      `still reads ${value(early)} there at step ${early.step.step}`,
    marks,
    detail: { kind: 'early', words: [store.address, early.address] },
  };
}
