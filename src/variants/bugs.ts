import { hypervBackend } from '../backends/hyperv.js';
import { invlpgbBackend } from '../backends/invlpgb.js';
import { kvmPvBackend } from '../backends/kvm-pv.js';
import { xenBackend } from '../backends/xen.js';
import { bug } from './bug.js';
import { rarBugs } from './rar-bugs.js';
import type { Variant } from './variant.js';

/** Bugs that kernels and hosts have had, each followed by its twin. */
export const bugs: readonly Variant[] = [
  ...bug(
    'b1',
    ['cve-2025-40174'],
    'no full barrier in switch_mm_irqs_off when the mm_cpumask bit was set already: SWITCHING waits in ' +
      'the store buffer (6.14 to 6.17.4)',
    '6.15-rc6',
    {},
    { barrierWhenBitSet: true },
  ),
  ...bug(
    'b2',
    [],
    'stable 6.12.29 to 6.12.96: SWITCHING published after tlb_gen is read, with the loaded_mm ' +
      'filter backported',
    '6.12-stable',
    {},
    { switchingBeforeGen: true },
  ),
  ...bug(
    'b3',
    ['cve-2025-37964'],
    'should_flush_tlb ignores LOADED_MM_SWITCHING: no IPI to a CPU in the middle of a switch (6.14 to ' +
      '6.14.6, 6.15-rc5; here without b1)',
    '6.18',
    { filterSwitching: false },
    { filterSwitching: true },
  ),
  ...bug(
    'b4',
    [],
    'flush_tlb_func returns early on requests without a generation: batched unmap is not flushed (6.0 cycle)',
    '6.12',
    { earlyOutOnGenZero: true },
    { earlyOutOnGenZero: false },
  ),
  ...bug(
    'b6',
    [],
    'lazy CPUs are skipped even when tables are freed (4.19 cycle)',
    '6.12',
    { freedTablesReachLazy: false },
    { freedTablesReachLazy: true },
  ),
  ...bug(
    'b8',
    ['cve-2016-2069'],
    'no full barrier between page-table stores and the look at other CPUs',
    '6.18',
    { incGenIsBarrier: false },
    { incGenIsBarrier: true },
  ),
  ...bug(
    'b36',
    [],
    'mprotect and munmap do not flush batched unmaps that are pending (before 4.13)',
    '6.12',
    { flushBatchedPending: false },
    { flushBatchedPending: true },
  ),
  ...bug(
    'b38',
    [],
    'one flag for pending batched unmaps, cleared by a flush that did not cover the newest (before 5.17)',
    '6.12',
    { batchedPendingCounters: false },
    { batchedPendingCounters: true },
  ),
  ...bug(
    'b39',
    [],
    'concurrent MADV_DONTNEED: the second gather finds nothing and does not flush (before 4.13)',
    '6.12',
    { nestedGatherFlush: false },
    { nestedGatherFlush: true },
  ),
  ...bug(
    'b27',
    ['cve-2019-3016'],
    'the KVM host writes the preempted byte back from a copy, over a flush request that came in between ' +
      '(before 5.6)',
    '6.18',
    { hostAtomicClear: false },
    { hostAtomicClear: true },
    kvmPvBackend,
  ),
  ...bug(
    'b28',
    [],
    'the KVM host marks a vCPU that is out a second time, over a flush request (before 5.6; part of ' +
      'CVE-2019-3016)',
    '6.18',
    { hostRemembersMark: false },
    { hostRemembersMark: true },
    kvmPvBackend,
  ),
  ...bug(
    'b29',
    ['cve-2022-39189'],
    'the KVM host marks a vCPU as preempted whose access it emulates with a translation already made ' +
      '(before 5.19)',
    '6.18',
    { hostMarksAtBoundary: false },
    { hostMarksAtBoundary: true },
    kvmPvBackend,
  ),
  ...bug(
    'b30',
    [],
    "the KVM host clears its mark in a page that the guest's preempted byte has left: the vCPU runs " +
      'marked, and is asked for flushes that nobody looks for (5.6 to 5.15)',
    '6.18',
    { hostFollowsPage: false },
    { hostFollowsPage: true },
    kvmPvBackend,
  ),
  ...bug(
    'b31',
    [],
    'the KVM host marks a vCPU as preempted that is out because user space emulates an access, its address ' +
      'translated (before 5.19)',
    '6.18',
    { hostMarksPreemptedOnly: false },
    { hostMarksPreemptedOnly: true },
    kvmPvBackend,
  ),
  ...bug(
    'b17',
    [],
    'INVLPGB with the largest count still unknown, 0: its loop over a range never ends (6.15 to ' +
      '6.16-rc2; in ' +
      'the kernel at boot)',
    '6.18',
    { invlpgbCountKnown: false },
    { invlpgbCountKnown: true },
    invlpgbBackend,
  ),
  ...bug(
    'b18',
    [],
    'INVLPGB of a PCID while PCIDs are off: general protection fault (6.15 to 7.0 with nopcid)',
    '6.18',
    { globalAsidNeedsPcid: false },
    { globalAsidNeedsPcid: true },
    invlpgbBackend,
  ),
  ...bug(
    'b20a',
    [],
    'arch_tlbbatch_flush waits for broadcasts and sends no IPIs to CPUs that need them (v1 of the ' +
      'INVLPGB series)',
    '6.18',
    { batchByMm: true, batchSyncsAndSends: false },
    { batchSyncsAndSends: true },
    invlpgbBackend,
  ),
  ...bug(
    'b20b',
    [],
    'a batched unmap broadcasts to an mm in transition and forgets CPUs that run it under another ' +
      'ASID (v4 of ' +
      'the series)',
    '6.18',
    { batchByMm: true, batchSeesTransition: false },
    { batchSeesTransition: true },
    invlpgbBackend,
  ),
  ...bug(
    'b20c',
    [],
    'TLBSYNC on another CPU than the INVLPGBs, after a migration: it waits for nothing (v4 of the series)',
    '6.18',
    { tlbsyncOnSameCpu: false },
    { tlbsyncOnSameCpu: true },
    invlpgbBackend,
  ),
  ...bug(
    'b20d',
    [],
    'a global ASID is seen before asid_transition: CPUs under another ASID are not waited for ' +
      '(review of the ' +
      'series)',
    '6.18',
    { transitionBeforeAsid: false },
    { transitionBeforeAsid: true },
    invlpgbBackend,
  ),
  ...bug(
    'b32',
    [],
    'a Hyper-V guest asks for the last CPU of a mask that has just become empty, and reads behind ' +
      'hv_vp_index (5.11 to 5.16)',
    '6.12',
    { hypervSeesEmptyMask: false },
    { hypervSeesEmptyMask: true },
    hypervBackend,
  ),
  ...bug(
    'b33',
    [],
    'a Hyper-V guest does not see that a virtual processor has no number yet: the hypercall leaves it out ' +
      '(4.18)',
    '6.12',
    { hypervChecksVpNumber: false },
    { hypervChecksVpNumber: true },
    hypervBackend,
  ),
  ...bug(
    'b34',
    [],
    'a Hyper-V guest steps over the end of the address space and fills memory with an address list ' +
      '(before 5.4)',
    '6.12',
    { hypervListEndsAtEnd: false },
    { hypervListEndsAtEnd: true },
    hypervBackend,
  ),
  ...bug(
    'b23',
    ['xsa-292'],
    'Xen loads CR3 with the no-flush bit: what is cached between its flush and the load outlives both ' +
      '(before March 2019)',
    '6.12',
    { xenCr3Purges: false },
    { xenCr3Purges: true },
    xenBackend,
  ),
  ...rarBugs,
];
