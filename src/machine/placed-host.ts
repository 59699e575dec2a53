import { agentOf, HOST_AGENT, PREEMPT_AGENT } from './agents.js';
import type { Cpu } from './cpu.js';
import * as H from './hardware.js';
import * as HO from './host-operations.js';
import {
  HOST_NOTHING,
  HOST_PREEMPTED_IN_ACCESS_UNMARKED,
  HOST_PREEMPTED_UNMARKED,
  type HostLayout,
  Hypervisor,
} from './hypervisor.js';
import type { Layout } from './layout.js';
import type { Machine } from './machine.js';
import { ParkedTranslations, parkedWords } from './parked-translations.js';
import type { UnitPlan } from './unit.js';

/**
 * A host whose steps are protocol code, and which places virtual CPUs on physical ones. A VM exit puts the
 * host's code on top of the guest's, as an interrupt does: it runs on the vCPU's CPU, its stores go through
 * the store buffer of the processor, and it ends with the VM entry. What silicon does for it is here.
 *
 * There is a physical CPU more than there are virtual ones, so that a vCPU can move while all others run. A
 * TLB belongs to its physical CPU, its entries are tagged by VPID: those of the VPID that runs are in the
 * vCPU's hardware block, the others are parked (parked-translations.ts).
 */

/** H.VCPU_IN_ACCESS of an access that is done: this and its outcome. */
const OUTCOME = 3;

/** H.VCPU_STATE of a vCPU whose host's code runs. */
export const VCPU_IN_HOST = 3;

/** Words of the physical CPUs, and what the host's code keeps of each vCPU (kernel/kvm-host.ts). */
export function placedHost(layout: Layout, cpus: number): UnitPlan {
  const ofVcpu = (name: string): number[] =>
    Array.from({ length: cpus }, (_, cpu) => layout.allocOf(cpu, name));
  const ofPcpu = (name: string, words: number): number[] =>
    Array.from({ length: cpus + 1 }, (_, pcpu) => layout.alloc(`pcpu${pcpu}.${name}`, words, 'hidden'));
  const words = {
    stPreempted: ofVcpu('vcpu.st_preempted'),
    pageMoved: ofVcpu('vcpu.page_moved'),
    vpid: ofVcpu('vcpu.vpid'),
    lastPcpu: ofVcpu('vcpu.cpu'),
    requests: ofVcpu('vcpu.requests'),
    pcpu: ofVcpu('vcpu.pcpu'),
    taken: ofPcpu('taken', 1),
    parked: ofPcpu('tlb', parkedWords),
  };
  return { words, makeHost: (machine, host) => new PlacedHost(machine, host, words) };
}

interface PlacementWords {
  /** Per vCPU: the physical CPU that it is on, + 1; 0: the one of its own number, where it began. */
  readonly pcpu: readonly number[];
  /** Per physical CPU: 0 while the vCPU of its number has not moved; vCPU + 1; or FREE. */
  readonly taken: readonly number[];
  readonly parked: readonly number[];
}

const FREE = -1;

export class PlacedHost extends Hypervisor {
  override readonly moves = { [PREEMPT_AGENT]: (cpu: Cpu) => this.exit(cpu) };
  override readonly hasCode = true;
  private readonly parked: ParkedTranslations;

  constructor(
    machine: Machine,
    host: HostLayout,
    private readonly words: PlacementWords,
  ) {
    super(machine, host);
    this.parked = new ParkedTranslations(machine.mem, words.parked);
  }

  /** The host's code runs on the vCPU's CPU. */
  override executes(): boolean {
    return true;
  }

  override refresh(id: number): void {
    this.machine.enabled.remove(agentOf(id, HOST_AGENT));
  }

  /** The environment's step: a VM exit, wherever the guest stands. */
  private exit(cpu: Cpu): number {
    const { machine } = this;
    const { mem, enabled } = machine;
    const block = machine.block(cpu.id);
    enabled.remove(agentOf(cpu.id, PREEMPT_AGENT));
    if (!this.running(cpu.id) || this.isLeftAlone(cpu)) return HOST_NOTHING;
    const inAccess = this.latch(cpu, block);
    machine.exit(cpu.id);
    mem[block + H.VCPU_STATE] = VCPU_IN_HOST;
    machine.beginHostCode(cpu);
    return inAccess ? HOST_PREEMPTED_IN_ACCESS_UNMARKED : HOST_PREEMPTED_UNMARKED;
  }

