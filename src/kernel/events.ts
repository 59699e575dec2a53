/**
 * What the kernel says of itself through `cpu.event(kind, a, b)`: its tracepoints, and notes for oracles and
 * counters at places where the real kernel has no tracepoint. An event is no step and changes nothing.
 */

/** tlb:tlb_flush: a = reason, b = pages (-1 everything, 0 nothing). */
export const EV_TLB_FLUSH = 1;
/** A decision from a slot's generation: a = ASID, b = one of DECIDED_*. */
export const EV_DECIDED = 2;
export const DECIDED_NO_FLUSH_SWITCH = 0;
export const DECIDED_NO_FLUSH_LAZY = 1;
export const DECIDED_EARLY_OUT = 2;
export const DECIDED_UP_TO_DATE = 3;
export const DECIDED_PARTIAL = 4;
/** should_flush_tlb answered: a = target CPU, b = answer. */
export const EV_SHOULD_FLUSH = 3;
/** flush_tlb_func was called by an IPI: a = csd. */
export const EV_IPI_SERVED = 4;
/** A csd was put on a queue: a = csd address. */
export const EV_CSD_QUEUED = 5;
/** The function of a csd has run: a = csd address. */
export const EV_CSD_RAN = 6;
/** The csd was unlocked: a = csd address. */
export const EV_CSD_UNLOCKED = 7;
/** A lazy CPU switched back to the user mm: b = 1 if it had to flush. */
export const EV_LAZY_REENTRY = 8;
/** A copy-on-write break copied the page. */
export const EV_COW_BREAK = 9;
/** A user access found no VMA, or a right that the VMA does not give. */
export const EV_SEGV = 10;
/** A lazy CPU was pushed to init_mm by a flush. */
export const EV_UNLAZIED = 11;
/** A flush invalidated: a = 1 full, 0 partial; b = entries that were stale. */
export const EV_FLUSHED = 12;
/** A client operation returned: a = index of the operation's kind. */
export const EV_OPERATION = 13;
/** Reclaim freed a page. */
export const EV_RECLAIMED = 14;
/** A slot was found behind its mm when it was switched to: a = ASID, b = mm. A flush follows. */
export const EV_SLOT_BEHIND = 15;
/** flush_tlb_func flushed everything for a request that named a range: a = ASID. */
export const EV_DEGRADED = 16;
/**
 * A rule executed a locked operation that the kernel has not: a = 1 by a slot's owner on its way through a
 * switch or flush, 0 by an initiator.
 */
export const EV_ADDED_LOCKED = 17;
/** A CPU took its own bit out of the mask of the mm whose root is still in its CR3: a = mm. */
export const EV_LEFT_MASK = 18;
/** An mm has got a global ASID: a = mm, b = ASID. */
export const EV_GLOBAL_ASID_GIVEN = 19;
/** A global ASID was given back: a = mm, b = ASID. */
export const EV_GLOBAL_ASID_FREED = 20;
/** broadcast_tlb_flush begins: a = mm, b = ASID. */
export const EV_BROADCAST = 21;
/** finish_asid_transition found a CPU under another ASID: a = mm, b = the CPU. */
export const EV_TRANSITION_WAIT = 22;
/** finish_asid_transition found none: a = mm. */
export const EV_TRANSITION_DONE = 23;
/** arch_tlbbatch_flush broadcasts instead of sending IPIs. */
export const EV_BATCH_BROADCAST = 24;
