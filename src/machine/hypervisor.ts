import { agentOf, HOST_AGENT, PREEMPT_AGENT, SERVICE_AGENT } from './agents.js';
import type { Cpu } from './cpu.js';
import * as H from './hardware.js';
import { EXIT_EMULATES, EXIT_TO_USER_SPACE } from './host-operations.js';
import { flushAsInputPage } from './hyperv-request.js';
import type { Machine } from './machine.js';
import * as K from './op-kinds.js';
import type { Program } from './program.js';
import type { Unit } from './unit.js';

/**
 * The host of virtual CPUs: takes them off their processor and brings them back, says so in a byte that
 * guests read, and flushes TLBs that a guest asked for by hypercall. Part A21 of the reference (KVM) with the
 * request handling that A23 (Hyper-V) needs.
 *
 * A vCPU's way: running, out (its stores drained, its walks ended, marked preempted if the host marks),
 * perhaps copied (a host that clears the mark in two steps), running again. Taking it off and marking it are
 * one step, and so are taking the mark, the flush that is owed and the entry: between them others see a vCPU
 * that runs and does not move, which is not told apart from one that is not scheduled. Taking a vCPU off is
 * the environment's step; every other one is the host agent's, an obligation.
 */

/** How a host behaves; the defaults are those of a correct one. */
export interface HostBehaviour {
  /** Marks vCPUs that it takes off as preempted, in the byte that it shares with the guest. */
  readonly marks: boolean;
  /**
   * Takes the mark, and the flush request with it, by one exchange; else it reads a copy and later writes the
   * byte back (B27).
   */
  readonly clearsAtomically: boolean;
  /**
   * Marks only vCPUs that stopped between two instructions, not those in the middle of one that the host
   * emulates (B29).
   */
  readonly marksAtBoundaryOnly: boolean;
  /** Remembers that it has marked, and does not store the mark again over a flush request (B28). */
  readonly remembersMark: boolean;
  /**
   * Reaches the byte where the guest's page is now; else the page may have been moved, when the vCPU comes
   * back, and from then on the host marks and clears what the guest does not look at any more (B30).
   */
  readonly followsPage: boolean;
  /**
   * Marks no vCPU that is out because user space emulates something for it, an access perhaps whose address
   * is translated already (B31).
   */
  readonly marksPreemptedOnly: boolean;
  /**
   * Marks a vCPU that has halted by itself, which is no preemption, as if it were one: hosts did so until
   * they looked at why the vCPU had left. Else a halted vCPU is as one that runs: whom it concerns sends an
   * IPI, which wakes it.
   */
  readonly marksHalted: boolean;
  /** A flush at entry drops everything; else the PCID that is loaded only. */
  readonly flushesAllPcids: boolean;
}

/** Words that hosts and guests share, and how the host behaves. */
export interface HostLayout {
  readonly behaviour: HostBehaviour;
  /** Per vCPU: the byte `kvm_steal_time.preempted`. */
  readonly preempted: readonly number[];
  /** Per vCPU: CPUs whose requests it has not served, a bit each; first of the mask's words. */
  readonly requests: readonly number[];
  /** Per requester: vCPUs that have not served its request yet. */
  readonly outstanding: readonly number[];
  /** Per requester: what is to be flushed, three words: one of FLUSH_*, first page, page after the last. */
  readonly wanted: readonly number[];
  /**
   * Per vCPU, for FLUSH_PARK: the guest's is_lazy; what the host stores when it has parked the vCPU; the root
   * that it loads.
   */
  readonly isLazy: readonly number[];
  readonly parked: readonly number[];
  readonly parkRoot: number;
}

/** Bits of `kvm_steal_time.preempted` (A21). */
export const KVM_VCPU_PREEMPTED = 1;
export const KVM_VCPU_FLUSH_TLB = 2;

/**
 * What a request asks for: everything; the loaded PCID; pages of any PCID and all paging-structure entries;
 * everything, and leave the mm; what a Hyper-V guest's input page says (hyperv-request.ts).
 */
export const FLUSH_EVERYTHING = 0;
export const FLUSH_LOADED_PCID = 1;
export const FLUSH_PAGES = 2;
export const FLUSH_PARK = 3;
export const FLUSH_INPUT_PAGE = 4;
export const WANTED_WORDS = 3;

/** Values of H.VCPU_STATE. */
export const VCPU_RUNNING = 0;
export const VCPU_OUT = 1;
export const VCPU_COPIED = 2;

