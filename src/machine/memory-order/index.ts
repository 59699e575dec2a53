import type { MemoryModel } from '../../vocabulary/violation.js';
import type { MemoryOrder } from './order.js';
import { sc } from './sc.js';
import { tso } from './tso.js';

/** Every memory model, by the name that findings have of it. */
export const memoryOrders: Readonly<Record<MemoryModel, MemoryOrder>> = { tso, sc };
