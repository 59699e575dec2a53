import type { Protocol } from '../../machine/protocol.js';
import type { KernelCpu } from '../kernel-cpu.js';

/**
 * `madvise(MADV_DONTNEED)` (mm/madvise.c, `zap_page_range_single`): under the read lock, so two threads can
 * be at it at once.
 */
export function* madviseDontneed(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  nominalPages: number,
): Protocol<void> {
  const lock = cpu.mms[mm].mmapLock;
  yield* cpu.fn.downRead(cpu, lock);
  yield* cpu.fn.tlbGatherMmu(cpu, mm, false);
  yield* cpu.fn.zapPageRange(cpu, mm, start, end, true);
  yield* cpu.fn.tlbFinishMmu(cpu, nominalPages);
  yield* cpu.fn.upRead(cpu, lock);
}
