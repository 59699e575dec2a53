import type { Cpu as ExplorerCpu } from '../cpu.js';
import * as H from '../hardware.js';
import * as K from '../op-kinds.js';
import { Operands } from '../operands.js';
import type { Op } from '../protocol.js';
import { PTE_PRESENT, PTE_WRITE, pteFrame, pteValue, VERSION_MAX, withVersion } from '../pte.js';
import { loadWord, storeWord } from './access.js';
import { ATTEND_IPI, ATTEND_NMI, ATTEND_REQUEST, ATTEND_STOP, type ControlWords, type Host, RING_EVENTS, Stopped } from './host.js';
import type { Locked } from './locked.js';
import type { Machine } from './machine.js';
import { Vcpu } from './vcpu.js';

/**
 * A simulated CPU whose operations act at once: the stripped build's twin of machine/cpu.ts, with the same method names. Each operation
 * begins with a boundary, in which the CPU takes the interrupts that it finds. What operations are given is not looked at (see checked-cpu.ts).
 *
 * Loads are atomic: a plain MOV on x86, which no compiler may keep in a register or move. Plain stores stay plain, so that the host's
 * store buffer is the real one. See access.ts and locked.ts.
 */
export class Cpu {
  readonly id: number;
  readonly machine: Machine;
  private readonly mem: Int32Array;
  private readonly locked: Locked;
  private readonly host: Host;
  protected readonly operands: Operands;
  private readonly control: Int32Array;
  private readonly controlLocked: Locked;
  private readonly words: ControlWords;
  private readonly attention: number;
  private readonly scratch: number;
  private readonly enablings: number;
  private readonly activity: number;
  private readonly ring: number;
  private readonly block: number;
  private readonly atomicStores: boolean;
  /** Boundaries until the host is called. */
  private fuel = 1;
  private events = 0;
  /** The interrupt flag, as in `mem` for others. */
  private interrupts = true;
  private inNmi = false;
  private attending = false;
  /** Flags that interrupts saved: at most an IPI's and an NMI's. */
  private readonly saved: boolean[] = [];
  /** The CPU's host, if it is virtual. */
  private readonly vcpu: Vcpu | null;
  /** The user access whose boundary this is (page * 2 + write), or -1; and its outcome, if the host has done it. */
  private standsBefore = -1;
  private doneByHost = -1;

  constructor(machine: Machine, id: number) {
    this.id = id;
    this.machine = machine;
    this.mem = machine.mem;
    this.locked = machine.locked;
    this.host = machine.host;
    this.operands = new Operands(machine.program, id, true);
    this.words = machine.control;
    this.control = machine.control.words;
    this.controlLocked = machine.control.locked;
    this.attention = machine.control.attention(id);
    this.scratch = machine.control.scratch(id);
    this.enablings = machine.control.enablings(id);
    this.activity = machine.control.activity(id);
    this.ring = machine.control.ring(id);
    this.block = machine.block(id);
    this.atomicStores = machine.atomicStores;
    const { host } = machine.program;
    this.vcpu = host == null ? null : new Vcpu(machine, machine.host, host, id);
  }

  /** Brings the CPU back to the state in which a script starts. */
  reset(): void {
    this.fuel = 1;
    this.interrupts = true;
    this.inNmi = false;
    this.saved.length = 0;
    this.standsBefore = -1;
    this.doneByHost = -1;
  }

  /** A boundary that belongs to no instruction: between steps of a script, and while the CPU idles. */
  boundary(): void {
    if (--this.fuel <= 0) this.fuel = this.host.tick(this.id);
    // A plain load: should it come late, so may an interrupt. A wait reads it atomically.
    if (this.control[this.attention] !== 0) this.attend();
  }

  /**
   * Attends to what others have asked for, while the script waits for the end of a round. No boundary: neither walk nor preemption may
   * begin there, when memory may be put back any moment. `isOver` is asked after a reason to attend was seen: one of the next round is seen
   * only once it is over.
   */
  serve(isOver: () => boolean): void {
    const takeable = this.interrupts ? -1 : ~ATTEND_IPI;
    if ((this.controlLocked.load(this.attention) & takeable) !== 0 && !isOver()) this.attend();
  }