/** What a step of the host did: operand of the recorded step. */
export const HOST_PREEMPTED = 1;
export const HOST_PREEMPTED_UNMARKED = 2;
export const HOST_PREEMPTED_IN_ACCESS = 3;
export const HOST_PREEMPTED_IN_ACCESS_UNMARKED = 4;
export const HOST_NOTHING = 5;
export const HOST_COPIED = 6;
export const HOST_ENTERED = 7;
export const HOST_ENTERED_FLUSHED = 8;
export const HOST_ENTERED_LOST = 9;
export const HOST_COMPLETED_ACCESS = 10;
export const HOST_SERVED = 11;
export const HOST_LEFT_FOR_USER_SPACE = 12;
export const HOST_ENTERED_MARKED = 13;
export const HOST_MARKED_AGAIN = 14;

/** Bits of H.VCPU_MARKED: the host has marked the vCPU; its mapping is of a page that the guest has left. */
const MARKED = 1;
export const PAGE_MOVED = 2;

export class Hypervisor implements Unit {
  /** Whether the host's steps are code that runs on the vCPU's CPU. */
  readonly hasCode: boolean = false;
  readonly moves: Unit['moves'] = {
    [HOST_AGENT]: (cpu: Cpu) => this.stepHost(cpu),
    [SERVICE_AGENT]: ({ id }: Cpu) => this.serve(id),
    [PREEMPT_AGENT]: (cpu: Cpu) => this.preempt(cpu),
  };
  protected readonly mem: Int32Array;
  private readonly maskWords: number;
  private readonly behaviour: HostBehaviour;

  constructor(
    protected readonly machine: Machine,
    private readonly layout: HostLayout,
  ) {
    this.mem = machine.mem;
    this.maskWords = Math.ceil(machine.program.cpus / 32);
    this.behaviour = layout.behaviour;
  }

  running(id: number): boolean {
    return this.mem[this.machine.block(id) + H.VCPU_STATE] === VCPU_RUNNING;
  }

  /** Whether code runs on the vCPU's CPU: the guest's, or the host's. */
  executes(id: number): boolean {
    return this.running(id);
  }

  /** Of an access that the host's code has completed the outcome, once; -1: there was none. */
  takeOutcome(_id: number): number {
    return -1;
  }

  /** An operation of the host's code; answers its result, or throws a refusal. This host has no code. */
  operate(cpu: Cpu, _what: number, _vpid: number, _page: number): number {
    throw this.machine.refusal(`CPU${cpu.id}: a step of the host, whose steps are no code`);
  }

  /** A number that changes whenever the host has done something for this vCPU. */
  progress(id: number): number {
    const block = this.machine.block(id);
    return (
      this.mem[block + H.VCPU_STATE] +
      4 * this.mem[block + H.VCPU_MARKED] +
      8 * this.mem[block + H.VCPU_IN_ACCESS] +
      16 * this.mem[block + H.VCPU_ENTRIES]
    );
  }

  hasRequests(id: number): boolean {
    for (let word = 0; word < this.maskWords; word++)
      if (this.mem[this.layout.requests[id] + word] !== 0) return true;
    return false;
  }

  /** Which of the host's agents can move for this vCPU. */
  refresh(id: number): void {
    const { enabled } = this.machine;
    const running = this.running(id);
    if (running) enabled.remove(agentOf(id, HOST_AGENT));
    else enabled.add(agentOf(id, HOST_AGENT));
    if (running && this.hasRequests(id)) enabled.add(agentOf(id, SERVICE_AGENT));
    else enabled.remove(agentOf(id, SERVICE_AGENT));
  }

  /** The environment's step: the vCPU is taken off its processor, wherever it stands. */
  preempt(cpu: Cpu): number {
    const { machine, mem, layout, behaviour } = this;
    const id = cpu.id;
    const block = machine.block(id);
    machine.enabled.remove(agentOf(id, PREEMPT_AGENT));
    if (!this.running(id)) {
      // Scheduled in and out again before it ran: a host that does not remember stores its mark over a flush
      // request.
      const again = behaviour.marks && !behaviour.remembersMark && mem[block + H.VCPU_MARKED] === MARKED;
      if (again && (mem[layout.preempted[id]] & KVM_VCPU_FLUSH_TLB) !== 0) {
        machine.observer.hostLostFlush(id);
        machine.commit(id, layout.preempted[id], KVM_VCPU_PREEMPTED);
        return HOST_MARKED_AGAIN;
      }
      return HOST_NOTHING;
    }
    if (this.isLeftAlone(cpu)) return HOST_NOTHING;
    const inAccess = this.latch(cpu, block);
    machine.exit(id);
    mem[block + H.VCPU_STATE] = VCPU_OUT;
    // What was posted meanwhile is served by the exit, unless an access is still to complete with a
    // translation already made.
    if (!inAccess) this.serve(id);
    const marked = this.mark(id, block);
    machine.refreshVcpu(id);
    if (mem[block + H.VCPU_IN_ACCESS] === EXIT_TO_USER_SPACE) return HOST_LEFT_FOR_USER_SPACE;
    if (inAccess) return marked ? HOST_PREEMPTED_IN_ACCESS : HOST_PREEMPTED_IN_ACCESS_UNMARKED;
    return marked ? HOST_PREEMPTED : HOST_PREEMPTED_UNMARKED;
  }

