import type { Cpu } from './cpu.js';
import type { HostLayout, Hypervisor } from './hypervisor.js';
import type { Layout } from './layout.js';
import type { Machine } from './machine.js';

/**
 * What moves beside the CPUs' code, which does not hear of it: a host, MMUs that serve other CPUs. A machine
 * has a unit, or lacks it with all its agents.
 */
export interface Unit {
  /** By kind of agent (agents.ts): a step of the CPU's; answers what the step is recorded with. */
  readonly moves: Readonly<Record<number, (cpu: Cpu) => number>>;
  /** Looks at memory anew for which of the CPU's agents can move. */
  refresh(id: number): void;
}

/** A unit that a program brings with it. */
export interface UnitPlan {
  /** Addresses of its words, by name and CPU. */
  readonly words: Readonly<Record<string, readonly number[]>>;
  make?(machine: Machine): Unit;
  /** A host in the place of the usual one. */
  makeHost?(machine: Machine, host: HostLayout): Hypervisor;
}

/** Lays out a unit's words for so many CPUs. */
export type LayOutUnit = (layout: Layout, cpus: number) => UnitPlan;
