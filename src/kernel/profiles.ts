import type { Features } from './features/index.js';
import { rarAsPosted } from './features/rar.js';

/** A profile: the set of features of a kernel version. */
export interface Profile {
  readonly name: string;
  readonly summary: string;
  readonly features: Features;
}

const v612: Features = {
  genEarlyOut: true,
  earlyOutOnGenZero: false,
  lazyCpumask: false,
  filterLoadedMm: false,
  filterSwitching: false,
  switchingBeforeGen: false,
  barrierWhenBitSet: false,
  strictSlotTest: true,
  skipLazy: true,
  freedTablesReachLazy: true,
  flushBatchedPending: true,
  batchedPendingCounters: true,
  nestedGatherFlush: true,
  incGenIsBarrier: true,
  rcuTableFree: false,
  concurrentFlush: true,
  lazyStoreWhenSet: true,
  localCondFirst: false,
  localTestLast: false,
  hostAtomicClear: true,
  hostMarksAtBoundary: true,
  hostRemembersMark: true,
  hostFollowsPage: true,
  hostMarksPreemptedOnly: true,
  hostMarksHalted: false,
  globalAsids: false,
  translationCacheExtension: true,
  broadcastWaitsForAccesses: true,
  invlpgbCountKnown: true,
  globalAsidNeedsPcid: false,
  invlpgbAsidValid: true,
  batchByMm: false,
  batchSyncsAndSends: true,
  batchSeesTransition: true,
  tlbsyncOnSameCpu: true,
  transitionBeforeAsid: true,
  lazyBeforeGlobalAsid: false,
  hypervSkipsLazy: true,
  hypervSeesEmptyMask: true,
  hypervChecksVpNumber: true,
  hypervListEndsAtEnd: true,
  xenCr3Purges: true,
  xenKeepsOrder: true,
  xenDropsLazyRefs: true,
  ...rarAsPosted,
};
// Hosts are as of today in every profile: guests and hosts are different machines.
const v510: Features = {
  ...v612,
  genEarlyOut: false,
  concurrentFlush: false,
  lazyStoreWhenSet: false,
  batchedPendingCounters: false,
  hypervSkipsLazy: false,
};
const v515: Features = {
  ...v612,
  genEarlyOut: false,
  batchedPendingCounters: false,
  hypervSkipsLazy: false,
};
const v614: Features = {
  ...v612,
  lazyCpumask: true,
  filterLoadedMm: true,
  rcuTableFree: true,
  localCondFirst: true,
};
const v615rc5: Features = { ...v614, switchingBeforeGen: true, globalAsids: true };
const v615rc6: Features = { ...v615rc5, filterSwitching: true };
const v6175: Features = { ...v615rc6, barrierWhenBitSet: true, localCondFirst: false, localTestLast: true };
const v71: Features = { ...v6175, globalAsidNeedsPcid: true };
// Stable trees of 2025: the loaded_mm filter and trimming (6db2526c1d69) without the lazy mm_cpumask
// (209954cbc7d0).
const stable61228: Features = { ...v612, filterLoadedMm: true };
const stable612: Features = { ...stable61228, filterSwitching: true };
// Both releases are later than the fix of B2. The recordings agree with either order of SWITCHING and
// tlb_gen.
const recorded: Features = { ...stable612, switchingBeforeGen: true };
const recorded61: Features = { ...recorded, hypervSkipsLazy: false };

export const profiles: readonly Profile[] = [
  {
    name: '5.10',
    summary:
      'mainline 5.10: local flush first, then remote ones; no early return by generation; b38 is ' +
      'not fixed yet',
    features: v510,
  },
  {
    name: '5.15',
    summary:
      'mainline 5.15: local and remote flush at once; no early return by generation; b38 is not ' +
      'fixed yet',
    features: v515,
  },
  {
    name: '6.6',
    summary: 'mainline 6.6: as 6.12 in all that is modelled (no loaded_mm filter, which stable ones have)',
    features: v612,
  },
  {
    name: '6.12',
    summary: 'mainline 6.12: mm_cpumask cleared at switch-out, lazy CPUs skipped',
    features: v612,
  },
  {
    name: '6.14',
    summary:
      'mainline 6.14: lazy mm_cpumask and the loaded_mm filter, SWITCHING published late (B3, and the ' +
      'order of B2)',
    features: v614,
  },
  {
    name: '6.15-rc5',
    summary:
      'mainline 6.15-rc5: SWITCHING published before tlb_gen is read; the filter ignores it (B3, ' + 'B1)',
    features: v615rc5,
  },
  {
    name: '6.15-rc6',
    summary:
      'mainline 6.15-rc6 to 6.16: the filter honours SWITCHING (B3 fixed), no barrier when the ' +
      'bit is set (B1)',
    features: v615rc6,
  },
  { name: '6.17.5', summary: 'stable 6.17.5: B3 and B1 fixed', features: v6175 },
  { name: '6.18', summary: 'mainline 6.18: B3 and B1 fixed', features: v6175 },
  { name: '7.1', summary: 'mainline 7.1: as 6.18; no broadcasts without PCIDs (B18 fixed)', features: v71 },
  {
    name: '6.12.28',
    summary:
      'stable 6.12 up to 6.12.28, once the filter was backported: it ignores SWITCHING (B3), ' +
      'published late (B2)',
    features: stable61228,
  },
  {
    name: '6.12-stable',
    summary: 'stable 6.12.29 to 6.12.96: the filter honours SWITCHING, published after tlb_gen is read (B2)',
    features: stable612,
  },
  {
    name: '6.1.192',
    summary: 'stable 6.1.192 as recorded: mainline 6.1 with the loaded_mm filter, its fixes and trimming',
    features: recorded61,
  },
  {
    name: '6.12.117',
    summary: 'stable 6.12.117 as recorded: mainline 6.12 with the loaded_mm filter, its fixes and trimming',
    features: recorded,
  },
  {
    name: '6.16.3',
    summary:
      'stable 6.16.3 as recorded: lazy mm_cpumask, the filter with its fixes, no barrier when ' +
      'the bit is set (B1)',
    features: v615rc6,
  },
  {
    name: '6.18.15',
    summary: 'stable 6.18.15 as recorded: lazy mm_cpumask, the filter with its fixes, B1 fixed',
    features: v6175,
  },
];

export function findProfile(name: string): Profile | undefined {
  return profiles.find((profile) => profile.name === name);
}
