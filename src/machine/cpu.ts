import type { Continuation } from './continuation.js';
import type { Machine } from './machine.js';
import * as K from './op-kinds.js';
import { ImmediateOp, PendingOp, type WatchedWords } from './pending-op.js';
import type { Op } from './protocol.js';

/**
 * A simulated CPU as protocol code sees it: its number and the operations. This is the build that explores:
 * an operation records what it wants in the CPU's pending registers and hands the turn to the scheduler; when
 * the scheduler picks the CPU, the machine executes the operation and passes its result back in. Names are
 * the kernel's (LKMM).
 */

export class Cpu {
  readonly id: number;
  readonly machine: Machine;
  readonly pending: PendingOp;
  readonly immediate: ImmediateOp;
  /** The script, and the handlers on top of it. The machine sets it. */
  code!: Continuation;
  /** Pending operations that handlers interrupted. */
  readonly saved: number[] = [];
  /** By `depth`: what `waitForChange` was told; a handler's own wait leaves what it interrupted alone. */
  readonly watched: WatchedWords[] = [];
  /** Handlers that run: at most 2 (an NMI within an IPI handler). */
  depth = 0;
  finished = false;

  constructor(machine: Machine, id: number) {
    this.machine = machine;
    this.id = id;
    this.pending = new PendingOp(id);
    this.immediate = new ImmediateOp(id);
  }

  protected op(kind: number, a: number, b: number, c: number): Op {
    const pending = this.pending;
    pending.kind = kind;
    pending.a = a;
    pending.b = b;
    pending.c = c;
    return pending;
  }

  protected done(value: number): Op {
    return this.immediate.answered(value);
  }
  /** Done at once, and the code learns nothing by it: whoever listens need not hear of it. */
  protected nothing(): Op {
    this.immediate.value = 0;
    return this.immediate;
  }

  // Memory. Addresses are word indices; values are int32.

  /** A plain load; never torn, never repeated. The CPU's own buffered store is seen first. */
  readOnce(address: number): Op {
    return this.op(K.OP_READ_ONCE, address, 0, 0);
  }
  /** A plain store: into the store buffer under TSO. */
  writeOnce(address: number, value: number): Op {
    return this.op(K.OP_WRITE_ONCE, address, value, 0);
  }
  /** `smp_load_acquire`: on x86 a plain load; the name says what the order is needed for. */
  loadAcquire(address: number): Op {
    return this.op(K.OP_LOAD_ACQUIRE, address, 0, 0);
  }
  /** `smp_store_release`: on x86 a plain store. */
  storeRelease(address: number, value: number): Op {
    return this.op(K.OP_STORE_RELEASE, address, value, 0);
  }
  /** Stores `value`, returns the old value. A full barrier, as every locked operation. */
  xchg(address: number, value: number): Op {
    return this.op(K.OP_XCHG, address, value, 0);
  }
  /** Stores `value` if the word is `expected`; returns the old value either way. */
  cmpxchg(address: number, expected: number, value: number): Op {
    return this.op(K.OP_CMPXCHG, address, expected, value);
  }
  /**
   * `cmpxchg16b` on a pair {first, second} at an even address: 1 if both matched and were replaced, else 0.
   */
  cmpxchgPair(
    address: number,
    expectedFirst: number,
    expectedSecond: number,
    first: number,
    second: number,
  ): Op {
    this.pending.d = first;
    this.pending.e = second;
    return this.op(K.OP_CMPXCHG_PAIR, address, expectedFirst, expectedSecond);
  }
  /** `atomic_fetch_add`: returns the old value. */
  fetchAdd(address: number, addend: number): Op {
    return this.op(K.OP_FETCH_ADD, address, addend, 0);
  }
  /** `atomic_inc_return`: returns the new value. */
  incReturn(address: number): Op {
    return this.op(K.OP_FETCH_ADD, address, 1, 1);
  }
  /** `atomic_dec_return`: returns the new value. */
  decReturn(address: number): Op {
    return this.op(K.OP_FETCH_ADD, address, -1, -1);
  }
  /** `atomic_fetch_or` (also `set_bit`): returns the old value. */
  fetchOr(address: number, bits: number): Op {
    return this.op(K.OP_FETCH_OR, address, bits, 0);
  }
  /** `atomic_fetch_and` (also `clear_bit`): returns the old value. */
  fetchAnd(address: number, bits: number): Op {
    return this.op(K.OP_FETCH_AND, address, bits, 0);
  }
  /** A full barrier. */
  smpMb(): Op {
    return this.op(K.OP_SMP_MB, 0, 0, 0);
  }
  /** Loads are ordered on x86: a compiler barrier, no instruction. */
  smpRmb(): Op {
    return this.nothing();
  }
  /** Stores are ordered on x86: a compiler barrier, no instruction. */
  smpWmb(): Op {
    return this.nothing();
  }
  /** A compiler barrier. */
  barrier(): Op {
    return this.nothing();
  }
  /**
   * Waits until (word & mask) === value, then loads it, in one step. While it waits, interrupts are served if
   * IF allows. Protocol code never spins by hand: an execution stays bounded and a deadlock is visible.
   */
  condLoadAcquire(address: number, mask: number, value: number): Op {
    this.pending.d = K.WAIT_EQUAL;
    return this.op(K.OP_COND_LOAD_ACQUIRE, address, mask, value);
  }
  /**
   * Waits until (word & mask) !== value: for a word that moves on from where it was seen. Else as
   * `condLoadAcquire`.
   */
  condLoadAcquireNot(address: number, mask: number, value: number): Op {
    this.pending.d = K.WAIT_DIFFERENT;
    return this.op(K.OP_COND_LOAD_ACQUIRE, address, mask, value);
  }
  /**
   * Waits until one of the words is not what it was seen to be, `seen` in the order of `words`; loads none of
   * them. As `condLoadAcquire` otherwise. `waitUntil` is made of it.
   */
  waitForChange(words: readonly number[], seen: readonly number[]): Op {
    this.watched[this.depth] = { words: [...words], seen: [...seen] };
    return this.op(K.OP_WAIT_CHANGE, words[0], seen[0], words.length);
  }
  /** Takes the lock when it is free (0); the lock word is then the CPU's number + 1. */
  spinLock(lock: number): Op {
    return this.op(K.OP_SPIN_LOCK, lock, 0, 0);
  }
  /** A release store of 0. Unlocking a lock that is not held is a violation (`unlock-of-free`). */
  spinUnlock(lock: number): Op {
    return this.op(K.OP_SPIN_UNLOCK, lock, 0, 0);
  }

