import type { Protocol } from '../../machine/protocol.js';
import { FUNC_FLUSH_TLB, FUNC_TRIM_CPUMASK } from '../constants.js';
import { EV_CSD_RAN, EV_IPI_SERVED } from '../events.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { shouldFlushTlb } from '../should-flush-tlb.js';
import { runCsd } from '../smp.js';
import { CSD_FUNC, CSD_INFO } from '../structs.js';

/** Call-function IPIs that ask for one of two functions: a flush, or trimming mm_cpumask (trim.ts). */

/**
 * The condition of a call: of one that trims, that another mm is loaded (or the CPU is in a switch, which
 * its handler waits for).
 *
 * @assumes the generation is counted; asked on the initiator.
 */
export function* rarShouldFlushTlb(cpu: KernelCpu, target: number): Protocol<boolean> {
  const func = yield* cpu.fn.calledFunction(cpu);
  if (func !== FUNC_TRIM_CPUMASK) return yield* shouldFlushTlb(cpu, target);
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  const loadedMm = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
  return loadedMm !== mm;
}

/** Which function an IPI asks for now. */
export function* rarCalledFunction(cpu: KernelCpu): Protocol<number> {
  return cpu.broadcasts ? yield* cpu.peek(cpu.layout.rar.func[cpu.id]) : FUNC_FLUSH_TLB;
}

/**
 * Runs a csd's function, whichever it is, then unlocks it.
 *
 * @assumes interrupts are off; the csd is off the queue.
 */
export function* rarRunCsd(cpu: KernelCpu, csd: number): Protocol<void> {
  const func = yield* cpu.readOnce(csd + CSD_FUNC);
  if (func !== FUNC_TRIM_CPUMASK) {
    yield* runCsd(cpu, csd);
    return;
  }
  const initiator = yield* cpu.readOnce(csd + CSD_INFO);
  yield* cpu.event(EV_IPI_SERVED, csd, initiator);
  yield* cpu.fn.trimCpumaskFunc(cpu, initiator);
  yield* cpu.event(EV_CSD_RAN, csd, 0);
  yield* cpu.fn.csdUnlock(cpu, csd);
}
