import type { Features } from './features.js';

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
  rcuTableFree: true,
  concurrentFlush: true,
  hostAtomicClear: true,
  hostMarksAtBoundary: true,
  hostRemembersMark: true,
};
// Hosts are as of today in every profile: guests and hosts are different machines.
const v510: Features = { ...v612, genEarlyOut: false, concurrentFlush: false, batchedPendingCounters: false };
const v614: Features = { ...v612, lazyCpumask: true, filterLoadedMm: true };
const v615rc5: Features = { ...v614, switchingBeforeGen: true };
const v615rc6: Features = { ...v615rc5, filterSwitching: true };
const v6175: Features = { ...v615rc6, barrierWhenBitSet: true };
// Mask bits are cleared at switch-out, yet should_flush_tlb and trimming are there: 6db2526c1d69 without 209954cbc7d0. The recordings
// agree with either order of SWITCHING and tlb_gen; both releases are later than the fix (B2).
const recorded: Features = { ...v612, filterLoadedMm: true, filterSwitching: true, switchingBeforeGen: true };
const stable612: Features = { ...v612, filterLoadedMm: true, filterSwitching: true };

export const profiles: readonly Profile[] = [
  {
    name: '5.10',
    summary: 'mainline 5.10: local flush first, then remote ones; no early return by generation; b38 is not fixed yet',
    features: v510,
  },
  { name: '6.12', summary: 'mainline 6.12: mm_cpumask cleared at switch-out, lazy CPUs skipped', features: v612 },
  {
    name: '6.14',
    summary: 'mainline 6.14: lazy mm_cpumask and the loaded_mm filter, SWITCHING published late (B3, and the order of B2)',
    features: v614,
  },
  {
    name: '6.15-rc5',
    summary: 'mainline 6.15-rc5: SWITCHING published before tlb_gen is read; the filter ignores it (B3, B1)',
    features: v615rc5,
  },
  {
    name: '6.15-rc6',
    summary: 'mainline 6.15-rc6 to 6.17.4: the filter honours SWITCHING (B3 fixed), no barrier when the bit is set (B1)',
    features: v615rc6,
  },
  { name: '6.17.5', summary: 'stable 6.17.5: B3 and B1 fixed', features: v6175 },
  { name: '6.18', summary: 'mainline 6.18: B3 and B1 fixed', features: v6175 },
  {
    name: '6.12-stable',
    summary: 'stable 6.12 with the filter backported and SWITCHING published after tlb_gen is read (B2)',
    features: stable612,
  },
  {
    name: '6.1.192',
    summary: 'stable 6.1.192 as recorded: mainline 6.1 with the loaded_mm filter, its fixes and trimming',
    features: recorded,
  },
  {
    name: '6.12.117',
    summary: 'stable 6.12.117 as recorded: mainline 6.12 with the loaded_mm filter, its fixes and trimming',
    features: recorded,
  },
  {
    name: '6.16.3',
    summary: 'stable 6.16.3 as recorded, IPI path: lazy mm_cpumask, the filter with its fixes, no barrier when the bit is set (B1)',
    features: v615rc6,
  },
  {
    name: '6.18.15',
    summary: 'stable 6.18.15 as recorded, IPI path: lazy mm_cpumask, the filter with its fixes, B1 fixed',
    features: v6175,
  },
];

export function findProfile(name: string): Profile | undefined {
  return profiles.find((profile) => profile.name === name);
}
