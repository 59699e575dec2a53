import { completeFlush } from './complete-flush.js';
import { afterFlush } from './reached-targets.js';
import { fitsAll, type Rule } from './rule.js';
import { raiseUnderLock, storeSlotUnderLock } from './slot-lock.js';

/**
 * V12: a lock that the owner takes too, around its stores to a slot in switch_mm_irqs_off; never held across
 * a flush. flush_tlb_func does not take it: its store can only lower what was raised meanwhile. Full flushes
 * raise to g, ranges from g-1 to g.
 */
export const v12: Rule = {
  name: 'v12',
  action: "raises the slot under a lock that the slot's owner takes too",
  summary: 'finds and raises the slot under a lock that the owner takes around its own stores too',
  assumes: 'the flush was complete; the owner takes the lock whenever it gives a slot to another mm',
  senseless: fitsAll,
  functions: (backend) => ({
    ...afterFlush,
    ...completeFlush(backend),
    storeSlot: storeSlotUnderLock,
    updateRemoteGen: raiseUnderLock,
  }),
};