  override operate(cpu: Cpu, what: number, vpid: number, page: number): number {
    const { id } = cpu;
    const { mem } = this.machine;
    const block = this.machine.block(id);
    if (mem[block + H.VCPU_STATE] !== VCPU_IN_HOST)
      throw this.machine.refusal(`CPU${id}: a step of the host in the guest`);
    switch (what) {
      case HO.HOST_OP_REASON:
        return mem[block + H.VCPU_IN_ACCESS];
      case HO.HOST_OP_PUT:
        return this.put(id, block, vpid);
      case HO.HOST_OP_PLACE:
        return this.place(id, block, vpid);
      case HO.HOST_OP_COMPLETE_ACCESS:
        return this.complete(cpu, block);
      case HO.HOST_OP_ENTER:
        return this.enterGuest(cpu, block);
      default:
        return this.invvpid(id, block, what, vpid, page);
    }
  }

  private pcpuOf(id: number): number {
    const placed = this.machine.mem[this.words.pcpu[id]];
    return placed === 0 ? id : placed - 1;
  }

  private isFree(pcpu: number): boolean {
    const taken = this.machine.mem[this.words.taken[pcpu]];
    return taken === FREE || (taken === 0 && pcpu === this.machine.cpus.length);
  }

  /** The vCPU leaves its physical CPU: what is cached under its VPID stays there. */
  private put(id: number, block: number, vpid: number): number {
    const pcpu = this.pcpuOf(id);
    this.parked.park(pcpu, block, vpid);
    this.machine.mem[this.words.taken[pcpu]] = FREE;
    return pcpu;
  }

  /**
   * Onto a physical CPU that is free, the one that it was on if the answer is 0 and that is free: what is
   * cached there under its VPID is the vCPU's again. Answers its number.
   */
  private place(id: number, block: number, vpid: number): number {
    const { machine, words } = this;
    const before = this.pcpuOf(id);
    const free = words.taken.map((_, pcpu) => pcpu).filter((pcpu) => this.isFree(pcpu));
    if (free.includes(before)) free.unshift(...free.splice(free.indexOf(before), 1));
    const pcpu = free[free.length === 1 ? 0 : machine.choose(free.length)];
    machine.mem[words.taken[pcpu]] = id + 1;
    machine.mem[words.pcpu[id]] = pcpu + 1;
    this.parked.take(pcpu, block, vpid);
    return pcpu;
  }

  /** INVVPID on the physical CPU that the vCPU is on, or INVEPT, which drops all that VPIDs have cached. */
  private invvpid(id: number, block: number, what: number, vpid: number, page: number): number {
    const { machine } = this;
    if (what === HO.HOST_OP_INVVPID_ADDRESS) machine.mmu.hostFlushAddress(block, page);
    else {
      machine.mmu.hostFlush(block);
      if (what === HO.HOST_OP_INVVPID_ALL) this.parked.drop(this.pcpuOf(id));
    }
    machine.mem[block + H.VCPU_OWED] = 1;
    return vpid;
  }

  /** The emulated access, through the translation that was made before the exit. */
  private complete(cpu: Cpu, block: number): number {
    const { machine } = this;
    const [page, isWrite] = machine.interrupts.interrupted(cpu);
    const outcome = machine.mmu.accessThrough(cpu.id, block + H.LATCH_BASE, page, isWrite !== 0);
    machine.drain(cpu.id);
    machine.mem[block + H.VCPU_IN_ACCESS] = OUTCOME + outcome;
    return outcome;
  }

  /** VM entry: the last operation of the host's code. */
  private enterGuest(cpu: Cpu, block: number): number {
    const { machine } = this;
    const { mem } = machine;
    const isFlushed = mem[block + H.VCPU_OWED] !== 0;
    // The guest's interrupt flag is its own all the while.
    cpu.saved.pop();
    mem[block + H.VCPU_OWED] = 0;
    mem[block + H.VCPU_STATE] = 0;
    mem[block + H.VCPU_ENTRIES]++;
    machine.observer.vcpuEntered(cpu.id, isFlushed);
    machine.refreshVcpu(cpu.id);
    return isFlushed ? 1 : 0;
  }

  /** The outcome of the access that the vCPU stood before and that is done, or -1; asked once. */
  override takeOutcome(id: number): number {
    const { mem } = this.machine;
    const word = this.machine.block(id) + H.VCPU_IN_ACCESS;
    if (mem[word] < OUTCOME) return -1;
    const outcome = mem[word] - OUTCOME;
    mem[word] = 0;
    return outcome;
  }
}
