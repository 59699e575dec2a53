import {
  CSD_INFO,
  defineVariant,
  type KernelCpu,
  type KernelFunctions,
  type Protocol,
  runCsd,
  userInstruction,
} from 'shootdown';

/**
 * Flush on return, after "Don't shoot down TLB shootdowns!" (Amit, Tai, Wei, EuroSys 2020): a target that the
 * IPI meets in the kernel notes that it owes a flush, acknowledges, and flushes when it returns to its user.
 * The authors do so for the user half of page-table isolation, which this laboratory has not; what is asked
 * here is whether the deferral itself holds. Flushes that free page tables are left out, as with early
 * acknowledgement.
 *
 *     shootdown hunt examples/papers/flush-on-return.ts
 */

/** Of each CPU: it owes a flush to whoever runs next in user mode; it is in user mode, or about to be. */
const OWED = 0;
const IN_USER = 1;
const ownWords = {
  perCpu: [{ name: 'flush_on_return' }, { name: 'in_user' }],
  perMm: [],
  machine: [],
};

const deferred = (evenForTables: boolean): KernelFunctions['runCsd'] =>
  function* deferFlush(cpu: KernelCpu, csd: number): Protocol<void> {
    const own = cpu.layout.own.perCpu[cpu.id];
    const { tlbstate } = cpu.own;
    const initiator = yield* cpu.readOnce(csd + CSD_INFO);
    const info = cpu.per[initiator].flushInfo;
    const mm = yield* cpu.readOnce(info.mm);
    const loadedMm = yield* cpu.readOnce(tlbstate.loadedMm);
    const isLazy = yield* cpu.readOnce(tlbstate.isLazy);
    const freedTables = evenForTables ? 0 : yield* cpu.readOnce(info.freedTables);
    const inUser = yield* cpu.peek(own[IN_USER]);
    if (mm !== loadedMm || isLazy !== 0 || freedTables !== 0 || inUser !== 0) {
      yield* runCsd(cpu, csd);
      return;
    }
    // The slot keeps its generation: should the CPU switch away first, the way back flushes.
    yield* cpu.poke(own[OWED], 1);
    yield* cpu.fn.csdUnlock(cpu, csd);
  };

/** The return to user mode, and the user's instruction; what it owes is looked at once no IPI defers more. */
function* afterReturn(cpu: KernelCpu, page: number, write: boolean): Protocol<void> {
  const own = cpu.layout.own.perCpu[cpu.id];
  yield* cpu.poke(own[IN_USER], 1);
  const owed = yield* cpu.peek(own[OWED]);
  if (owed !== 0) {
    yield* cpu.localIrqDisable();
    yield* cpu.fn.flushTlbLocal(cpu);
    yield* cpu.poke(own[OWED], 0);
    yield* cpu.localIrqEnable();
  }
  yield* userInstruction(cpu, page, write);
  yield* cpu.poke(own[IN_USER], 0);
}

/** The debt is looked at first: an IPI that comes behind the look is deferred, and nobody looks again. */
function* lookedTooSoon(cpu: KernelCpu, page: number, write: boolean): Protocol<void> {
  const own = cpu.layout.own.perCpu[cpu.id];
  const owed = yield* cpu.readOnce(own[OWED]);
  if (owed !== 0) {
    yield* cpu.localIrqDisable();
    yield* cpu.fn.flushTlbLocal(cpu);
    yield* cpu.poke(own[OWED], 0);
    yield* cpu.localIrqEnable();
  }
  yield* cpu.barrier();
  yield* userInstruction(cpu, page, write);
}

export const flushOnReturn = defineVariant({
  name: 'flush-on-return',
  summary: 'a target that is in the kernel flushes when it returns to its user, unless tables are freed',
  base: '6.18~rcuTableFree',
  replace: { runCsd: deferred(false), userInstruction: afterReturn },
  ownWords,
});

export const flushOnReturnForTables = defineVariant({
  name: 'flush-on-return-for-tables',
  summary: 'a target that is in the kernel flushes when it returns to its user, whatever is freed',
  base: '6.18~rcuTableFree',
  replace: { runCsd: deferred(true), userInstruction: afterReturn },
  ownWords,
});

export const flushOnReturnTooSoon = defineVariant({
  name: 'flush-on-return-too-soon',
  summary: 'the same where the return looks at what is owed while an IPI can still defer more',
  base: '6.18~rcuTableFree',
  replace: { runCsd: deferred(false), userInstruction: lookedTooSoon },
  ownWords,
});
