import { lockedModule } from './locked-module.js';

/**
 * Atomic loads and locked operations on shared words. In JavaScript each is a call of a built-in function
 * that checks its arguments, about 10 ns; in WebAssembly it is the instruction itself behind a call of 3 ns.
 * Both are sequentially consistent: no compiler may keep, drop or move them.
 */
export interface Locked {
  load(address: number): number;
  /** These answer the old value. */
  add(address: number, addend: number): number;
  and(address: number, bits: number): number;
  or(address: number, bits: number): number;
  exchange(address: number, value: number): number;
  compareExchange(address: number, expected: number, value: number): number;
  /** Two aligned words at once, as `cmpxchg16b` takes two of the kernel's; 1 if they were replaced. */
  compareExchangePair(
    address: number,
    expectedFirst: number,
    expectedSecond: number,
    first: number,
    second: number,
  ): number;
}

/**
 * Words that threads share: a buffer, and the WebAssembly memory that it belongs to, or null where Node
 * gives none.
 */
export interface SharedWords {
  /** Tells it from others of this process, in whatever thread. */
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory | null;
}

/** Shared words as one thread uses them. */
export interface OpenWords {
  readonly words: Int32Array;
  readonly locked: Locked;
}

const PAGE_BYTES = 1 << 16;
let made = 0;

export function sharedWords(words: number): SharedWords {
  const pages = Math.max(1, Math.ceil((4 * words) / PAGE_BYTES));
  const id = made++;
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    return { id, buffer: memory.buffer, memory };
  } catch {
    // It reserves addresses far beyond its size, which an operating system may refuse.
    return { id, buffer: new SharedArrayBuffer(4 * words), memory: null };
  }
}

/**
 * What this thread opened last: the simulated memory and the control words of a run, which the next run uses
 * again.
 */
const opened: { readonly id: number; readonly open: OpenWords }[] = [];
const OPENED_MAX = 2;

/**
 * Opens shared words, or answers what was opened before: compiled code has the functions of the instance that
 * it was compiled with built in, and calls those of another one at three times the cost.
 */
export function openWords({ id, buffer, memory }: SharedWords): OpenWords {
  const known = opened.find((one) => one.id === id);
  if (known !== undefined) return known.open;
  const words = new Int32Array(buffer);
  const open = { words, locked: lockedOn(words, memory) };
  opened.push({ id, open });
  if (opened.length > OPENED_MAX) opened.shift();
  return open;
}

/** The operations on the words of `mem`, which begins where its buffer does. */
export function lockedOn(mem: Int32Array, memory: WebAssembly.Memory | null): Locked {
  if (memory === null) return new LockedByAtomics(mem);
  const { exports } = new WebAssembly.Instance(lockedModule(), { threads: { memory } });
  return { ...(exports as Locked) };
}

class LockedByAtomics implements Locked {
  private readonly pairs: BigInt64Array;

  constructor(private readonly mem: Int32Array) {
    this.pairs = new BigInt64Array(mem.buffer as ArrayBuffer, 0, mem.length >> 1);
  }

  load(address: number): number {
    return Atomics.load(this.mem, address);
  }
  add(address: number, addend: number): number {
    return Atomics.add(this.mem, address, addend);
  }
  and(address: number, bits: number): number {
    return Atomics.and(this.mem, address, bits);
  }
  or(address: number, bits: number): number {
    return Atomics.or(this.mem, address, bits);
  }
  exchange(address: number, value: number): number {
    return Atomics.exchange(this.mem, address, value);
  }
  compareExchange(address: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.mem, address, expected, value);
  }
  compareExchangePair(
    address: number,
    expectedFirst: number,
    expectedSecond: number,
    first: number,
    second: number,
  ): number {
    const expected = pair(expectedFirst, expectedSecond);
    return Atomics.compareExchange(this.pairs, address >> 1, expected, pair(first, second)) === expected
      ? 1
      : 0;
  }
}

/** Two int32 as the 64 bits they make in memory (little endian). */
function pair(first: number, second: number): bigint {
  return (BigInt(second) << 32n) | BigInt(first >>> 0);
}
