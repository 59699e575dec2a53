import { type PlainCpu, type Protocol, plainProgram } from 'shootdown';

/**
 * A debate of November 2025 (deferral of kernel-range flushes, CONFIG_COALESCE_TLBI, RFC v7): a CPU that runs
 * user code gets no IPI for them, since it flushes when it enters the kernel; a per-CPU flag
 * `kernel_cr3_loaded` tells initiators which it is. Does entry set the flag before its flush, or after it?
 *
 *     shootdown verify examples/debates/kernel-cr3-loaded.ts
 *
 * looks at every execution of each order. What it rests on: x86-TSO; a TLB of one entry, filled at the first
 * use and by a speculative one; a flush that serialises (INVPCID, a write of CR4) as a full barrier.
 */

/** What the kernel page maps to: the page that the initiator takes away, and what is there afterwards. */
const OLD = 1;
const NEW = 2;

/** CPU 1 was in the kernel before: its TLB has the page. */
const words = { mapping: OLD, kernelCr3Loaded: 0, freed: 0, served: 0, tlb: OLD };
type At = Readonly<Record<keyof typeof words, number>>;
type Script = (cpu: PlainCpu, at: At) => Protocol<void>;

/** `flush_tlb_kernel_range_deferrable`, and what its caller does then: the old page is somebody else's. */
const initiator = (hasBarrier: boolean): Script =>
  function* takeAway(cpu, at) {
    yield* cpu.writeOnce(at.mapping, NEW);
    if (hasBarrier) yield* cpu.smpMb();
    const isInKernel = yield* cpu.readOnce(at.kernelCr3Loaded);
    if (isInKernel !== 0) {
      yield* cpu.sendIpi(1);
      yield* cpu.condLoadAcquire(at.served, -1, 1);
    }
    yield* cpu.writeOnce(at.freed, 1);
  };

/** The initiator's IPI. */
function* flushByIpi(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.poke(at.tlb, 0);
  yield* cpu.storeRelease(at.served, 1);
  yield* cpu.iret();
}

/** Walks to the page, unless the TLB has it. No interrupt comes within a walk: it is an instruction's. */
function* translate(cpu: PlainCpu, at: At): Protocol<number> {
  const cached = yield* cpu.peek(at.tlb);
  if (cached !== 0) return cached;
  const found = yield* cpu.readOnce(at.mapping);
  yield* cpu.poke(at.tlb, found);
  return found;
}

function* setFlag(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.writeOnce(at.kernelCr3Loaded, 1);
}

function* flush(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.smpMb();
  yield* cpu.poke(at.tlb, 0);
  // The CPU may fill what it has dropped at any time.
  yield* translate(cpu, at);
}

/** As if a flush let stores wait in the store buffer. */
function* flushUnordered(cpu: PlainCpu, at: At): Protocol<void> {
  yield* cpu.poke(at.tlb, 0);
  yield* translate(cpu, at);
}

/** Enters the kernel with interrupts off, and uses the page there. */
const entry = (first: Script, second: Script): Script =>
  function* enter(cpu, at) {
    yield* cpu.localIrqDisable();
    yield* first(cpu, at);
    yield* second(cpu, at);
    const freed = yield* cpu.readOnce(at.freed);
    const used = yield* translate(cpu, at);
    yield* cpu.assert(freed === 0 || used === NEW, 'CPU1 uses a kernel page that is somebody else’s by now');
    yield* cpu.localIrqEnable();
  };

const program = (name: string, first: Script, second: Script, hasBarrier = true) =>
  plainProgram({
    name,
    words,
    cpus: [initiator(hasBarrier), entry(first, second)],
    interrupt: flushByIpi,
  });

/** As posted: an initiator that looks in between sends nothing, and what was filled in between stays. */
export const flushThenFlag = program('flush-then-flag', flush, setFlag);

/** The answer of the thread: whoever sees no flag yet has changed the entry before the flush. */
export const flagThenFlush = program('flag-then-flush', setFlag, flush);

/** Its other half: the initiator's change must be visible before it looks. */
export const withoutInitiatorsBarrier = program('flag-then-flush-no-barrier', setFlag, flush, false);

/** And the flush must not overtake the flag. */
export const flagThenUnorderedFlush = program('flag-then-unordered-flush', setFlag, flushUnordered);
