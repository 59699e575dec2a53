import { SB_PLAIN } from '../hardware.js';
import type { MemoryOrder } from './order.js';

/**
 * Sequential consistency: a store is in memory at once. What has ghost words goes through the buffer within
 * the step.
 */
export const sc: MemoryOrder = {
  store(machine, cpu, address, value, kind, x, y, z) {
    if (kind === SB_PLAIN) {
      machine.commitStore(cpu, address, value);
      return;
    }
    machine.buffers.push(cpu, address, value, kind, x, y, z);
    machine.drain(cpu);
  },
};
