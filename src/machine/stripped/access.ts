import type { Locked } from './locked.js';

/**
 * How the stripped build reads and writes simulated memory. The self-test runs litmus programs through these
 * very functions.
 *
 * An atomic load is a plain MOV on x86-64 that no compiler may keep in a register or move; a plain
 * typed-array *load* can be kept (Node 24 was seen to). A plain *store* goes through the real store buffer
 * as the kernel's WRITE_ONCE does.
 */

export function loadWord(locked: Locked, address: number): number {
  return locked.load(address);
}

/** `atomic`: sequential consistency, or a computer whose plain stores are not x86's. */
export function storeWord(mem: Int32Array, address: number, value: number, atomic: boolean): void {
  if (atomic) Atomics.store(mem, address, value);
  else mem[address] = value;
}