  /**
   * The activity word is odd before a bit of the attention word is taken and until what was asked for is done, its stores before: who finds
   * no bit and an even word knows that nothing is under way here.
   */
  private attend(): void {
    if (this.attending) {
      this.attendAll();
      return;
    }
    this.attending = true;
    this.control[this.activity]++;
    this.attendAll();
    this.control[this.activity]++;
    this.attending = false;
  }

  private attendAll(): void {
    for (;;) {
      const attention = this.controlLocked.load(this.attention);
      if ((attention & ATTEND_STOP) !== 0) throw new Stopped('the run is over');
      if ((attention & ATTEND_REQUEST) !== 0) {
        // Before the requests are looked at: one that comes later sets it again.
        this.controlLocked.and(this.attention, ~ATTEND_REQUEST);
        this.vcpu?.serve();
        this.note(K.STEP_SERVE, 0, 0);
      } else if ((attention & ATTEND_NMI) !== 0 && !this.inNmi) {
        this.controlLocked.and(this.attention, ~ATTEND_NMI);
        this.inNmi = true;
        this.take(true);
      } else if ((attention & ATTEND_IPI) !== 0 && this.interrupts) {
        this.controlLocked.and(this.attention, ~ATTEND_IPI);
        this.take(false);
      } else return;
    }
  }

  /** The host takes the virtual CPU off its processor, at a boundary, and brings it back. */
  preempt(): void {
    if (this.vcpu === null) return;
    this.note(K.STEP_PREEMPT, 0, 0);
    const access = this.standsBefore;
    this.standsBefore = -1;
    const outcome = this.vcpu.preempt(access >> 1, (access & 1) !== 0);
    if (outcome >= 0) this.doneByHost = outcome;
    this.note(K.STEP_HOST, 0, 0);
  }

  /** Runs a handler to its IRET, with interrupts off, on top of what it interrupted. */
  private take(nmi: boolean): void {
    // The handler's boundaries are not those of the access that it interrupted.
    this.standsBefore = -1;
    this.saved.push(this.interrupts);
    this.setInterrupts(false);
    this.note(K.STEP_DELIVER, 0, 0);
    const { program } = this.machine;
    // In this build a handler is a plain function.
    if (nmi) program.nmi(this as never);
    else program.interrupt(this as never);
    if (this.host.served(this.id)) this.fuel = 0;
  }

  /**
   * Disabling is a full barrier here, which CLI is not: whoever frees a page-table page reads this flag, and must not find it on while
   * this CPU already walks with it off. Enabling tells waiters for a grace period, in this order.
   */
  private setInterrupts(on: boolean): void {
    this.interrupts = on;
    if (on) {
      this.control[this.enablings]++;
      this.mem[this.block + H.IF] = 1;
    } else this.locked.exchange(this.block + H.IF, 0);
  }

  /** Notes what was executed, for the post-mortem. */
  private note(kind: number, a: number, value: number): void {
    const at = this.ring + 1 + (this.events++ & (RING_EVENTS - 1)) * 2;
    this.control[at] = kind | (a << 6);
    this.control[at + 1] = value;
    this.control[this.ring] = this.events;
    if (this.host.trace !== null) this.host.trace(this.id, kind, a, value);
  }

  /** A full barrier: what a serialising instruction does to the store buffer. */
  private drain(): void {
    this.controlLocked.or(this.scratch, 0);
  }

  private put(address: number, value: number): void {
    storeWord(this.mem, address, value, this.atomicStores);
  }

  // Memory.