  /** An idle CPU halts by itself: that is no preemption to a host that tells the two apart. */
  protected isLeftAlone({ code }: Cpu): boolean {
    return code.idle && !this.behaviour.marksHalted;
  }

  /**
   * The exit may come in the middle of a user access that the host emulates, its address already translated
   * (B29), or that its user space emulates (B31): whether that is so makes a difference to a host only that
   * marks the vCPU nonetheless.
   */
  protected latch(cpu: Cpu, block: number): boolean {
    const { machine, mem } = this;
    const { kind, a: page, b: write } = cpu.pending;
    if (cpu.code.idle || kind !== K.OP_USER_ACCESS) return false;
    const entry = machine.mmu.usableEntry(block, page, write !== 0);
    if (entry < 0) return false;
    const emulatedBy = machine.choose(
      this.behaviour.marksPreemptedOnly ? EXIT_TO_USER_SPACE : EXIT_TO_USER_SPACE + 1,
    );
    if (emulatedBy === 0) return false;
    mem.copyWithin(block + H.LATCH_BASE, entry, entry + H.TLB_WORDS);
    mem[block + H.VCPU_IN_ACCESS] = emulatedBy;
    return true;
  }

  /** The host agent's step. */
  stepHost(cpu: Cpu): number {
    const { mem } = this;
    const id = cpu.id;
    const block = this.machine.block(id);
    if (mem[block + H.VCPU_IN_ACCESS] !== 0) return this.completeAccess(cpu, block);
    return mem[block + H.VCPU_STATE] === VCPU_COPIED
      ? this.writeBack(id, block)
      : this.recordStealTime(id, block);
  }

  /**
   * `kvm_steal_time_set_preempted`. A plain store is enough: the byte is 0, since guests ask only where they
   * see the mark.
   */
  private mark(id: number, block: number): boolean {
    const { machine, mem, layout, behaviour } = this;
    if (
      !behaviour.marks ||
      (mem[block + H.VCPU_IN_ACCESS] === EXIT_EMULATES && behaviour.marksAtBoundaryOnly)
    )
      return false;
    if ((mem[block + H.VCPU_MARKED] & PAGE_MOVED) === 0)
      machine.commit(id, layout.preempted[id], KVM_VCPU_PREEMPTED);
    mem[block + H.VCPU_MARKED] |= MARKED;
    return true;
  }

  /** The emulated access is done with the translation that was made before the exit. */
  private completeAccess(cpu: Cpu, block: number): number {
    const { machine, mem } = this;
    mem[block + H.VCPU_IN_ACCESS] = 0;
    machine.completeAccess(cpu, block + H.LATCH_BASE);
    return HOST_COMPLETED_ACCESS;
  }

  /** `record_steal_time`: takes the mark, and learns whether a flush is owed. */
  private recordStealTime(id: number, block: number): number {
    const { machine, mem, layout, behaviour } = this;
    if ((mem[block + H.VCPU_MARKED] & MARKED) === 0) return this.enter(id, block);
    if (!behaviour.followsPage) this.movePage(block);
    if ((mem[block + H.VCPU_MARKED] & PAGE_MOVED) !== 0) {
      // B30: what it takes and clears is in the page that the guest has left; the guest goes on seeing the
      // mark.
      mem[block + H.VCPU_MARKED] = PAGE_MOVED;
      this.enter(id, block);
      return HOST_ENTERED_MARKED;
    }
    if ((mem[layout.preempted[id]] & KVM_VCPU_FLUSH_TLB) !== 0) mem[block + H.VCPU_OWED] = 1;
    mem[block + H.VCPU_MARKED] = 0;
    if (!behaviour.clearsAtomically) {
      mem[block + H.VCPU_STATE] = VCPU_COPIED;
      return HOST_COPIED;
    }
    machine.commit(id, layout.preempted[id], 0);
    return this.enter(id, block);
  }

