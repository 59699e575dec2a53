import * as H from '../hardware.js';
import { flushAsInputPage } from '../hyperv-request.js';
import {
  FLUSH_INPUT_PAGE,
  FLUSH_LOADED_PCID,
  FLUSH_PAGES,
  FLUSH_PARK,
  type HostBehaviour,
  type HostLayout,
  KVM_VCPU_FLUSH_TLB,
  KVM_VCPU_PREEMPTED,
  PAGE_MOVED,
} from '../hypervisor.js';
import { askFor } from './attention.js';
import type { Machine } from './machine.js';
import { ATTEND_REQUEST, type ControlWords, type Runner } from './runner.js';

/**
 * The host of this thread's virtual CPU: the stripped build's twin of machine/hypervisor.ts, with the same
 * words. The thread plays its own host: at a boundary it goes out, which others see in the state word,
 * sleeps, and comes back by the same steps.
 *
 * State word: 0 while it runs, OUT while it is out, with OWED once somebody has made it owe a flush. Who
 * posts a request looks at this word after the request is visible, and who goes out looks for requests after
 * the word says so, both by locked operations: one of them sees the other. A request that neither has dealt
 * with waits for the entry, and its requester with it.
 */
const OUT = 1;
const OWED = 2;
/**
 * The access that the vCPU stood before is under way with a translation already made: who wants it flushed
 * has to wait.
 */
const IN_ACCESS = 4;

export class Vcpu {
  private readonly mem: Int32Array;
  private readonly control: ControlWords;
  private readonly behaviour: HostBehaviour;
  private readonly block: number;
  private readonly maskWords: number;

  constructor(
    private readonly machine: Machine,
    private readonly runner: Runner,
    private readonly layout: HostLayout,
    private readonly id: number,
  ) {
    this.mem = machine.mem;
    this.control = machine.control;
    this.behaviour = layout.behaviour;
    this.block = machine.block(id);
    this.maskWords = Math.ceil(machine.program.cpus / 32);
  }

  /**
   * Out and in again. `page` is that of the user access that comes next, or -1: in half of the cases its
   * translation is latched, and the access is done before the entry; answers its outcome then, else -1.
   */
  preempt(page: number, write: boolean): number {
    const { mem, block, behaviour, machine } = this;
    const entry = page < 0 ? -1 : machine.mmu.usableEntry(block, page, write);
    const inAccess = entry >= 0 && this.runner.choose(this.id, 2) !== 0;
    machine.mmu.endWalks(block);
    if (inAccess) mem.copyWithin(block + H.LATCH_BASE, entry, entry + H.TLB_WORDS);
    // A locked store: what the vCPU stored before is in memory, as after any exit.
    Atomics.store(mem, block + H.VCPU_STATE, inAccess ? OUT | IN_ACCESS : OUT);
    if (!inAccess) this.serve();
    // Whether the host or its user space emulates an access is chance, where that makes a difference.
    const isOfUserSpace = inAccess && !behaviour.marksPreemptedOnly && this.runner.choose(this.id, 2) !== 0;
    const marked = behaviour.marks && (!inAccess || isOfUserSpace || !behaviour.marksAtBoundaryOnly);
    if (marked && mem[block + H.VCPU_MARKED] !== PAGE_MOVED) {
      Atomics.store(mem, this.layout.preempted[this.id], KVM_VCPU_PREEMPTED);
      this.runner.changed(this.id, this.layout.preempted[this.id]);
    }
    this.runner.out(this.id);
    const outcome = inAccess ? machine.mmu.accessThrough(this.id, block + H.LATCH_BASE, page, write) : -1;
    const owed = marked && this.recordStealTime();
    this.enter(owed);
    return outcome;
  }