  // Interrupts.

  /** `local_irq_disable`: interrupts wait from here on; NMIs do not. */
  localIrqDisable(): Op {
    return this.op(K.OP_LOCAL_IRQ_DISABLE, 0, 0, 0);
  }
  /** Enables interrupts; the next instruction has a boundary before it. */
  localIrqEnable(): Op {
    return this.op(K.OP_LOCAL_IRQ_ENABLE, 0, 0, 0);
  }
  /**
   * Posts a call-function IPI to another CPU. It may be in flight arbitrarily long; a second one while it is,
   * is merged.
   */
  sendIpi(target: number): Op {
    return this.op(K.OP_SEND_IPI, target, 0, 0);
  }
  /** Posts an NMI, which no interrupt flag keeps out, to another CPU. */
  sendNmi(target: number): Op {
    return this.op(K.OP_SEND_NMI, target, 0, 0);
  }
  /** The last instruction of an interrupt handler. */
  iret(): Op {
    return this.op(K.OP_IRET, 0, 0, 0);
  }

  // MMU.

  /** Loads CR3. `noFlush` is bit 63: entries of the new PCID are kept. Serialising. */
  writeCr3(root: number, pcid: number, noFlush: boolean): Op {
    return this.op(K.OP_WRITE_CR3, root, pcid, noFlush ? 1 : 0);
  }
  /** Drops the page's entries of the current PCID and all its paging-structure entries. Serialising. */
  invlpg(page: number): Op {
    return this.op(K.OP_INVLPG, page, 0, 0);
  }
  /** INVPCID: type 0 what translates one page of one PCID, 1 one PCID, 2 and 3 everything. Serialising. */
  invpcid(type: number, pcid: number, page: number): Op {
    return this.op(K.OP_INVPCID, type, pcid, page);
  }
  /**
   * INVLPGB: asks the MMUs of all CPUs, this one's too, to drop what `flags` select (INVLPGB_* of
   * broadcast.ts). Weakly ordered: it waits neither for this CPU's stores nor for anybody's answer.
   */
  invlpgb(flags: number, pcid: number, page: number, pages: number): Op {
    this.pending.d = pages;
    return this.op(K.OP_INVLPGB, flags, pcid, page);
  }
  /** TLBSYNC: waits until every CPU has carried out what this CPU has broadcast. */
  tlbsync(): Op {
    return this.op(K.OP_TLBSYNC, 0, 0, 0);
  }
  /**
   * Signals a CPU, which may be this one, that entries of its action vector are PENDING (remote-actions.ts);
   * `slot` is that of the payload that it is sent for, which no signal carries. It waits for no stores: what
   * is to be found has to be visible before.
   */
  sendRar(target: number, slot: number): Op {
    return this.op(K.OP_SEND_RAR, target, slot, 0);
  }
  /** One try of a user load or store: TLB lookup and access in one step. Returns one of ACCESS_*. */
  userAccess(page: number, write: boolean): Op {
    return this.op(K.OP_USER_ACCESS, page, write ? 1 : 0, 0);
  }
  /** One level of the demand walk for the access that missed. Returns one of WALK_*. */
  walk(page: number, write: boolean): Op {
    return this.op(K.OP_WALK, page, write ? 1 : 0, 0);
  }
  /** Entry of the page-fault handler: serialising, drops what translates the address that faulted. */
  faultEntry(page: number): Op {
    return this.op(K.OP_FAULT, page, 0, 0);
  }

