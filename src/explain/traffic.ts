import * as K from '../machine/op-kinds.js';
import type { RawStep, Write } from './raw-step.js';

/**
 * Who stored what, who loaded it, and when it could be seen: the loads and stores of an execution, each load
 * with the store that it saw. All of it is what the machine did; no program has to say anything.
 */

/** A store: a plain one, which waits in a store buffer, or one that reaches memory with its operation. */
export interface Store {
  readonly cpu: number;
  readonly address: number;
  readonly value: number;
  /** The operation; of one that was made before the record begins, the step in which it reached memory. */
  readonly made: RawStep;
  /** The step in which it reached memory; null: it is still in the store buffer. */
  landed: RawStep | null;
  /** What the word was before; meaningless while it has not reached memory. */
  before: number;
  /** The next store to the word that reached memory, or is to. */
  next: Store | null;
  /** The CPU's last load of the word before its operation. */
  readonly read: Load | null;
}

export interface Load {
  readonly step: RawStep;
  readonly cpu: number;
  readonly address: number;
  readonly value: number;
  /** The store that it saw; null: what was there at the start of the record. */
  readonly from: Store | null;
  /** The newest store of another CPU that it could not see yet. */
  readonly hidden: Store | null;
  /** Older stores of its own CPU, to other words, that waited in the store buffer meanwhile. */
  readonly overtook: readonly Store[];
}

export class Traffic {
  readonly loads: Load[] = [];
  readonly stores: Store[] = [];
  private readonly buffers = new Map<number, Store[]>();
  private readonly newest = new Map<number, Store>();
  private readonly first = new Map<number, Store>();
  /** By CPU, handlers that run on it, and word: a handler's loads are not those of what it interrupts. */
  private readonly lastLoad = new Map<string, Load>();

  constructor(readonly steps: readonly RawStep[]) {
    for (const step of steps) this.take(step);
    for (const buffer of this.buffers.values()) for (const store of buffer) this.follow(store);
  }

  /** The store that the load did not see any more: the first one to its word after the one that it saw. */
  missed({ from, address }: Load): Store | null {
    return from === null ? (this.first.get(address) ?? null) : from.next;
  }

  /** The last store to the word that reached memory. */
  last(address: number): Store | undefined {
    return this.newest.get(address);
  }

  private take(step: RawStep): void {
    const { cpu } = step;
    const buffer = this.buffers.get(cpu) ?? [];
    this.buffers.set(cpu, buffer);
    const drains = step.drained.length;
    const read = this.lastLoad.get(keyOf(step)) ?? null;
    for (const write of step.writes.slice(0, drains)) this.land(step, write, buffer, null);
    if (reads(step)) this.load(step, buffer);
    if (isStore(step)) {
      const { a: address, b: value } = step;
      const store = { cpu, address, value, made: step, landed: null, before: 0, next: null, read };
      buffer.push(store);
      this.stores.push(store);
    }
    for (const write of step.writes.slice(drains))
      if (write.cpu === cpu) this.land(step, write, buffer, write.address === step.a ? read : null);
  }

  private land(step: RawStep, write: Write, buffer: Store[], read: Load | null): void {
    const { address, value, before } = write;
    const waits = !write.poked && buffer[0]?.address === address && buffer[0].value === value;
    let store = waits ? buffer.shift() : undefined;
    if (store === undefined) {
      store = { cpu: step.cpu, address, value, made: step, landed: null, before, next: null, read };
      this.stores.push(store);
    }
    store.landed = step;
    store.before = before;
    this.follow(store);
  }

  private follow(store: Store): void {
    const { address } = store;
    const before = this.newest.get(address);
    if (before === undefined) this.first.set(address, store);
    else before.next = store;
    this.newest.set(address, store);
  }

  private load(step: RawStep, own: readonly Store[]): void {
    const { cpu, a: address } = step;
    const isOfWord = (store: Store): boolean => store.address === address;
    const forwarded = own.findLast(isOfWord);
    const hidden = [...this.buffers.values()]
      .filter((buffer) => buffer !== own)
      .flatMap((buffer) => buffer.findLast(isOfWord) ?? []);
    const load = {
      step,
      cpu,
      address,
      value: valueRead(step),
      from: forwarded ?? this.newest.get(address) ?? null,
      hidden: hidden.at(-1) ?? null,
      overtook: own.filter((store) => !isOfWord(store)),
    };
    this.loads.push(load);
    this.lastLoad.set(keyOf(step), load);
  }
}

function keyOf({ cpu, handlerDepth, a }: RawStep): string {
  return `${cpu} ${handlerDepth} ${a}`;
}

/** What the operation found in the word. */
function valueRead({ kind, value, b, c }: RawStep): number {
  // The result is the old value or the new one, as the caller asked.
  return kind === K.OP_FETCH_ADD && c !== 0 ? value - b : value;
}

/** Whether the step is a plain store, which goes through the store buffer. */
export function isStore(step: RawStep): boolean {
  return step.kind === K.OP_WRITE_ONCE || step.kind === K.OP_STORE_RELEASE || step.kind === K.OP_SPIN_UNLOCK;
}

/** Whether the CPU knows the word's value after the step. */
export function reads(step: RawStep): boolean {
  switch (step.kind) {
    case K.OP_READ_ONCE:
    case K.OP_LOAD_ACQUIRE:
    case K.OP_COND_LOAD_ACQUIRE:
    case K.OP_XCHG:
    case K.OP_CMPXCHG:
    case K.OP_FETCH_ADD:
    case K.OP_FETCH_OR:
    case K.OP_FETCH_AND:
    case K.OP_SPIN_LOCK:
      return true;
    default:
      return false;
  }
}
