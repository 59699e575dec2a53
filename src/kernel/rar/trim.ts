import type { Protocol } from '../../machine/protocol.js';
import { FUNC_FLUSH_TLB, FUNC_TRIM_CPUMASK } from '../constants.js';
import { cpumaskClearCpu } from '../cpumask.js';
import { EV_CSD_RAN, EV_IPI_SERVED } from '../events.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { shouldFlushTlb } from '../should-flush-tlb.js';
import { runCsd } from '../smp.js';
import { CSD_FUNC, CSD_INFO } from '../structs.js';

/**
 * Trimming mm_cpumask apart from flushes (v4 of the RAR series, by its changelog and what its debug patch
 * shows of rar_tlb_flush; the text of trim_cpumask itself was not among what could be read): CPUs that have
 * another mm loaded are sent an IPI, in which each clears its own bit.
 */

/** `trim_cpumask`: once a second per mm, before the request, which then goes to fewer CPUs. */
export function* trimCpumask(cpu: KernelCpu, mm: number): Protocol<void> {
  const func = cpu.layout.rar.func[cpu.id];
  yield* cpu.poke(func, FUNC_TRIM_CPUMASK);
  yield* cpu.fn.smpCallFunctionManyCond(cpu, cpu.mms[mm].cpumask, true);
  yield* cpu.poke(func, FUNC_FLUSH_TLB);
}

/**
 * trim_cpumask's IPI on one CPU. That it is in a handler, with interrupts off, keeps it from its own switch
 * to the mm.
 *
 * @assumes interrupts are off.
 */
export function* trimCpumaskFunc(cpu: KernelCpu, initiator: number): Protocol<void> {
  const mm = yield* cpu.readOnce(cpu.per[initiator].flushInfo.mm);
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  if (loadedMm !== mm) yield* cpumaskClearCpu(cpu, cpu.id, cpu.mms[mm].cpumask);
}

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
