import { OP_COND_LOAD_ACQUIRE } from '../machine/op-kinds.js';
import type { Fact, FactMark } from './fact.js';
import type { Names } from './names.js';
import type { RawStep } from './raw-step.js';
import type { Load, Store, Traffic } from './traffic.js';

/**
 * What no order of the operations, each CPU's one after the other, could have shown: a CPU loaded while an
 * older store of its own waited in its store buffer, and from that load a chain of what CPUs saw of each
 * other leads back to somebody who did not see the store. A full barrier between the two, or a store that is
 * one, makes it impossible. A store that waits and leads to no such chain has changed nothing.
 */

/** Chains that are looked for, from the newest pair backwards; a long execution has any number of pairs. */
const PAIRS_MAX = 100;

/** What one CPU saw of another: an edge of the chain, from an operation to a later one. */
interface Seen {
  readonly from: RawStep;
  readonly to: RawStep;
  readonly kind: 'stored after the load' | 'saw the store' | 'stored over';
  readonly store: Store;
}

interface Chain {
  readonly store: Store;
  readonly load: Load;
  readonly edges: readonly Seen[];
}

/** The shortest such chain, of these the newest; null where the execution could have been without buffers. */
export function reordering(traffic: Traffic): Chain | null {
  const pairs = traffic.loads
    .filter(({ overtook }) => overtook.length > 0)
    .slice(-PAIRS_MAX)
    .toReversed()
    .flatMap((load) => load.overtook.map((store) => ({ store, load })));
  if (pairs.length === 0) return null;
  const graph = new Graph(traffic);
  let best: Chain | null = null;
  for (const { store, load } of pairs) {
    const edges = graph.path(load.step, store.made);
    if (edges !== null && (best === null || edges.length < best.edges.length)) best = { store, load, edges };
  }
  return best;
}

/** Operations, in the order of each CPU's program and of what CPUs saw of each other. */
class Graph {
  private readonly later = new Map<RawStep, RawStep>();
  private readonly edges = new Map<RawStep, Seen[]>();

  constructor(traffic: Traffic) {
    const last = new Map<number, RawStep>();
    const operations = new Set([
      ...traffic.stores.map(({ made }) => made),
      ...traffic.loads.map(({ step }) => step),
    ]);
    for (const step of [...operations].sort((one, other) => one.step - other.step)) {
      const before = last.get(step.cpu);
      if (before !== undefined) this.later.set(before, step);
      last.set(step.cpu, step);
    }
    for (const store of traffic.stores)
      if (store.next !== null)
        this.edge({ from: store.made, to: store.next.made, kind: 'stored over', store });
    for (const load of traffic.loads) {
      const { from, step } = load;
      const missed = traffic.missed(load);
      if (from !== null) this.edge({ from: from.made, to: step, kind: 'saw the store', store: from });
      if (missed !== null)
        this.edge({ from: step, to: missed.made, kind: 'stored after the load', store: missed });
    }
  }

  private edge(seen: Seen): void {
    if (seen.from.cpu === seen.to.cpu) return;
    const known = this.edges.get(seen.from);
    if (known === undefined) this.edges.set(seen.from, [seen]);
    else known.push(seen);
  }

  /** What leads from one operation to the other, with the fewest CPUs in between; null: nothing does. */
  path(from: RawStep, to: RawStep): Seen[] | null {
    const cameBy = new Map<RawStep, { readonly seen: Seen | null; readonly before: RawStep | null }>();
    let front: RawStep[] = [];
    const reach = (step: RawStep, seen: Seen | null, before: RawStep | null, into: RawStep[]): void => {
      let at: RawStep | undefined = step;
      let come = { seen, before };
      while (at !== undefined && !cameBy.has(at)) {
        cameBy.set(at, come);
        into.push(at);
        come = { seen: null, before: at };
        at = this.later.get(at);
      }
    };
    reach(from, null, null, front);
    while (front.length > 0 && !cameBy.has(to)) {
      const next: RawStep[] = [];
      for (const step of front)
        for (const seen of this.edges.get(step) ?? [])
          if (!cameBy.has(seen.to)) reach(seen.to, seen, step, next);
      front = next;
    }
    if (!cameBy.has(to)) return null;
    const edges: Seen[] = [];
    for (let at: RawStep | null = to; at !== null; ) {
      const come: { readonly seen: Seen | null; readonly before: RawStep | null } | undefined =
        cameBy.get(at);
      if (come?.seen != null) edges.unshift(come.seen);
      at = come?.before ?? null;
    }
    return edges;
  }
}

/** The chain in words: the store that waits, the load that goes past it, and who did not see the store. */
export function reorderingFact({ store, load, edges }: Chain, names: Names): Fact {
  const { made, landed, cpu, address } = store;
  const word = names.word(address, -1);
  const until = landed === null ? 'to the end' : `until step ${landed.step}`;
  const value = names.value(address, store.value);
  const marks: FactMark[] = [
    { step: made, why: `CPU${cpu}'s store to ${word} waits in its store buffer ${until}` },
    {
      step: load.step,
      why: `CPU${cpu} reads ${names.word(load.address, -1)} while its store to ${word} waits`,
    },
  ];
  if (landed !== null)
    marks.push({ step: landed, why: `CPU${cpu}'s store of step ${made.step} is seen from here on` });
  const told = edges.map((seen) => {
    const words = edgeWords(seen, names);
    marks.push({ step: seen.from, why: words, isPlain: true }, { step: seen.to, why: words, isPlain: true });
    return words;
  });
  return {
    words:
      `CPU${cpu}'s store of ${value} to ${word} at step ${made.step} waited in its store ` +
      `buffer ${until}: ${told.join(', ')}`,
    marks,
    detail: { kind: 'buffered', words: [address] },
  };
}

function edgeWords({ kind, store, from, to }: Seen, names: Names): string {
  const word = names.word(store.address, -1);
  const value = names.value(store.address, store.value);
  switch (kind) {
    case 'stored after the load':
      if (from.kind === OP_COND_LOAD_ACQUIRE)
        return (
          `CPU${from.cpu}'s wait for ${word} is over at step ${from.step} ` +
          `without CPU${to.cpu}'s ${value}`
        );
      return store.made.step < from.step
        ? `CPU${from.cpu} does not see CPU${to.cpu}'s ${value} in ${word} at step ${from.step}`
        : `CPU${from.cpu} reads ${word} at step ${from.step}, ` +
            `and CPU${to.cpu} stores ${value} to it at step ${to.step}`;
    case 'saw the store':
      return `CPU${to.cpu} sees CPU${from.cpu}'s ${value} in ${word} at step ${to.step}`;
    case 'stored over':
      return `CPU${to.cpu} stores over CPU${from.cpu}'s ${value} in ${word} at step ${to.step}`;
  }
}
