import type { MemoryOrder } from './order.js';

/** Sequential consistency: a store is in memory at once. */
export const sc: MemoryOrder = {
  summary: 'sequential consistency',
  reach: 'sequential consistency: no store is ever delayed, so races that need the store buffer cannot occur',
  hasStoreBuffers: false,
  store: (stores, cpu, address, value, kind, x, y, z) => stores.atOnce(cpu, address, value, kind, x, y, z),
};
