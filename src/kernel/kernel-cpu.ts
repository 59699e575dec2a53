import { Cpu } from '../machine/cpu.js';
import type { Machine } from '../machine/machine.js';
import { type VcpuWords, vcpuWords } from '../machine/vcpu-words.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { FeatureName, Features } from './features/index.js';
import type { KernelFunctions } from './functions.js';
import type { KernelLayout } from './kernel-layout.js';
import type { MmStruct, PerCpu } from './structs.js';

/** The immutable configuration that kernel code reads: what silicon, build and version decide. */
export interface KernelConfig {
  readonly scenario: Scenario;
  readonly features: Features;
  /**
   * The protocol functions; a variant may replace single ones. All calls between them go through this table.
   */
  readonly functions: KernelFunctions;
  readonly layout: KernelLayout;
  /** Per CPU: handles of the mms that its script runs tasks of. */
  readonly runs: readonly ReadonlySet<number>[];
  /** The kernel has global ASIDs: hardware flushes them, by broadcasts or remote action requests. */
  readonly broadcasts: boolean;
  /** Slots are one word, a tag of that many bits above the generation; 0: pairs (see packed-slots.ts). */
  readonly packedTagBits: number;
}

/** A CPU as kernel code sees it: the operations, its own structures, the other CPUs' and the mms'. */
export class KernelCpu extends Cpu {
  /** The protocol functions. */
  readonly fn: KernelFunctions;
  readonly features: Features;
  /** This CPU's structures. */
  readonly own: PerCpu;
  /** What the host keeps of this virtual CPU; only where its steps are code (kernel/kvm-host.ts). */
  readonly vcpu: VcpuWords;
  /** Every CPU's structures, by CPU. */
  readonly per: readonly PerCpu[];
  /** By mm handle. */
  readonly mms: readonly MmStruct[];
  readonly layout: KernelLayout;
  readonly scenario: Scenario;
  readonly maskWords: number;
  readonly packedTagBits: number;
  readonly broadcasts: boolean;
  /**
   * Whether several calls of one function stand in its middle at a time, each in another state of the
   * machine: what a call keeps beside its variables is then its own.
   */
  readonly standsInMany: boolean = false;
  private readonly runs: readonly ReadonlySet<number>[];

  constructor(machine: Machine, id: number, config: KernelConfig) {
    super(machine, id);
    this.fn = config.functions;
    this.features = config.features;
    this.layout = config.layout;
    this.scenario = config.scenario;
    this.own = config.layout.cpus[id];
    this.vcpu = vcpuWords(config.layout.unit?.words ?? {}, id);
    this.per = config.layout.cpus;
    this.mms = config.layout.mms;
    this.maskWords = config.layout.maskWords;
    this.packedTagBits = config.packedTagBits;
    this.broadcasts = config.broadcasts;
    this.runs = config.runs;
  }

  /** Whether a feature is on: one of the variant's own, or of the kernel's. */
  hasFeature(name: string): boolean {
    return this.features[name as FeatureName] === true;
  }

  /** Whether the script of CPU `id` runs a task of `mm`. */
  runsMm(id: number, mm: number): boolean {
    return this.runs[id].has(mm);
  }
}
