import type { Feature } from './feature.js';

/** Features of the kernel on any processor. */
export const kernelFeatures: readonly Feature[] = [
  {
    name: 'genEarlyOut',
    summary:
      'flush_tlb_func returns early when the generation asked for is already reached, and reads that of ' +
      'the mm late',
    commit: 'aa44284960d5',
    since: '6.0',
  },
  {
    name: 'earlyOutOnGenZero',
    summary: 'bug B4: the early return also takes requests without a generation (batched unmap)',
    commit: 'aa44284960d5',
    since: '6.0-rc1 until 8f1d56f64f8d',
    needs: 'genEarlyOut',
  },
  {
    name: 'lazyCpumask',
    summary: 'mm_cpumask bits stay set at switch-out and are cleared by a useless flush',
    commit: '209954cbc7d0',
    since: '6.14',
  },
  {
    name: 'filterLoadedMm',
    summary: 'should_flush_tlb skips CPUs that have another mm loaded',
    commit: '6db2526c1d69',
    since: '6.14, stable 5.15 to 6.12',
  },
  {
    name: 'filterSwitching',
    summary: 'should_flush_tlb sends to a CPU in the SWITCHING window and reads loaded_mm before is_lazy',
    commit: 'fea4e317f9e7',
    since: '6.15-rc6, 6.14.7; stable 5.15.183, 6.1.139, 6.6.91, 6.12.29',
    needs: 'filterLoadedMm',
  },
  {
    name: 'switchingBeforeGen',
    summary: 'switch_mm_irqs_off publishes SWITCHING before it reads tlb_gen',
    commit: null,
    since: '6.15-rc1 (global ASID series), stable 6.12.97',
  },
  {
    name: 'barrierWhenBitSet',
    summary: 'switch_mm_irqs_off has a full barrier also when its mm_cpumask bit was set already',
    commit: '83b0177a6c48',
    since: '6.18-rc2, 6.17.5',
    needs: 'lazyCpumask',
  },
  {
    name: 'strictSlotTest',
    summary:
      'choose_new_asid flushes a slot only when its generation is less than that of the mm, not when it ' +
      'is the same',
    commit: '10af6235e0d3',
    since: '4.14',
  },
  {
    name: 'skipLazy',
    summary: 'lazy CPUs get no flush IPI when no tables were freed',
    commit: '145f573b89a6',
    since: '4.20',
  },
  {
    name: 'freedTablesReachLazy',
    summary: 'a flush that freed tables goes to lazy CPUs too',
    commit: '016c4d92cd16 (flush_tlb_mm_range), 97807813fe70 (flush_tlb_info)',
    since: '4.20',
  },
  {
    name: 'flushBatchedPending',
    summary:
      'batched unmaps that are pending are flushed under the page-table lock before entries are looked at',
    commit: '3ea277194daa',
    since: '4.13',
  },
  {
    name: 'batchedPendingCounters',
    summary: 'pending and flushed batches are counted, so that no mark is lost',
    commit: '5ee2fa2f0636',
    since: '5.17',
    needs: 'flushBatchedPending',
  },
  {
    name: 'nestedGatherFlush',
    summary: 'tlb_finish_mmu flushes everything when gathers are nested',
    commit: '99baac21e458',
    since: '4.13',
  },
  {
    name: 'rcuTableFree',
    summary:
      'page-table pages are freed after an RCU grace period (tlb_remove_table), not right after the flush',
    commit: null,
    since: 'KVM, Xen and Hyper-V guests; 6.14 with CONFIG_PT_RECLAIM (its default); every x86 since 6.15',
  },
  {
    name: 'incGenIsBarrier',
    summary: 'inc_mm_tlb_gen is a full barrier',
    commit: '71b3c126e611',
    since: '4.5 (before generations: a barrier in the flush)',
  },
  {
    name: 'concurrentFlush',
    summary: 'local and remote TLBs are flushed at the same time; before, first the local one',
    commit: '4ce94eabac16',
    since: '5.13',
  },
  {
    name: 'lazyStoreWhenSet',
    summary: 'switch_mm_irqs_off stores is_lazy only when it was set; before, always',
    commit: '09c5272e4861',
    since: '5.13',
  },
  {
    name: 'localCondFirst',
    summary:
      'smp_call_function_many_cond asks the condition for its own CPU before it sends; before and ' +
      'after, once it has sent',
    commit: '63a48181fbcd',
    since: '6.14 to 6.16',
    needs: 'concurrentFlush',
  },
  {
    name: 'localTestLast',
    summary: 'smp_call_function_many_cond tests its own bit of the mask after it has sent',
    commit: 'e0e9506523fe',
    since: '6.17',
    needs: 'concurrentFlush',
  },
];
