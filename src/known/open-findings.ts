import { type Cause, flushCause } from '../explain/cause.js';
import { CIRCUMSTANCES } from '../explain/circumstance.js';
import type { FactsOf } from '../vocabulary/violation-facts.js';
import type { OpenFinding } from './open-finding.js';

/**
 * What is said of a use that comes while the flush of its change is under way, and nothing has gone wrong
 * with that.
 */
const OVERTAKEN = [null, 0].flatMap((frame) => [
  staleUse({ frame, isWrite: false, isBuffered: false }),
  staleUse({ frame, isWrite: true, isBuffered: false }),
  staleUse({ frame, isWrite: true, isBuffered: true }),
]);

/** Of a cause only what is the same in every execution is told: not who, and not where. */
function staleUse(how: Pick<FactsOf<'stale-use'>, 'frame' | 'isWrite' | 'isBuffered'>): Cause {
  return { kind: 'outcome', facts: { class: 'stale-use', cpu: 0, mm: 0, page: 0, ...how } };
}

/**
 * Every open finding of the profiles. `left-mask-before-cr3` and `idle-not-lazy` were found here first; the
 * others are known bugs that some profiles still have (`variants/bugs.ts` has each with its fix).
 */
export const openFindings: readonly OpenFinding[] = [
  {
    name: 'left-mask-before-cr3',
    summary:
      'switch_mm_irqs_off takes the bit of its CPU out of the old mm_cpumask before it writes CR3: a ' +
      'flush that frees tables in between sends this CPU no IPI, and its walker can still go into them',
    profiles: ['5.10', '5.15', '6.6', '6.12', '6.12.28', '6.12-stable', '6.1.192', '6.12.117'],
    features: { lazyCpumask: false, rcuTableFree: false },
    functions: [
      'switchMmIrqsOff',
      'updateMmCpumask',
      'chooseNewAsid',
      'isSlotStale',
      'publishSwitching',
      'loadNewMmCr3',
      'tlbFlushMmu',
    ],
    class: 'freed-table-walk',
    causes: [flushCause('noIpi')],
    circumstance: CIRCUMSTANCES.leftMask,
    scenarios: ['exit-while-lazy', 'lazy-freed-tables'],
    since:
      'every kernel up to 6.13 that frees page tables right after the flush (native_tlb_remove_table), ' +
      'stable ones of today too',
    until: '6.14',
    closedBy: ['lazyCpumask', 'rcuTableFree'],
    closes:
      'page tables freed after an RCU grace period (KVM, Xen and Hyper-V guests in every version; 6.14 ' +
      'with CONFIG_PT_RECLAIM, every x86 from 6.15), or the bit left set at switch-out ' +
      '(209954cbc7d0, 6.14); ' +
      'so would CR3 written before the bit is cleared',
    windows: {
      bareMetal:
        'the instructions from the locked clear to the write of CR3, with interrupts off: nanoseconds',
      preemptedVcpu:
        'as long as the host keeps a vCPU out that it preempted there: unbounded, in a guest ' +
        'without PV flush',
    },
  },
  {
    name: 'idle-not-lazy',
    summary:
      'flush_tlb_func follows to a global ASID by switch_mm_irqs_off on a lazy CPU too, which is not lazy ' +
      'any more then and idles on with the mm: leave_mm warns. No stale use comes of it',
    profiles: ['6.15-rc5', '6.15-rc6', '6.16.3', '6.17.5', '6.18', '6.18.15', '7.1'],
    backends: ['invlpgb'],
    features: { globalAsids: true, lazyBeforeGlobalAsid: false },
    functions: ['flushUnderGlobalAsid', 'switchMmIrqsOff', 'clearIsLazy', 'leaveMm'],
    class: 'assertion',
    causes: [
      {
        kind: 'outcome',
        facts: { class: 'assertion', cpu: 0, text: 'leave_mm: the idle CPU is not lazy any more' },
      },
    ],
    circumstance: CIRCUMSTANCES.lazyEnded,
    scenarios: ['global-idle'],
    since: '6.15 on CPUs with INVLPGB, in idle states that are flagged as flushing the TLB (ACPI C3)',
    until: 'not closed in 7.3',
    closedBy: ['lazyBeforeGlobalAsid'],
    closes: 'is_lazy looked at before mm_needs_global_asid, as the RAR series does since its v3',
  },
  {
    name: 'b38',
    summary:
      'flush_tlb_batched_pending clears one mark for all pending batched unmaps, also for one that came ' +
      'during its flush',
    profiles: ['5.10', '5.15'],
    features: { flushBatchedPending: true, batchedPendingCounters: false },
    functions: [
      'flushTlbBatchedPending',
      'markTlbFlushBatched',
      'setTlbUbcFlushPending',
      'archTlbbatchAddPending',
    ],
    class: 'stale-use',
    // What an older request made a CPU decide meanwhile is chance.
    causes: [flushCause('noIpi'), flushCause('notFlushed'), ...OVERTAKEN],
    circumstance: CIRCUMSTANCES.markCleared,
    scenarios: ['reclaim-two-tables'],
    since: '4.13',
    until: '5.17',
    closedBy: ['batchedPendingCounters'],
    closes: 'pending and flushed batches counted (5ee2fa2f0636)',
  },
  {
    name: 'b3',
    summary:
      'should_flush_tlb passes over a CPU in the SWITCHING window, which may have read the old ' +
      'generation (CVE-2025-37964)',
    profiles: ['6.14', '6.15-rc5', '6.12.28'],
    features: { filterLoadedMm: true, filterSwitching: false },
    functions: [
      'shouldFlushTlb',
      'condFunc',
      'queueRemoteCalls',
      'switchMmIrqsOff',
      'publishSwitching',
      'loadNewMmCr3',
    ],
    class: 'stale-use',
    causes: [flushCause('sawSwitching')],
    circumstance: CIRCUMSTANCES.inSwitching,
    scenarios: ['ping-pong-munmap'],
    since: '6.14; stable 5.15, 6.1, 6.6 and 6.12 with 6db2526c1d69',
    until: '6.15-rc6, 6.14.7; 5.15.183, 6.1.139, 6.6.91, 6.12.29',
    closedBy: ['filterSwitching'],
    closes: 'SWITCHING counts as "send" (fea4e317f9e7)',
  },
  {
    name: 'b2',
    summary:
      'switch_mm_irqs_off stores SWITCHING only after it has read tlb_gen, and until then looks as if ' +
      'it ran its old mm',
    profiles: ['6.12-stable', '6.12.28', '6.14'],
    features: { filterLoadedMm: true, switchingBeforeGen: false },
    functions: [
      'shouldFlushTlb',
      'condFunc',
      'queueRemoteCalls',
      'switchMmIrqsOff',
      'publishSwitching',
      'updateMmCpumask',
      'chooseNewAsid',
      'isSlotStale',
    ],
    class: 'stale-use',
    causes: [flushCause('sawOther'), flushCause('sawOther', true), flushCause('sawLazy', true)],
    circumstance: CIRCUMSTANCES.genBeforeSwitching,
    scenarios: ['ping-pong-munmap'],
    since: '6.14; stable 6.12 with 6db2526c1d69, alone since 6.12.29',
    until: '6.15-rc1; 6.12.97',
    closedBy: ['switchingBeforeGen'],
    closes:
      'SWITCHING stored before tlb_gen is read (global ASID series; "Fix check/use ordering in ' +
      'switch_mm_irqs_off" in stable trees)',
  },
  {
    name: 'b1',
    summary:
      'switch_mm_irqs_off has no full barrier where its bit was set already: SWITCHING waits in the ' +
      'store buffer (CVE-2025-40174)',
    profiles: ['6.15-rc5', '6.15-rc6', '6.16.3'],
    features: { filterLoadedMm: true, lazyCpumask: true, switchingBeforeGen: true, barrierWhenBitSet: false },
    functions: [
      'shouldFlushTlb',
      'condFunc',
      'queueRemoteCalls',
      'switchMmIrqsOff',
      'publishSwitching',
      'updateMmCpumask',
      'chooseNewAsid',
      'isSlotStale',
    ],
    class: 'stale-use',
    causes: [flushCause('sawOther', true), flushCause('sawLazy', true)],
    circumstance: CIRCUMSTANCES.switchingBuffered,
    scenarios: ['full-and-partial', 'lazy-other-mm', 'stores-before-lazy', 'far-generations'],
    since: '6.14',
    until: '6.18-rc2, 6.17.5',
    closedBy: ['barrierWhenBitSet'],
    closes: 'an explicit full barrier (83b0177a6c48)',
  },
];
