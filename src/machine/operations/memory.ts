import { SB_PLAIN } from '../hardware.js';
import * as K from '../op-kinds.js';
import type { Operation, OperationGroup } from './operation.js';

/** Plain loads and stores. */

const load: Operation = (machine, { id }, { a }) => machine.load(id, a);

const store: Operation = (machine, { id }, { a, b }) => {
  machine.store(id, a, b, SB_PLAIN, 0, 0, 0);
  return 0;
};

/** The wait is over; what the words are now, the code reads. */
const changed: Operation = () => 0;

const spinUnlock: Operation = (machine, { id }, { a }) => {
  if (machine.load(id, a) !== id + 1) {
    machine.observer.unlockOfFree(id, a);
    // No oracle watches a plain program.
    if (machine.program.mmu === null) machine.report({ class: 'unlock-of-free', cpu: id, lock: a });
  }
  machine.store(id, a, 0, SB_PLAIN, 0, 0, 0);
  return 0;
};

export const memoryOperations: OperationGroup = {
  plain: {
    [K.OP_READ_ONCE]: load,
    [K.OP_LOAD_ACQUIRE]: load,
    [K.OP_COND_LOAD_ACQUIRE]: load,
    [K.OP_WRITE_ONCE]: store,
    [K.OP_STORE_RELEASE]: store,
    [K.OP_SPIN_UNLOCK]: spinUnlock,
    [K.OP_WAIT_CHANGE]: changed,
  },
};
