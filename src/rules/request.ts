import { TLB_FLUSH_ALL } from '../kernel/constants.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';

/** What a rule has to know of this CPU's flush request. */

/** ctx_id of the mm that is flushed; 0: the request names no mm (batched unmap), and no generation either. */
export function* requestCtxId(cpu: KernelCpu): Protocol<number> {
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  return yield* cpu.peek(cpu.mms[mm].ctxId);
}

export function* requestTlbGen(cpu: KernelCpu): Protocol<number> {
  return yield* cpu.readOnce(cpu.own.flushInfo.newTlbGen);
}

/** Whether the whole address space is flushed, not a range of it. */
export function* requestIsFull(cpu: KernelCpu): Protocol<boolean> {
  const end = yield* cpu.readOnce(cpu.own.flushInfo.end);
  return end === TLB_FLUSH_ALL;
}
