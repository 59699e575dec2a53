import type { Cpu } from '../cpu.js';
import type { Machine } from '../machine.js';
import type { PendingOp } from '../pending-op.js';

/**
 * Executes a CPU's pending operation in one step; answers its result. Throws a Refusal for what cannot be
 * executed.
 */
export type Operation = (machine: Machine, cpu: Cpu, op: PendingOp) => number;

/** Operations of one group, by their kinds (op-kinds.ts). */
export interface OperationGroup {
  readonly plain?: Readonly<Record<number, Operation>>;
  /** Those before which the CPU's store buffer drains: locked and serialising instructions. */
  readonly draining?: Readonly<Record<number, Operation>>;
}
