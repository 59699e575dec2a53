import type { Feature } from './feature.js';

/**
 * What differs between the postings of the RAR series (RFC v1 to v4, May and June 2025; none is merged), what
 * they rely on, and how the microcode behaves. On is v4, over microcode as Intel documents it.
 */
export interface RarFeatures {
  /** A CPU that was not in mm_cpumask flushes when it switches to a global ASID. */
  readonly rarNewCpuFlushes: boolean;
  /** switch_mm_irqs_off sets its bit before it looks for a global ASID; in v1 after it has chosen. */
  readonly rarBitBeforeChoice: boolean;
  /** flush_tlb_func looks for no slot of a global ASID; in v1 and v2 it reads and writes behind ctxs[]. */
  readonly rarKnowsNoSlot: boolean;
  /** IPIs for an mm with a global ASID go to lazy CPUs too (since v3). */
  readonly rarReachesLazy: boolean;
  /** A lazy CPU that a flush makes leave the mm leaves its mask too (since v3). */
  readonly rarLazyLeavesMask: boolean;
  /** flush_tlb_func sees that the CPU is lazy before it follows to a global ASID (since v3). */
  readonly rarLazyFirst: boolean;
  /** Trimming mm_cpumask is an IPI of its own beside the flush (v4); else that flush is done by IPIs. */
  readonly rarTrimsApart: boolean;
  /** A CPU flushes itself by RAR, with the others (v4); else by flush_tlb_func. */
  readonly rarFlushesSelf: boolean;
  /** A payload is its CPUs' own, number modulo payloads, behind a lock (v4); else the first that is free. */
  readonly rarLockPerSlot: boolean;
  /** v4's debug patch: a CPU flushes itself by flush_tlb_func before it signals all. */
  readonly rarFlushesTwice: boolean;
  /** v4's debug patch asks whether there are other CPUs; as posted it takes CPU 0 for none. */
  readonly rarSeesCpu0: boolean;
  /** The payload is written before entries are PENDING (smp_wmb, for the compiler on x86). */
  readonly rarPayloadFirst: boolean;
  /** The signal waits for the stores before it, as weak_wrmsr_fence has it. */
  readonly rarFencesSignal: boolean;
  /** The payload is kept until every target has answered. */
  readonly rarKeepsPayload: boolean;
  /** A payload counts no page too few (as posted it counts one too many). */
  readonly rarCountsAllPages: boolean;
  /** Microcode: an entry is overwritten once what was stored through what goes is in memory. */
  readonly rarWaitsForAccesses: boolean;
  /** Microcode: RAR_CTRL.IGNORE_IF. */
  readonly rarIgnoresIf: boolean;
  /** Microcode: a CPU that signals itself drops its translations too. */
  readonly rarActsOnSelf: boolean;
}

/** v4 of the series. */
export const rarAsPosted: RarFeatures = {
  rarNewCpuFlushes: true,
  rarBitBeforeChoice: true,
  rarKnowsNoSlot: true,
  rarReachesLazy: true,
  rarLazyLeavesMask: true,
  rarLazyFirst: true,
  rarTrimsApart: true,
  rarFlushesSelf: true,
  rarLockPerSlot: true,
  rarFlushesTwice: false,
  rarSeesCpu0: true,
  rarPayloadFirst: true,
  rarFencesSignal: true,
  rarKeepsPayload: true,
  rarCountsAllPages: true,
  rarWaitsForAccesses: true,
  rarIgnoresIf: true,
  rarActsOnSelf: true,
};

/** v3, posted on 5 June 2025: what its changelog says works. */
export const rarV3: Partial<RarFeatures> = {
  rarTrimsApart: false,
  rarFlushesSelf: false,
  rarLockPerSlot: false,
};

/** v2, posted on 19 May 2025: random segfaults, and a warning of leave_mm. */
export const rarV2: Partial<RarFeatures> = {
  ...rarV3,
  rarKnowsNoSlot: false,
  rarReachesLazy: false,
  rarLazyLeavesMask: false,
  rarLazyFirst: false,
};

const POSTED = 'RFC, not merged:';

const ofKernel = (name: keyof RarFeatures, summary: string, since: string): Feature => ({
  name,
  summary,
  commit: null,
  since: `${POSTED} ${since}`,
  needs: 'globalAsids',
  remoteActions: true,
});

const ofMachine = (name: keyof RarFeatures, summary: string): Feature => ({
  name,
  summary,
  commit: null,
  since: "Intel's white paper",
  needs: 'globalAsids',
  remoteActions: true,
  machine: true,
});

export const rarFeatures: readonly Feature[] = [
  ofKernel('rarNewCpuFlushes', 'RAR: a CPU outside mm_cpumask flushes at its switch to a global ASID', 'v1'),
  ofKernel('rarBitBeforeChoice', 'RAR: the mm_cpumask bit is set before a global ASID is looked for', 'v2'),
  ofKernel(
    'rarKnowsNoSlot',
    'RAR: flush_tlb_func neither reads nor writes a slot of a global ASID, which has none',
    'v2.1',
  ),
  ofKernel('rarReachesLazy', 'RAR: IPIs for an mm with a global ASID go to lazy CPUs too', 'v3'),
  ofKernel('rarLazyLeavesMask', 'RAR: a lazy CPU that a flush pushes to init_mm leaves mm_cpumask', 'v3'),
  ofKernel('rarLazyFirst', 'RAR: flush_tlb_func sees that a CPU is lazy before it follows to the ASID', 'v3'),
  ofKernel('rarTrimsApart', 'RAR: trimming mm_cpumask is an IPI beside the flush, not in its place', 'v4'),
  ofKernel('rarFlushesSelf', 'RAR: a CPU signals itself with the others, and calls no flush_tlb_func', 'v4'),
  ofKernel('rarLockPerSlot', "RAR: a payload is that of the CPU's number, behind a lock", 'v4'),
  ofKernel('rarFlushesTwice', 'RAR: a CPU flushes itself by flush_tlb_func too', "v4's debug patch"),
  ofKernel(
    'rarSeesCpu0',
    'RAR: the debug patch does not take CPU 0 for no other CPU (cpumask_any_but answers a number)',
    "never: v4's debug patch has it wrong",
  ),
  ofKernel('rarPayloadFirst', 'RAR: a payload is filled in before entries of it are PENDING', 'v1'),
  ofKernel('rarFencesSignal', 'RAR: stores are visible before the signal is sent (weak_wrmsr_fence)', 'v1'),
  ofKernel('rarKeepsPayload', 'RAR: a payload is kept until all targets have answered', 'v1'),
  ofKernel('rarCountsAllPages', 'RAR: a payload names at least the pages that are asked for', 'v1'),
  ofMachine(
    'rarWaitsForAccesses',
    'RAR: microcode answers when what the CPU stored through what goes is in memory',
  ),
  ofMachine('rarIgnoresIf', 'RAR: microcode acts whatever the interrupt flag says (RAR_CTRL.IGNORE_IF)'),
  ofMachine('rarActsOnSelf', 'RAR: microcode that its own CPU has signalled drops what the payload says'),
];