  /**
   * A flush hypercall's request to one vCPU, which the host makes known to it; what is asked for lies in this
   * CPU's request words. Answers 1 if the target has to be waited for (`outstanding` is then counted up), 0
   * if it is out and is flushed before it runs again. Serialising.
   */
  postFlush(target: number): Op {
    return this.op(K.OP_POST_FLUSH, target, 0, 0);
  }

  /**
   * Of a host's code, in the place of what it has of VMX: one of HOST_OP_* (host-operations.ts), for the
   * entries of a VPID, and of a page where it is about one address. Answers what that says. Serialising.
   */
  hostOp(what: number, vpid = 0, page = 0): Op {
    return this.op(K.OP_HOST, what, vpid, page);
  }

  // Page tables and frames. `mm` is the handle; `key` a page, or pages + root index for a root entry (see
  // Ghost.key).

  /** `set_pte`: a plain store. */
  setPte(mm: number, key: number, address: number, value: number): Op {
    this.pending.d = key;
    return this.op(K.OP_SET_PTE, address, value, mm);
  }
  /** `ptep_get_and_clear`: a locked exchange with 0; returns the old entry without its ghost version. */
  ptepGetAndClear(mm: number, key: number, address: number): Op {
    this.pending.d = key;
    return this.op(K.OP_PTEP_GET_AND_CLEAR, address, 0, mm);
  }
  /** `ptep_set_wrprotect`: clears W, locked; returns the old entry. */
  ptepSetWrprotect(mm: number, key: number, address: number): Op {
    this.pending.d = key;
    return this.op(K.OP_PTEP_SET_WRPROTECT, address, 0, mm);
  }
  /**
   * A page of zeroes from the allocator, which is below this lab's interest: one step. `owner` is ghost: the
   * address space a root table belongs to, else 0.
   */
  allocFrame(owner: number): Op {
    return this.op(K.OP_ALLOC_FRAME, owner, 0, 0);
  }
  /** The last reference is dropped: the frame may be handed out again at once. */
  freeFrame(frame: number): Op {
    return this.op(K.OP_FREE_FRAME, frame, 0, 0);
  }

  /**
   * `call_rcu` of a free: the frame is released once every CPU that has interrupts off now has enabled them.
   */
  freeFrameRcu(frame: number): Op {
    return this.op(K.OP_FREE_FRAME_RCU, frame, 0, 0);
  }

  // Memory that only the running task can reach (its stack, per-CPU scratch): no boundary, because nobody
  // else could tell.

  /** A load of memory that only the running task can reach. */
  peek(address: number): Op {
    return this.done(this.machine.peek(this.id, address));
  }
  /** A store to memory that only the running task can reach. */
  poke(address: number, value: number): Op {
    this.machine.poke(this.id, address, value);
    return this.nothing();
  }

  /** What a register of the CPU itself holds (machine/hardware.ts): only what runs on it changes that. */
  ownRegister(register: number): Op {
    this.machine.early[this.id].register('ownRegister', register);
    return this.done(this.machine.mem[this.machine.block(this.id) + register]);
  }

  // No instructions: recorded choices and ghost notes.

  /** What the kernel decides by time or chance: a number in [0, n), recorded in the schedule. */
  choose(n: number): Op {
    this.machine.early[this.id].answers(n);
    return this.done(this.machine.choose(n));
  }
  /** A tracepoint or a note to the oracles. */
  event(kind: number, a: number, b: number): Op {
    this.machine.event(this.id, kind, a, b);
    return this.nothing();
  }
  /**
   * Ghost: the running client operation promises that entries of this page older than now lose `rights` once
   * it has returned.
   */
  promise(mm: number, page: number, rights: number): Op {
    this.machine.early[this.id].promise(mm, page, rights);
    this.machine.ghost.promise(this.id, mm, page, rights);
    return this.nothing();
  }
  /** Ghost: the client operation returns to its caller; its promises hold from here. */
  operationReturned(): Op {
    this.machine.ghost.operationReturned(this.id);
    return this.nothing();
  }
  /**
   * Ghost: `mm` begins a new life (a handle may be used again). Returns the address-space id for
   * `allocFrame`.
   */
  newAddressSpace(mm: number): Op {
    this.machine.early[this.id].mm('newAddressSpace', mm);
    return this.done(this.machine.ghost.newAddressSpace(mm));
  }
  /** A property of the program under test; false is a violation (`assertion`). */
  assert(condition: boolean, message: string): Op {
    if (!condition) {
      if (this.immediate.listener !== null) this.immediate.listener.fails(this.id);
      this.machine.report({ class: 'assertion', cpu: this.id, text: message });
    }
    return this.nothing();
  }
}