  /** The page may have been moved, its content with it, since the host made its mapping; for good then. */
  private movePage(block: number): void {
    const { machine, mem } = this;
    if ((mem[block + H.VCPU_MARKED] & PAGE_MOVED) === 0 && machine.choose(2) !== 0)
      mem[block + H.VCPU_MARKED] |= PAGE_MOVED;
  }

  /** B27: the copy goes back, over whatever a guest has asked for since it was made. */
  private writeBack(id: number, block: number): number {
    const { machine, mem, layout } = this;
    const lost = (mem[layout.preempted[id]] & KVM_VCPU_FLUSH_TLB) !== 0 && mem[block + H.VCPU_OWED] === 0;
    machine.commit(id, layout.preempted[id], 0);
    if (lost) machine.observer.hostLostFlush(id);
    const entered = this.enter(id, block);
    return lost ? HOST_ENTERED_LOST : entered;
  }

  /** VM entry, after the flush that is owed. */
  private enter(id: number, block: number): number {
    const { machine, mem } = this;
    const owed = mem[block + H.VCPU_OWED] !== 0;
    if (owed) {
      if (this.behaviour.flushesAllPcids) machine.mmu.hostFlush(block);
      else machine.mmu.invpcid(block, 1, mem[block + H.CR3_PCID], 0);
      mem[block + H.VCPU_OWED] = 0;
    }
    mem[block + H.VCPU_STATE] = VCPU_RUNNING;
    mem[block + H.VCPU_ENTRIES]++;
    machine.observer.vcpuEntered(id, owed);
    machine.refreshVcpu(id);
    return owed ? HOST_ENTERED_FLUSHED : HOST_ENTERED;
  }

  /**
   * A hypercall's part for one target. Answers 1 if the requester has to wait for the target, 0 if the target
   * is out and is flushed before it runs again. A target that is out with an access under way is waited for:
   * its translation is made already.
   */
  post(requester: number, target: number): number {
    const { machine, mem, layout } = this;
    const block = machine.block(target);
    if (mem[block + H.VCPU_STATE] !== VCPU_RUNNING && mem[block + H.VCPU_IN_ACCESS] === 0) {
      this.flush(requester, target, block);
      return 0;
    }
    mem[layout.requests[target] + (requester >> 5)] |= 1 << (requester & 31);
    machine.commit(requester, layout.outstanding[requester], mem[layout.outstanding[requester]] + 1);
    this.refresh(target);
    return 1;
  }

  /** Serves what was posted to a vCPU, at a boundary between two of its instructions. */
  serve(id: number): number {
    const { machine, mem, layout } = this;
    const block = machine.block(id);
    // It leaves the guest for this: stores that it made through what is dropped now are in memory before the
    // requester goes on.
    machine.drain(id);
    for (let word = 0; word < this.maskWords; word++) {
      let bits = mem[layout.requests[id] + word];
      mem[layout.requests[id] + word] = 0;
      while (bits !== 0) {
        const requester = word * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        machine.observer.hostServed(id);
        this.flush(requester, id, block);
        machine.commit(id, layout.outstanding[requester], mem[layout.outstanding[requester]] - 1);
      }
    }
    this.refresh(id);
    return HOST_SERVED;
  }

  private flush(requester: number, target: number, block: number): void {
    const { machine, mem, layout } = this;
    const wanted = layout.wanted[requester];
    switch (mem[wanted]) {
      case FLUSH_LOADED_PCID:
        machine.mmu.invpcid(block, 1, mem[block + H.CR3_PCID], 0);
        return;
      case FLUSH_PAGES:
        machine.mmu.hostFlushPages(block, mem[wanted + 1], mem[wanted + 2]);
        return;
      case FLUSH_INPUT_PAGE:
        flushAsInputPage(machine.mmu, mem, block, mem[wanted + 1], mem[wanted + 2]);
        return;
      case FLUSH_PARK:
        machine.mmu.hostFlush(block);
        // Only a CPU that is lazy now: it uses no user address before it has looked at what is stored here.
        if (mem[layout.isLazy[target]] === 0) return;
        machine.mmu.writeCr3(block, layout.parkRoot, mem[block + H.CR3_PCID], false);
        machine.commit(target, layout.parked[target], 1);
        return;
      default:
        machine.mmu.hostFlush(block);
    }
  }
}

/** The host of a machine that runs the program: none, the program's own, or the usual one. */
export function hostOf(machine: Machine, { host, unit }: Program): Hypervisor | null {
  if (host == null) return null;
  return unit?.makeHost?.(machine, host) ?? new Hypervisor(machine, host);
}
