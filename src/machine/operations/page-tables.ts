import { SB_PTE } from '../hardware.js';
import type { Machine } from '../machine.js';
import * as K from '../op-kinds.js';
import type { PendingOp } from '../pending-op.js';
import { PTE_WRITE, pteFrame, pteValue, withVersion } from '../pte.js';
import type { Operation, OperationGroup } from './operation.js';

/** Page-table entries, which carry a ghost version, and the frames that they and tables lie in. */

const setPte: Operation = (machine, { id }, op) => {
  machine.operands[id].entry('setPte', op.c, op.d, op.a);
  machine.operands[id].entryValue(op.b);
  const { ghost } = machine;
  const index = ghost.index(op.c, op.d);
  const version = ghost.nextVersion(index);
  const alloc = machine.mem[ghost.allocOf(pteFrame(op.b))];
  machine.store(id, op.a, withVersion(op.b, version), SB_PTE, index, alloc, version);
  return 0;
};

/** Answers the entry before, without its version. */
function replace(machine: Machine, id: number, op: PendingOp, after: number): number {
  const index = machine.ghost.index(op.c, op.d);
  const before = machine.mem[op.a];
  const version = machine.ghost.nextVersion(index);
  machine.commit(id, op.a, withVersion(after, version));
  machine.entryChanged(id, index, version, before, after);
  return pteValue(before);
}

const getAndClear: Operation = (machine, { id }, op) => {
  machine.operands[id].entry('ptepGetAndClear', op.c, op.d, op.a);
  return replace(machine, id, op, 0);
};

const setWrprotect: Operation = (machine, { id }, op) => {
  machine.operands[id].entry('ptepSetWrprotect', op.c, op.d, op.a);
  return replace(machine, id, op, pteValue(machine.mem[op.a]) & ~PTE_WRITE);
};

const alloc: Operation = (machine, { id }, { a }) => {
  machine.operands[id].value('allocFrame', a);
  return machine.frames.alloc(a);
};

const free: Operation = (machine, { id }, { a }) => {
  machine.operands[id].frame('freeFrame', a);
  machine.frames.free(a);
  return 0;
};

const freeRcu: Operation = (machine, { id }, { a }) => {
  machine.operands[id].frame('freeFrameRcu', a);
  machine.frames.freeAfterGracePeriod(a);
  return 0;
};

export const pageTableOperations: OperationGroup = {
  plain: { [K.OP_SET_PTE]: setPte },
  draining: {
    [K.OP_PTEP_GET_AND_CLEAR]: getAndClear,
    [K.OP_PTEP_SET_WRPROTECT]: setWrprotect,
    [K.OP_ALLOC_FRAME]: alloc,
    [K.OP_FREE_FRAME]: free,
    [K.OP_FREE_FRAME_RCU]: freeRcu,
  },
};
