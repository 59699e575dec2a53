import type { MemoryOrder } from './order.js';

/**
 * x86-TSO (Sewell et al., CACM 2010): stores wait in a buffer of their CPU, which drains them in order,
 * whenever it likes.
 */
export const tso: MemoryOrder = {
  summary: 'x86',
  reach: 'x86-TSO, each store buffer draining in steps of its own',
  hasStoreBuffers: true,
  store: (stores, cpu, address, value, kind, x, y, z) => stores.push(cpu, address, value, kind, x, y, z),
};
