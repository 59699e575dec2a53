/**
 * Where a CPU's hardware state lies: one block of words per CPU, in the same Int32Array as the kernel's
 * memory, so that a snapshot of the array is a snapshot of the machine and a lockstep run on several threads
 * shares it.
 *
 * Offsets are relative to the CPU's block. "Ghost" fields are seen by oracles only.
 */

/** Interrupt flag. */
export const IF = 0;
/** 1 while a call-function IPI is posted and not delivered (an edge-triggered vector has one pending bit). */
export const PENDING_IPI = 1;
export const PENDING_NMI = 2;
export const IN_NMI = 3;
/** Frame of the root table, and the PCID in CR3. */
export const CR3_ROOT = 4;
export const CR3_PCID = 5;
/** Ghost: who owns the root (address-space id), and the root frame's allocation number at the load. */
export const CR3_OWNER = 6;
export const CR3_ALLOC = 7;

/** Store buffer: a ring of SB_DEPTH entries of SB_WORDS words. */
export const SB_HEAD = 8;
export const SB_COUNT = 9;
export const SB_BASE = 10;
export const SB_DEPTH = 8;
export const SB_WORDS = 7;
/**
 * Fields of an entry. KIND: 0 plain, 1 page-table entry, 2 user store; X, Y, Z are ghost and depend on it.
 */
export const SB_ADDRESS = 0;
export const SB_VALUE = 1;
export const SB_KIND = 2;
export const SB_X = 3;
export const SB_Y = 4;
export const SB_Z = 5;
/** Ghost: steps that other CPUs had taken when the store was executed. */
export const SB_OTHERS = 6;
export const SB_PLAIN = 0;
export const SB_PTE = 1;
export const SB_USER = 2;

/**
 * TLB: a list of TLB_CAPACITY entries, oldest first. A full TLB drops its oldest entry; a CPU may always drop
 * more than asked.
 */
export const TLB_COUNT = SB_BASE + SB_DEPTH * SB_WORDS;
export const TLB_BASE = TLB_COUNT + 1;
export const TLB_CAPACITY = 16;
export const TLB_WORDS = 5;
/** PCID << 8 | page (or, in the paging-structure cache, | index in the root). */
export const TLB_KEY = 0;
/** The entry read, with its ghost version. */
export const TLB_PTE = 1;
/**
 * Ghost: owner of the root at the fill; allocation number that the entry was linked with; step of the fill.
 */
export const TLB_OWNER = 2;
export const TLB_ALLOC = 3;
export const TLB_STEP = 4;

/** Paging-structure cache: same entries, keyed by root index; PTE is the root's entry. */
export const PSC_COUNT = TLB_BASE + TLB_CAPACITY * TLB_WORDS;
export const PSC_BASE = PSC_COUNT + 1;
export const PSC_CAPACITY = 8;

/** Two page walkers: 0 walks for the running instruction, 1 speculatively. */
export const WALK_BASE = PSC_BASE + PSC_CAPACITY * TLB_WORDS;
export const WALK_WORDS = 5;
export const WALK_STATE = 0;
export const WALK_PAGE = 1;
export const WALK_TABLE = 2;
export const WALK_ALLOC = 3;
export const WALK_PTE = 4;
export const DEMAND = 0;
export const SPECULATIVE = 1;

/**
 * Ghost: changes of page tables made by this CPU and not yet covered by a generation: triples (ghost index,
 * version, entry before).
 */
export const CHANGE_COUNT = WALK_BASE + 2 * WALK_WORDS;
export const CHANGE_BASE = CHANGE_COUNT + 1;
export const CHANGE_CAPACITY = 96;
/** Ghost: promises of the running client operation: triples (ghost index, version, rights). */
export const PROMISE_COUNT = CHANGE_BASE + CHANGE_CAPACITY * 3;
export const PROMISE_BASE = PROMISE_COUNT + 1;
export const PROMISE_CAPACITY = 96;

/**
 * A virtual CPU's state for its host (see hypervisor.ts): where it is; whether it is marked preempted;
 * whether a flush is owed before entry.
 */
export const VCPU_STATE = PROMISE_BASE + PROMISE_CAPACITY * 3;
export const VCPU_MARKED = VCPU_STATE + 1;
export const VCPU_OWED = VCPU_STATE + 2;
/** 1 while the host emulates a user access; the translation that it has made for it, as a TLB entry. */
export const VCPU_IN_ACCESS = VCPU_STATE + 3;
/** How often it has entered the guest. */
export const VCPU_ENTRIES = VCPU_STATE + 4;
export const LATCH_BASE = VCPU_STATE + 5;

export const HW_WORDS = LATCH_BASE + TLB_WORDS;
/** A machine without an MMU (a plain shared-memory program) needs only the first words. */
export const HW_WORDS_PLAIN = TLB_COUNT;
