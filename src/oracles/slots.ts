import type { KernelConfig } from '../kernel/kernel-cpu.js';
import { packedGen } from '../kernel/packed-slots.js';
import { Ghost } from '../machine/ghost.js';
import * as H from '../machine/hardware.js';
import type { JudgedMachine } from '../machine/ports.js';

/** What the running owner's slots say, as the owner sees them (its own buffered stores included). */
export class Slots {
  private readonly mms: KernelConfig['layout']['mms'];
  private readonly cpus: KernelConfig['layout']['cpus'];
  private readonly globalAsids: readonly number[];
  private readonly pcid: boolean;
  private readonly packed: boolean;

  constructor(
    private readonly machine: JudgedMachine,
    kernel: KernelConfig,
  ) {
    this.mms = kernel.layout.mms;
    this.cpus = kernel.layout.cpus;
    this.globalAsids = kernel.layout.globalAsids.asid;
    this.pcid = kernel.scenario.pcid;
    this.packed = kernel.packedTagBits > 0;
  }

  count(cpu: number): number {
    return this.cpus[cpu].tlbstate.ctxs.length;
  }

  ctxId(cpu: number, asid: number): number {
    return this.machine.load(cpu, this.cpus[cpu].tlbstate.ctxs[asid].ctxId);
  }

  tlbGen(cpu: number, asid: number): number {
    const word = this.machine.load(cpu, this.cpus[cpu].tlbstate.ctxs[asid].tlbGen);
    return this.packed ? packedGen(word) : word;
  }

  /** The slot whose PCID an entry carries; without PCIDs there is one. */
  asidOfKey(key: number): number {
    return this.pcid ? (key >> 8) - 1 : 0;
  }

  /** The handle of the mm that owns the address space, if it lives and has this ctx_id; else -1. */
  mmOf(addressSpace: number, ctxId: number): number {
    const mm = Ghost.mmOf(addressSpace);
    if (this.machine.ghost.addressSpace(mm) !== addressSpace) return -1;
    return this.machine.word(this.mms[mm].ctxId) === ctxId ? mm : -1;
  }

  /**
   * Whether the slot is one that nobody looks at any more: its mm has got a global ASID, for life, and the
   * CPU has gone over to that, or runs something else.
   */
  isLeft(cpu: number, asid: number, mm: number): boolean {
    const globalAsid = this.globalAsids[mm];
    if (globalAsid === undefined || this.machine.word(globalAsid) === 0) return false;
    return this.machine.load(cpu, this.cpus[cpu].tlbstate.loadedMmAsid) !== asid;
  }

  /** The live mm with this ctx_id, or -1. */
  mmWithCtxId(ctxId: number): number {
    for (let mm = 0; mm < this.mms.length; mm++)
      if (this.machine.word(this.mms[mm].ctxId) === ctxId) return mm;
    return -1;
  }

  mmTlbGen(mm: number): number {
    return this.machine.word(this.mms[mm].tlbGen);
  }

  /** First word of the CPU's hardware block. */
  block(cpu: number): number {
    return this.machine.block(cpu);
  }

  /** Words of the lists of cached translations: leaf entries, then paging-structure entries. */
  static readonly LISTS = [
    { count: H.TLB_COUNT, base: H.TLB_BASE, structure: false },
    { count: H.PSC_COUNT, base: H.PSC_BASE, structure: true },
  ] as const;
}
