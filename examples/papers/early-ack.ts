import {
  CSD_INFO,
  defineVariant,
  type KernelCpu,
  type KernelFunctions,
  type Protocol,
  runCsd,
} from 'shootdown';

/**
 * Early acknowledgement, after "Don't shoot down TLB shootdowns!" (Amit, Tai, Wei, EuroSys 2020): a target
 * tells the initiator that it is done before it flushes, since it is in the kernel with interrupts off and
 * uses no user address before the flush. Its authors leave out flushes that free page tables, which its page
 * walker may still go into.
 *
 *     shootdown hunt examples/papers/early-ack.ts
 *
 * What has to be read of the request is read before the acknowledgement: after it the initiator may write the
 * next one there.
 */
const early = (evenForTables: boolean): KernelFunctions['runCsd'] =>
  function* acknowledgeEarly(cpu: KernelCpu, csd: number): Protocol<void> {
    const { tlbstate } = cpu.own;
    const initiator = yield* cpu.readOnce(csd + CSD_INFO);
    const info = cpu.per[initiator].flushInfo;
    const mm = yield* cpu.readOnce(info.mm);
    const loadedMm = yield* cpu.readOnce(tlbstate.loadedMm);
    const isLazy = yield* cpu.readOnce(tlbstate.isLazy);
    const freedTables = evenForTables ? 0 : yield* cpu.readOnce(info.freedTables);
    if (mm !== loadedMm || isLazy !== 0 || freedTables !== 0) {
      yield* runCsd(cpu, csd);
      return;
    }
    const mmTlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
    const asid = yield* cpu.readOnce(tlbstate.loadedMmAsid);
    yield* cpu.fn.csdUnlock(cpu, csd);
    yield* cpu.fn.flushTlbLocal(cpu);
    yield* cpu.fn.storeSlotTlbGen(cpu, asid, mmTlbGen);
  };

/** As its authors have it. */
export const earlyAck = defineVariant({
  name: 'early-ack',
  summary: 'a target acknowledges before it flushes, unless tables are freed',
  base: '6.18~rcuTableFree',
  replace: { runCsd: early(false) },
});

/** Without the exception, on a kernel that frees page tables right after the flush. */
export const earlyAckForTables = defineVariant({
  name: 'early-ack-for-tables',
  summary: 'a target acknowledges before it flushes, whatever is freed',
  base: '6.18~rcuTableFree',
  replace: { runCsd: early(true) },
});
