import type { Cpu } from '../cpu.js';
import type { Machine } from '../machine.js';
import * as K from '../op-kinds.js';
import type { PendingOp } from '../pending-op.js';
import type { Operation, OperationGroup } from './operation.js';

/**
 * Locked read-modify-writes and full barriers. Operands are looked at before the store buffer drains
 * (Operands.locked).
 */

/** An exchange of the word for what `after` makes of it; answers the old value. */
const exchange =
  (after: (old: number, op: PendingOp) => number): Operation =>
  (machine, { id }, op) => {
    const old = machine.mem[op.a];
    machine.commit(id, op.a, after(old, op));
    return old;
  };

const cmpxchg: Operation = (machine, { id }, { a, b, c }) => {
  const old = machine.mem[a];
  if (old === b) machine.commit(id, a, c);
  return old;
};

const cmpxchgPair: Operation = (machine, { id }, { a, b, c, d, e }) => {
  const { mem } = machine;
  if (mem[a] !== b || mem[a + 1] !== c) return 0;
  machine.commit(id, a, d);
  machine.commit(id, a + 1, e);
  return 1;
};

/** The third operand is what the answer differs from the old value by. */
function fetchAdd(machine: Machine, { id }: Cpu, { a, b, c }: PendingOp): number {
  const old = machine.mem[a];
  const sum = old + b;
  if (sum > 0x7fffffff || sum < -0x80000000)
    throw machine.refusal(
      `CPU${id}: fetchAdd overflows ${machine.program.layout.nameOf(a)} at ${old} + ${b}`,
    );
  machine.commit(id, a, sum);
  return old + c;
}

const spinLock: Operation = (machine, { id }, { a }) => {
  machine.commit(id, a, id + 1);
  return 0;
};

export const lockedOperations: OperationGroup = {
  draining: {
    [K.OP_XCHG]: exchange((_, { b }) => b),
    [K.OP_CMPXCHG]: cmpxchg,
    [K.OP_CMPXCHG_PAIR]: cmpxchgPair,
    [K.OP_FETCH_ADD]: fetchAdd,
    [K.OP_FETCH_OR]: exchange((old, { b }) => old | b),
    [K.OP_FETCH_AND]: exchange((old, { b }) => old & b),
    [K.OP_SMP_MB]: () => 0,
    [K.OP_SPIN_LOCK]: spinLock,
  },
};
