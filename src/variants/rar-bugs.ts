import { rarBackend } from '../backends/rar.js';
import { rarAsPosted, rarV2, rarV3 } from '../kernel/features/rar.js';
import { bug } from './bug.js';
import type { Variant } from './variant.js';

/** What the RAR series had or has (B22), of which none is in a kernel: `since` a posting. */
export const rarBugs: readonly Variant[] = [
  ...bug(
    'b22',
    [],
    'RAR as posted in v2, with the four that follow: random segfaults, a warning of leave_mm (its twin: v3)',
    '6.18',
    rarV2,
    { ...rarAsPosted, ...rarV3 },
    rarBackend,
  ),
  ...bug(
    'b22a',
    [],
    'flush_tlb_func takes what lies behind ctxs[] for the slot of a global ASID, and stores there (RAR v2)',
    '6.18',
    { ...rarV3, rarKnowsNoSlot: false },
    { rarKnowsNoSlot: true },
    rarBackend,
  ),
  ...bug(
    'b22b',
    [],
    'a flush that trims mm_cpumask is done by IPIs, which skip lazy CPUs: under a global ASID those never ' +
      'find out (RAR v2 and v2.1)',
    '6.18',
    { ...rarV3, rarReachesLazy: false },
    { rarReachesLazy: true },
    rarBackend,
  ),
  ...bug(
    'b22c',
    [],
    'a lazy CPU that an IPI pushes to init_mm stays in mm_cpumask: back under the global ASID it does ' +
      'not flush (RAR v2 and v2.1)',
    '6.18',
    { ...rarV3, rarLazyLeavesMask: false },
    { rarLazyLeavesMask: true },
    rarBackend,
  ),
  ...bug(
    'b22d',
    [],
    'flush_tlb_func follows to a global ASID on a lazy CPU, which is not lazy any more then: leave_mm ' +
      'warns (RAR v2 and v2.1)',
    '6.18',
    { ...rarV3, rarLazyFirst: false },
    { rarLazyFirst: true },
    rarBackend,
  ),
  ...bug(
    'b22e',
    [],
    'the debug patch of RAR v4 takes CPU 0 for no other CPU: nobody is asked for the flush',
    '6.18',
    { rarFlushesTwice: true, rarSeesCpu0: false },
    { rarSeesCpu0: true },
    rarBackend,
  ),
  ...bug(
    'b22f',
    [],
    'microcode that its own CPU has signalled answers and drops nothing, as the author of RAR v4 suspects ' +
      '(its twin: with the debug patch)',
    '6.18',
    { rarActsOnSelf: false },
    { rarFlushesTwice: true },
    rarBackend,
  ),
];
