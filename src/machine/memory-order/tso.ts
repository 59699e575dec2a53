import type { MemoryOrder } from './order.js';

/**
 * x86-TSO (Sewell et al., CACM 2010): stores wait in a buffer of their CPU, which drains them in order,
 * whenever it likes.
 */
export const tso: MemoryOrder = {
  store(machine, cpu, address, value, kind, x, y, z) {
    machine.buffers.push(cpu, address, value, kind, x, y, z);
  },
};
