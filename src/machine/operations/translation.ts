import type { Broadcasts } from '../broadcast.js';
import { DEMAND } from '../hardware.js';
import * as K from '../op-kinds.js';
import type { Operation, OperationGroup } from './operation.js';

/** What the MMU does for an instruction: user accesses and their walks, CR3, invalidations, faults. */

const userAccess: Operation = (machine, { id }, { a, b }) => {
  machine.operands[id].page('userAccess', a);
  return machine.mmu.access(id, machine.block(id), a, b !== 0);
};

const walk: Operation = (machine, { id }, { a, b }) => {
  machine.operands[id].page('walk', a);
  return machine.mmu.walkStep(id, machine.block(id), DEMAND, a, b !== 0);
};

const writeCr3: Operation = (machine, { id }, { a, b, c }) => {
  machine.operands[id].cr3(a, b);
  machine.mmu.writeCr3(machine.block(id), a, b, c !== 0);
  return 0;
};

const invlpg: Operation = (machine, { id }, { a }) => {
  machine.operands[id].page('invlpg', a);
  machine.mmu.invlpg(machine.block(id), a);
  return 0;
};

const invpcid: Operation = (machine, { id }, { a, b, c }) => {
  machine.operands[id].invpcid(a, b, c);
  machine.mmu.invpcid(machine.block(id), a, b, c);
  return 0;
};

const invlpgb: Operation = (machine, { id }, { a, b, c, d }) => {
  machine.operands[id].invlpgb(a, b, c, d);
  (machine.broadcasts as Broadcasts).issue(id, a, b, c, d);
  return 0;
};

/** It could not be picked before its CPU's broadcasts were carried out. */
const tlbsync: Operation = () => 0;

const fault: Operation = (machine, { id }, { a }) => {
  machine.operands[id].page('faultEntry', a);
  machine.mmu.pageFault(machine.block(id), a);
  return 0;
};

export const translationOperations: OperationGroup = {
  plain: { [K.OP_USER_ACCESS]: userAccess, [K.OP_WALK]: walk, [K.OP_INVLPGB]: invlpgb },
  draining: {
    [K.OP_WRITE_CR3]: writeCr3,
    [K.OP_INVLPG]: invlpg,
    [K.OP_INVPCID]: invpcid,
    [K.OP_FAULT]: fault,
    [K.OP_TLBSYNC]: tlbsync,
  },
};
