import type { Protocol } from '../../machine/protocol.js';
import { FUNC_FLUSH_TLB, FUNC_TRIM_CPUMASK } from '../constants.js';
import { cpumaskClearCpu } from '../cpumask.js';
import type { KernelCpu } from '../kernel-cpu.js';

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
