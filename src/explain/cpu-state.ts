import * as H from '../machine/hardware.js';
import { VCPU_RUNNING } from '../machine/hypervisor.js';
import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import { formatPte } from '../machine/pte.js';
import { describeStore } from './describe.js';
import type { RawStep } from './raw-step.js';
import { bufferedStores } from './recorder.js';
import type { Teller } from './teller.js';

/** How a CPU stands between two steps, in words. */
export interface CpuState {
  readonly cpu: number;
  /** Stores that wait in its store buffer, oldest first: `loaded_mm=SWITCHING`. */
  readonly buffer: readonly string[];
  /** Whether interrupts are enabled. */
  readonly interrupts: boolean;
  /** What was sent to it and is not delivered yet: `IPI`, `NMI`. */
  readonly pending: readonly string[];
  /** Spin locks that it has taken and not given back. */
  readonly locks: readonly string[];
  /**
   * What else there is to say: `loaded_mm B` (as others see it), `lazy`, `PCID 5`, `taken off by the host`.
   */
  readonly notes: readonly string[];
  /** Its TLB, oldest entry first: `page 0 of PCID 5: frame 4 WUAD`; null in a machine without one. */
  readonly tlb: readonly string[] | null;
}

/**
 * Keeps how CPUs stand, during an execution: names of page-table entries and holders of locks are those of
 * the moment.
 */
export class StateLog {
  /** Before the first step. */
  readonly start: CpuState[] = [];
  /** By step: the CPUs that it has changed. */
  readonly changed: CpuState[][] = [];
  private readonly held: Set<number>[];
  private readonly told: string[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly teller: Pick<Teller, 'names' | 'notes'>,
  ) {
    this.held = machine.cpus.map(() => new Set());
  }

  /** Every CPU stands before its first operation. */
  begin(): void {
    for (const { id } of this.machine.cpus) {
      this.start.push(this.of(id));
      this.told.push(JSON.stringify(this.start[id]));
    }
  }

  /** A step has been taken. It changes the CPU that moved, and the one that something was sent to. */
  after({ cpu, kind, a }: RawStep): void {
    if (kind === K.OP_SPIN_LOCK) this.held[cpu].add(a);
    else if (kind === K.OP_SPIN_UNLOCK) this.held[cpu].delete(a);
    const touched = (kind === K.OP_SEND_IPI || kind === K.OP_SEND_NMI) && a !== cpu ? [cpu, a] : [cpu];
    this.changed.push(touched.map((id) => this.of(id)).filter((state) => this.isNews(state)));
  }

  private isNews(state: CpuState): boolean {
    const text = JSON.stringify(state);
    const isNews = this.told[state.cpu] !== text;
    this.told[state.cpu] = text;
    return isNews;
  }

  private of(cpu: number): CpuState {
    const { machine } = this;
    const { mem } = machine;
    const block = machine.block(cpu);
    return {
      cpu,
      buffer: bufferedStores(machine, cpu).map((store) => describeStore(store, cpu, this.teller.names)),
      interrupts: machine.interruptsOn(cpu),
      pending: [
        mem[block + H.PENDING_IPI] !== 0 ? 'IPI' : '',
        mem[block + H.PENDING_NMI] !== 0 ? 'NMI' : '',
      ].filter((name) => name !== ''),
      locks: [...this.held[cpu]].map((lock) => this.teller.names.word(lock, cpu)),
      notes: this.notes(cpu, block),
      tlb: machine.program.mmu === null ? null : this.tlb(block),
    };
  }

  private notes(cpu: number, block: number): string[] {
    const { machine, teller } = this;
    const { mem } = machine;
    const notes = teller.notes(cpu);
    if (machine.program.mmu !== null) notes.push(`PCID ${mem[block + H.CR3_PCID]}`);
    if (machine.hypervisor !== null && mem[block + H.VCPU_STATE] !== VCPU_RUNNING)
      notes.push('taken off by the host');
    return notes;
  }

  private tlb(block: number): string[] {
    const { mem } = this.machine;
    return Array.from({ length: mem[block + H.TLB_COUNT] }, (_, i) => {
      const entry = block + H.TLB_BASE + i * H.TLB_WORDS;
      const key = mem[entry + H.TLB_KEY];
      return `page ${key & 0xff} of PCID ${key >> 8}: ${formatPte(mem[entry + H.TLB_PTE])}`;
    });
  }
}
