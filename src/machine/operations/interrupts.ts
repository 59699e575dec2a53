import { PENDING_IPI, PENDING_NMI } from '../hardware.js';
import type { Hypervisor } from '../hypervisor.js';
import * as K from '../op-kinds.js';
import type { RemoteActions } from '../remote-actions.js';
import type { Operation, OperationGroup } from './operation.js';

/** The interrupt flag, interrupts to other CPUs, and requests to their host. */

const disable: Operation = (machine, { id }) => {
  machine.interrupts.setFlag(id, 0);
  return 0;
};

const enable: Operation = (machine, { id }) => {
  machine.interrupts.setFlag(id, 1);
  machine.observer.interruptsEnabled(id);
  return 0;
};

const send =
  (name: string, pending: number): Operation =>
  (machine, { id }, { a }) => {
    machine.operands[id].target(name, a);
    machine.interrupts.post(a, pending);
    return 0;
  };

const postFlush: Operation = (machine, { id }, { a }) => {
  machine.operands[id].request(a, machine);
  return (machine.hypervisor as Hypervisor).post(id, a);
};

const sendRar: Operation = (machine, { id }, { a, b }) => {
  machine.operands[id].remoteAction(a, b);
  (machine.remoteActions as RemoteActions).signal(id, a, b);
  return 0;
};

const host: Operation = (machine, cpu, { a, b, c }) => {
  machine.operands[cpu.id].host(a, b, c);
  return (machine.hypervisor as Hypervisor).operate(cpu, a, b, c);
};

export const interruptOperations: OperationGroup = {
  plain: {
    [K.OP_LOCAL_IRQ_DISABLE]: disable,
    [K.OP_LOCAL_IRQ_ENABLE]: enable,
    [K.OP_SEND_IPI]: send('sendIpi', PENDING_IPI),
    [K.OP_SEND_NMI]: send('sendNmi', PENDING_NMI),
    [K.OP_SEND_RAR]: sendRar,
  },
  draining: {
    [K.OP_IRET]: (machine, cpu) => machine.interrupts.iret(cpu),
    [K.OP_POST_FLUSH]: postFlush,
    [K.OP_HOST]: host,
  },
};