  /** `record_steal_time`; whether a guest had asked for a flush. */
  private recordStealTime(): boolean {
    const { mem, behaviour } = this;
    const byte = this.layout.preempted[this.id];
    // B30: the page may have been moved; what the host clears is not what guests look at from then on.
    if (!behaviour.followsPage && this.hasMoved()) return false;
    if (behaviour.clearsAtomically) return (this.clear(byte) & KVM_VCPU_FLUSH_TLB) !== 0;
    // B27: a copy now, the byte written back later.
    const copy = Atomics.load(mem, byte);
    this.runner.pause(this.id);
    const overwritten = this.clear(byte);
    if ((overwritten & ~copy & KVM_VCPU_FLUSH_TLB) !== 0) this.machine.observer.hostLostFlush(this.id);
    return (copy & KVM_VCPU_FLUSH_TLB) !== 0;
  }

  private hasMoved(): boolean {
    const marked = this.block + H.VCPU_MARKED;
    if (this.mem[marked] !== PAGE_MOVED && this.runner.choose(this.id, 2) !== 0)
      this.mem[marked] = PAGE_MOVED;
    return this.mem[marked] === PAGE_MOVED;
  }

  private clear(byte: number): number {
    const old = Atomics.exchange(this.mem, byte, 0);
    this.runner.changed(this.id, byte);
    return old;
  }

  private enter(asked: boolean): void {
    const { mem, block, machine } = this;
    const state = Atomics.exchange(mem, block + H.VCPU_STATE, 0);
    const owed = asked || (state & OWED) !== 0;
    if (owed) {
      if (this.behaviour.flushesAllPcids) machine.mmu.hostFlush(block);
      else machine.mmu.invpcid(block, 1, mem[block + H.CR3_PCID], 0);
    }
    machine.observer.vcpuEntered(this.id, owed);
  }

  /** A hypercall's part for one target: see Hypervisor.post. */
  post(target: number): number {
    const { mem, layout, id, control } = this;
    const stateWord = this.machine.block(target) + H.VCPU_STATE;
    for (;;) {
      const state = Atomics.load(mem, stateWord);
      if ((state & OUT) === 0 || (state & IN_ACCESS) !== 0) break;
      if (Atomics.compareExchange(mem, stateWord, state, state | OWED) === state) return 0;
    }
    // Counted before the request can be served.
    Atomics.add(mem, layout.outstanding[id], 1);
    Atomics.or(mem, layout.requests[target] + (id >> 5), 1 << (id & 31));
    if (askFor(control.locked, control.attention(target), ATTEND_REQUEST)) this.runner.ring(id, target);
    return 1;
  }

  /**
   * Serves what was posted, at a boundary, whatever the interrupt flag says; what the CPU stored before is in
   * memory by then.
   */
  serve(): void {
    const { mem, layout, id } = this;
    for (let word = 0; word < this.maskWords; word++) {
      let bits = Atomics.exchange(mem, layout.requests[id] + word, 0);
      while (bits !== 0) {
        const requester = word * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        this.flush(requester);
        Atomics.sub(mem, layout.outstanding[requester], 1);
        this.runner.changed(id, layout.outstanding[requester]);
      }
    }
  }

  private flush(requester: number): void {
    const { mem, block, layout, machine, id } = this;
    const wanted = layout.wanted[requester];
    switch (Atomics.load(mem, wanted)) {
      case FLUSH_LOADED_PCID:
        machine.mmu.invpcid(block, 1, mem[block + H.CR3_PCID], 0);
        return;
      case FLUSH_PAGES:
        machine.mmu.hostFlushPages(block, Atomics.load(mem, wanted + 1), Atomics.load(mem, wanted + 2));
        return;
      case FLUSH_INPUT_PAGE:
        // Written before the request, by the CPU that waits until this is done.
        flushAsInputPage(machine.mmu, mem, block, mem[wanted + 1], mem[wanted + 2]);
        return;
      case FLUSH_PARK:
        machine.mmu.hostFlush(block);
        if (Atomics.load(mem, layout.isLazy[id]) === 0) return;
        machine.mmu.writeCr3(block, layout.parkRoot, mem[block + H.CR3_PCID], false);
        Atomics.store(mem, layout.parked[id], 1);
        this.runner.changed(id, layout.parked[id]);
        return;
      default:
        machine.mmu.hostFlush(block);
    }
  }
}
