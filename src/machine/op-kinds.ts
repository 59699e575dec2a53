/**
 * The kinds of operation. The number is what schedules, traces and hashes see, so a kind once released keeps
 * its number.
 *
 * `drains` in the comment means: the instruction waits for the CPU's store buffer to empty before it acts
 * (locked read-modify-writes and serialising instructions, A0.7 and A0.8 of docs/reference.md). Draining and
 * acting in one step loses no behaviour: the buffer can have drained, store by store, in steps of its own
 * just before.
 */
export const OP_READ_ONCE = 1;
export const OP_WRITE_ONCE = 2;
export const OP_LOAD_ACQUIRE = 3;
export const OP_STORE_RELEASE = 4;
export const OP_XCHG = 5; // drains
export const OP_CMPXCHG = 6; // drains
export const OP_CMPXCHG_PAIR = 7; // drains
export const OP_FETCH_ADD = 8; // drains
export const OP_FETCH_OR = 9; // drains
export const OP_FETCH_AND = 10; // drains
export const OP_SMP_MB = 11; // drains
/** Waits until (word & mask) === value, or, as the fourth operand says, until it is not. */
export const OP_COND_LOAD_ACQUIRE = 12;
export const WAIT_EQUAL = 0;
export const WAIT_DIFFERENT = 1;
export const OP_SPIN_LOCK = 13; // drains
export const OP_SPIN_UNLOCK = 14;
/** Waits until one of several words is not what it was seen to be. */
export const OP_WAIT_CHANGE = 15;
/** Kinds up to this one name a word of memory first, but for OP_SMP_MB, which names none. */
export const OP_MEMORY_MAX = OP_WAIT_CHANGE;
export const OP_LOCAL_IRQ_DISABLE = 20;
export const OP_LOCAL_IRQ_ENABLE = 21;
export const OP_SEND_IPI = 22;
export const OP_SEND_NMI = 23;
export const OP_IRET = 24; // drains
export const OP_WRITE_CR3 = 30; // drains
export const OP_INVLPG = 31; // drains
export const OP_INVPCID = 32; // drains
/** A user instruction: TLB lookup and access in one. */
export const OP_USER_ACCESS = 33;
/** One level of a demand walk. */
export const OP_WALK = 34;
export const OP_FAULT = 35; // drains
export const OP_INVLPGB = 36;
/** Waits until what this CPU has broadcast is carried out everywhere. */
export const OP_TLBSYNC = 37; // drains
/** The signal of a remote action request to one CPU. */
export const OP_SEND_RAR = 38;
export const OP_SET_PTE = 40;
export const OP_PTEP_GET_AND_CLEAR = 41; // drains
export const OP_PTEP_SET_WRPROTECT = 42; // drains
export const OP_ALLOC_FRAME = 43; // drains
export const OP_FREE_FRAME = 44; // drains
export const OP_FREE_FRAME_RCU = 45; // drains
/** A hypercall's request to one vCPU. */
export const OP_POST_FLUSH = 50; // drains
/** What a host's code asks of its processor (HOST_OP_* of host-operations.ts). */
export const OP_HOST = 51; // drains
/** By kind: 1 for a locked instruction. */
export const IS_LOCKED = new Uint8Array(64);
for (const kind of [
  OP_XCHG,
  OP_CMPXCHG,
  OP_CMPXCHG_PAIR,
  OP_FETCH_ADD,
  OP_FETCH_OR,
  OP_FETCH_AND,
  OP_SPIN_LOCK,
  OP_PTEP_GET_AND_CLEAR,
  OP_PTEP_SET_WRPROTECT,
])
  IS_LOCKED[kind] = 1;
/** A CPU's microcode carries out a remote action request: a step of its agent. */
export const STEP_REMOTE_ACTION = 55;
/** A CPU's MMU carries out what another CPU has broadcast: a step of the invalidation agent. */
export const STEP_INVALIDATE = 56;
/**
 * The host takes a virtual CPU off its processor; does something for one that is off; serves what was posted
 * to one that runs.
 */
export const STEP_PREEMPT = 57;
export const STEP_HOST = 58;
export const STEP_SERVE = 59;
/** A drain of a store buffer's oldest store: a step of the buffer, not of the CPU. */
export const STEP_DRAIN = 60;
/** Delivery of an IPI or NMI: a step of the interrupt line. */
export const STEP_DELIVER = 61;
/** One level of a speculative walk: a step of the environment. */
export const STEP_WALK = 62;

const NAMES: Readonly<Record<number, string>> = {
  [OP_READ_ONCE]: 'READ_ONCE',
  [OP_WRITE_ONCE]: 'WRITE_ONCE',
  [OP_LOAD_ACQUIRE]: 'smp_load_acquire',
  [OP_STORE_RELEASE]: 'smp_store_release',
  [OP_XCHG]: 'xchg',
  [OP_CMPXCHG]: 'cmpxchg',
  [OP_CMPXCHG_PAIR]: 'cmpxchg16b',
  [OP_FETCH_ADD]: 'atomic_fetch_add',
  [OP_FETCH_OR]: 'atomic_fetch_or',
  [OP_FETCH_AND]: 'atomic_fetch_and',
  [OP_SMP_MB]: 'smp_mb',
  [OP_COND_LOAD_ACQUIRE]: 'smp_cond_load_acquire',
  [OP_SPIN_LOCK]: 'spin_lock',
  [OP_SPIN_UNLOCK]: 'spin_unlock',
  [OP_WAIT_CHANGE]: 'wait for a change',
  [OP_LOCAL_IRQ_DISABLE]: 'local_irq_disable',
  [OP_LOCAL_IRQ_ENABLE]: 'local_irq_enable',
  [OP_SEND_IPI]: 'send IPI',
  [OP_SEND_NMI]: 'send NMI',
  [OP_IRET]: 'iret',
  [OP_WRITE_CR3]: 'write_cr3',
  [OP_INVLPG]: 'invlpg',
  [OP_INVPCID]: 'invpcid',
  [OP_USER_ACCESS]: 'user access',
  [OP_WALK]: 'page walk',
  [OP_FAULT]: 'page fault',
  [OP_INVLPGB]: 'invlpgb',
  [OP_TLBSYNC]: 'tlbsync',
  [OP_SEND_RAR]: 'send RAR',
  [OP_SET_PTE]: 'set_pte',
  [OP_PTEP_GET_AND_CLEAR]: 'ptep_get_and_clear',
  [OP_PTEP_SET_WRPROTECT]: 'ptep_set_wrprotect',
  [OP_ALLOC_FRAME]: 'alloc_page',
  [OP_FREE_FRAME]: 'free_page',
  [OP_FREE_FRAME_RCU]: 'call_rcu(free_page)',
  [OP_POST_FLUSH]: 'hypercall(flush)',
  [OP_HOST]: 'host',
  [STEP_REMOTE_ACTION]: 'remote action',
  [STEP_INVALIDATE]: 'broadcast invalidation',
  [STEP_PREEMPT]: 'preempt',
  [STEP_HOST]: 'host',
  [STEP_SERVE]: 'serve',
  [STEP_DRAIN]: 'drain',
  [STEP_DELIVER]: 'deliver',
  [STEP_WALK]: 'speculative walk',
};

/** The name of an operation as people read it, in the kernel's spelling where the kernel has one. */
export function opName(kind: number): string {
  return NAMES[kind] ?? `op ${kind}`;
}
