import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { JudgedMachine } from '../machine/ports.js';
import type { ViolationClass } from '../vocabulary/violation.js';

/**
 * An oracle judges what a machine does by ghost state that the simulated kernel cannot see. It implements the
 * hooks it needs (they are those of MachineObserver) and calls `machine.report`. Adding one is adding one
 * file and one line in oracles/index.ts.
 */
export interface Oracle {
  begin?(): void;
  userAccess?(cpu: number, entry: number, write: boolean): void;
  userStoreDrained?(cpu: number, frame: number, alloc: number, ghostIndex: number, version: number): void;
  entryChanged?(cpu: number, ghostIndex: number, version: number, before: number, after: number): void;
  tableRead?(cpu: number, frame: number, alloc: number, speculative: boolean): void;
  interruptsEnabled?(cpu: number): void;
  vcpuEntered?(cpu: number): void;
  event?(cpu: number, kind: number, a: number, b: number): void;
  unlockOfFree?(cpu: number, address: number): void;
  /**
   * What it keeps from one step to the next beside ghost words, as numbers that are equal where it judges all
   * that follows equally. Whoever comes back to a state of the machine gives them back.
   */
  state?(): readonly number[];
  restore?(state: readonly number[]): void;
}

export interface OracleInfo {
  readonly name: ViolationClass;
  readonly latent: boolean;
  readonly summary: string;
  /** Null for what the explorer itself sees (nobody can move, no end). */
  readonly create: ((machine: JudgedMachine, kernel: KernelConfig) => Oracle) | null;
}