  readOnce(address: number): number {
    this.boundary();
    const value = loadWord(this.locked, address);
    this.note(K.OP_READ_ONCE, address, value);
    return value;
  }
  writeOnce(address: number, value: number): number {
    this.boundary();
    this.put(address, value);
    this.machine.committed(this.id, address, value);
    this.note(K.OP_WRITE_ONCE, address, 0);
    this.host.stored(this.id, address);
    return 0;
  }
  loadAcquire(address: number): number {
    this.boundary();
    const value = loadWord(this.locked, address);
    this.note(K.OP_LOAD_ACQUIRE, address, value);
    return value;
  }
  storeRelease(address: number, value: number): number {
    this.boundary();
    this.put(address, value);
    this.note(K.OP_STORE_RELEASE, address, 0);
    this.host.released(this.id, address);
    return 0;
  }
  xchg(address: number, value: number): number {
    this.boundary();
    const old = this.locked.exchange(address, value);
    this.note(K.OP_XCHG, address, old);
    this.host.changed(this.id, address);
    return old;
  }
  cmpxchg(address: number, expected: number, value: number): number {
    this.boundary();
    const old = this.locked.compareExchange(address, expected, value);
    this.note(K.OP_CMPXCHG, address, old);
    if (old === expected) this.host.changed(this.id, address);
    return old;
  }
  /**
   * `cmpxchg16b` as one compare-and-exchange of 64 bits over the same bytes. Accesses of mixed size are outside the JavaScript memory
   * model; on x86-64 they are what the hardware makes of them.
   */
  cmpxchgPair(address: number, expectedFirst: number, expectedSecond: number, first: number, second: number): number {
    this.boundary();
    const replaced = this.locked.compareExchangePair(address, expectedFirst, expectedSecond, first, second);
    this.note(K.OP_CMPXCHG_PAIR, address, replaced);
    if (replaced !== 0) {
      this.host.changed(this.id, address);
      this.host.changed(this.id, address + 1);
    }
    return replaced;
  }
  fetchAdd(address: number, addend: number): number {
    return this.add(address, addend, 0);
  }
  incReturn(address: number): number {
    return this.add(address, 1, 1);
  }
  decReturn(address: number): number {
    return this.add(address, -1, -1);
  }
  private add(address: number, addend: number, inResult: number): number {
    this.boundary();
    const old = this.locked.add(address, addend);
    if (((old + addend) | 0) !== old + addend) this.operands.mistake('fetchAdd', `overflows word ${address} at ${old} + ${addend}`);
    this.machine.committed(this.id, address, old + addend);
    this.note(K.OP_FETCH_ADD, address, old + inResult);
    this.host.changed(this.id, address);
    return old + inResult;
  }
  fetchOr(address: number, bits: number): number {
    this.boundary();
    const old = this.locked.or(address, bits);
    this.note(K.OP_FETCH_OR, address, old);
    this.host.changed(this.id, address);
    return old;
  }
  fetchAnd(address: number, bits: number): number {
    this.boundary();
    const old = this.locked.and(address, bits);
    this.note(K.OP_FETCH_AND, address, old);
    this.host.changed(this.id, address);
    return old;
  }
  smpMb(): number {
    this.boundary();
    this.drain();
    this.note(K.OP_SMP_MB, 0, 0);
    return 0;
  }
  smpRmb(): number {
    return 0;
  }
  smpWmb(): number {
    return 0;
  }
  barrier(): number {
    return 0;
  }
  condLoadAcquire(address: number, mask: number, value: number): number {
    this.boundary();
    let seen = loadWord(this.locked, address);
    while ((seen & mask) !== value) {
      this.host.wait(this.id, address, mask, value, false);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
      seen = loadWord(this.locked, address);
    }
    this.note(K.OP_COND_LOAD_ACQUIRE, address, seen);
    return seen;
  }
  condLoadAcquireNot(address: number, mask: number, value: number): number {
    this.boundary();
    let seen = loadWord(this.locked, address);
    while ((seen & mask) === value) {
      this.host.wait(this.id, address, mask, value, true);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
      seen = loadWord(this.locked, address);
    }
    this.note(K.OP_COND_LOAD_ACQUIRE, address, seen);
    return seen;
  }
  spinLock(lock: number): number {
    this.boundary();
    while (this.locked.compareExchange(lock, 0, this.id + 1) !== 0) {
      this.host.wait(this.id, lock, -1, 0, false);
      if (this.controlLocked.load(this.attention) !== 0) this.attend();
    }
    this.note(K.OP_SPIN_LOCK, lock, 0);
    return 0;
  }
  spinUnlock(lock: number): number {
    this.boundary();
    if (this.locked.load(lock) !== this.id + 1) {
      this.machine.observer.unlockOfFree(this.id, lock);
      // No oracle watches a plain program.
      if (this.machine.program.mmu === null) this.machine.report({ class: 'unlock-of-free', cpu: this.id, lock });
    }
    this.put(lock, 0);
    this.note(K.OP_SPIN_UNLOCK, lock, 0);
    this.host.released(this.id, lock);
    return 0;
  }

