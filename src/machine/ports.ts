import type { ViolationFacts } from '../vocabulary/violation-facts.js';
import type { Ghost } from './ghost.js';
import type { MachineObserver } from './observer.js';

/**
 * What parts of a machine, and those who judge it, may use of it. The explorer's machine and each thread's
 * view of a shared one both have it, so that walker and oracles are written once.
 */

/** What everybody may look at. */
interface SeenMachine {
  /** Words of the CPU's own, and of nobody who runs beside it; others' are read by `word`. */
  readonly mem: Int32Array;
  readonly ghost: Ghost;
  /** A word as memory has it. */
  word(address: number): number;
  /** First word of a CPU's hardware block. */
  block(cpu: number): number;
}

/** A machine as its page walkers use it. */
export interface WalkedMachine extends SeenMachine {
  /** Time of a fill: steps made; 0 where nobody counts them. */
  readonly step: number;
  readonly observer: MachineObserver;
  /** A plain store of `cpu`; `kind`, `x`, `y`, `z`: what is judged when it leaves the store buffer. */
  store(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void;
  /** Allocation number that `entry` at `address` was linked with; negative: it is no longer that entry. */
  linkedAlloc(address: number, entry: number): number;
  /** A walker's locked change of an entry; false if it is no longer what the walker read. */
  replaceEntry(cpu: number, address: number, entry: number, updated: number): boolean;
}

/** A machine as oracles judge it. */
export interface JudgedMachine extends SeenMachine {
  /** What the CPU sees at the address. */
  load(cpu: number, address: number): number;
  interruptsOn(cpu: number): boolean;
  report(facts: ViolationFacts): void;
}