  // Interrupts.

  localIrqDisable(): number {
    this.boundary();
    this.setInterrupts(false);
    this.note(K.OP_LOCAL_IRQ_DISABLE, 0, 0);
    return 0;
  }
  localIrqEnable(): number {
    this.boundary();
    this.setInterrupts(true);
    this.note(K.OP_LOCAL_IRQ_ENABLE, 0, 0);
    return 0;
  }
  sendIpi(target: number): number {
    this.boundary();
    this.note(K.OP_SEND_IPI, target, 0);
    this.post(target, ATTEND_IPI);
    return 0;
  }
  sendNmi(target: number): number {
    this.boundary();
    this.note(K.OP_SEND_NMI, target, 0);
    this.post(target, ATTEND_NMI);
    return 0;
  }
  /** Whoever sets the first bit rings; who finds one set knows that it has been rung for. */
  private post(target: number, bit: number): void {
    if (this.controlLocked.or(this.words.attention(target), bit) === 0) this.host.ring(this.id, target);
  }
  iret(): number {
    this.boundary();
    this.drain();
    const flag = this.saved.pop();
    if (flag === undefined) this.operands.mistake('iret', 'outside an interrupt handler');
    if (this.inNmi) this.inNmi = false;
    if (flag) this.setInterrupts(true);
    this.note(K.OP_IRET, 0, 0);
    return 0;
  }

  // MMU.

  writeCr3(root: number, pcid: number, noFlush: boolean): number {
    this.boundary();
    this.drain();
    this.machine.mmu.writeCr3(this.block, root, pcid, noFlush);
    this.note(K.OP_WRITE_CR3, root, 0);
    return 0;
  }
  invlpg(page: number): number {
    this.boundary();
    this.drain();
    this.machine.mmu.invlpg(this.block, page);
    this.note(K.OP_INVLPG, page, 0);
    return 0;
  }
  invpcid(type: number, pcid: number, page: number): number {
    this.boundary();
    this.drain();
    this.machine.mmu.invpcid(this.block, type, pcid, page);
    this.note(K.OP_INVPCID, type, 0);
    return 0;
  }
  postFlush(target: number): number {
    this.boundary();
    this.drain();
    const waits = (this.vcpu as Vcpu).post(target);
    this.note(K.OP_POST_FLUSH, target, waits);
    return waits;
  }
  userAccess(page: number, write: boolean): number {
    if (this.vcpu !== null) return this.virtualAccess(page, write);
    this.boundary();
    const outcome = this.machine.mmu.access(this.id, this.block, page, write);
    this.note(K.OP_USER_ACCESS, page, outcome);
    return outcome;
  }
  /** The same where a host may preempt the CPU in the middle, its address translated. */
  private virtualAccess(page: number, write: boolean): number {
    this.standsBefore = page * 2 + (write ? 1 : 0);
    this.boundary();
    this.standsBefore = -1;
    const done = this.doneByHost;
    this.doneByHost = -1;
    const outcome = done >= 0 ? done : this.machine.mmu.access(this.id, this.block, page, write);
    this.note(K.OP_USER_ACCESS, page, outcome);
    return outcome;
  }
  walk(page: number, write: boolean): number {
    this.boundary();
    const outcome = this.machine.mmu.walkStep(this.id, this.block, H.DEMAND, page, write);
    this.note(K.OP_WALK, page, outcome);
    return outcome;
  }
  faultEntry(page: number): number {
    this.boundary();
    this.drain();
    this.machine.mmu.dropPage(this.block, page);
    this.note(K.OP_FAULT, page, 0);
    return 0;
  }
  /** A level of a speculative walk: the environment's step, begun by the host between two boundaries. */
  speculate(page: number): void {
    const { mmu } = this.machine;
    const at = mmu.walking(this.block) ? mmu.speculativePage(this.block) : page;
    const outcome = mmu.walkStep(this.id, this.block, H.SPECULATIVE, at, false);
    this.note(K.STEP_WALK, at, outcome);
  }

  // Page tables and frames. Ghost words are stored before the entry, so that whoever sees the entry sees them.

  setPte(mm: number, key: number, address: number, value: number): number {
    this.boundary();
    const { machine } = this;
    const { ghost } = machine;
    const index = ghost.index(mm, key);
    const before = this.locked.load(address);
    const version = ghost.nextVersion(index);
    const after = withVersion(value, version & VERSION_MAX);
    const linked = ghost.linkedAlloc + address - machine.layout.framesBase;
    const alloc = machine.word(ghost.allocOf(pteFrame(value)));
    // The number is there before the entry that it belongs to comes, and goes after that entry has gone.
    if ((value & PTE_PRESENT) !== 0) this.put(linked, alloc);
    this.put(address, after);
    if ((value & PTE_PRESENT) === 0) this.put(linked, alloc);
    ghost.addChange(this.id, index, version, before, after);
    this.note(K.OP_SET_PTE, address, 0);
    this.host.stored(this.id, address);
    return 0;
  }
  ptepGetAndClear(mm: number, key: number, address: number): number {
    this.boundary();
    const { ghost } = this.machine;
    const index = ghost.index(mm, key);
    const version = ghost.nextVersion(index);
    const before = this.locked.exchange(address, withVersion(0, version & VERSION_MAX));
    ghost.addChange(this.id, index, version, before, 0);
    this.note(K.OP_PTEP_GET_AND_CLEAR, address, pteValue(before));
    this.host.changed(this.id, address);
    return pteValue(before);
  }
  ptepSetWrprotect(mm: number, key: number, address: number): number {
    this.boundary();
    const { ghost } = this.machine;
    const index = ghost.index(mm, key);
    const version = ghost.nextVersion(index);
    let before = this.locked.load(address);
    for (;;) {
      const seen = this.locked.compareExchange(address, before, withVersion(pteValue(before) & ~PTE_WRITE, version & VERSION_MAX));
      if (seen === before) break;
      before = seen;
    }
    ghost.addChange(this.id, index, version, before, pteValue(before) & ~PTE_WRITE);
    this.note(K.OP_PTEP_SET_WRPROTECT, address, pteValue(before));
    this.host.changed(this.id, address);
    return pteValue(before);
  }
  /** With no frame left it waits at boundaries: others free some, perhaps only after this CPU has served them. */
  allocFrame(owner: number): number {
    for (;;) {
      this.boundary();
      const frame = this.machine.frames.alloc(owner);
      if (frame >= 0) {
        this.note(K.OP_ALLOC_FRAME, owner, frame);
        return frame;
      }
      this.host.pause(this.id);
    }
  }
  freeFrame(frame: number): number {
    this.boundary();
    this.machine.frames.free(frame);
    this.note(K.OP_FREE_FRAME, frame, 0);
    return 0;
  }
  freeFrameRcu(frame: number): number {
    this.boundary();
    this.drain();
    this.machine.frames.freeAfterGracePeriod(frame);
    this.note(K.OP_FREE_FRAME_RCU, frame, 0);
    return 0;
  }

  // No instructions.

  peek(address: number): number {
    return this.mem[address];
  }
  poke(address: number, value: number): number {
    this.mem[address] = value;
    this.host.stored(this.id, address);
    return 0;
  }
  choose(n: number): number {
    return this.host.choose(this.id, n);
  }
  event(kind: number, a: number, b: number): number {
    this.machine.event(this.id, kind, a, b);
    return 0;
  }
  promise(mm: number, page: number, rights: number): number {
    this.machine.ghost.promise(this.id, mm, page, rights);
    return 0;
  }
  operationReturned(): number {
    this.machine.ghost.operationReturned(this.id);
    return 0;
  }
  newAddressSpace(mm: number): number {
    return this.machine.ghost.newAddressSpace(mm);
  }
  assert(condition: boolean, message: string): number {
    if (!condition) this.machine.report({ class: 'assertion', cpu: this.id, text: message });
    return 0;
  }
}

/** What is an operation of the explorer's CPU. */
type Operations = {
  [Name in keyof ExplorerCpu as ExplorerCpu[Name] extends (...args: never[]) => Op ? Name : never]: ExplorerCpu[Name] extends (
    ...args: infer Arguments
  ) => Op
    ? (...args: Arguments) => number
    : never;
};

/** Fails to compile when the two builds differ in an operation. */
export const sameOperations = (cpu: Cpu): Operations => cpu;
