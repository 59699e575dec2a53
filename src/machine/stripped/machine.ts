import { isLatent, type LatentClass, type MemoryModel } from '../../vocabulary/violation.js';
import type { ViolationFacts } from '../../vocabulary/violation-facts.js';
import * as H from '../hardware.js';
import { Mmu } from '../mmu.js';
import { NO_MMU } from '../no-mmu.js';
import { MachineObserver } from '../observer.js';
import type { MmuLayout, Program } from '../program.js';
import { storeWord } from './access.js';
import { Frames } from './frames.js';
import { SharedGhost } from './ghost.js';
import type { Locked } from './locked.js';
import { type ControlWords, type Runner, Stopped } from './runner.js';

/**
 * One thread's view of the simulated machine in the stripped build: the shared memory, and the parts that act
 * on it for this thread's CPU. There is no scheduler and no store buffer here; the computer's own are the
 * real ones. Code that is written against the explorer's Machine (MMU, oracles) finds the methods it uses
 * under the same names.
 */

/** A violation as a thread saw it. */
export interface SeenViolation {
  readonly facts: ViolationFacts;
  /** How often it was seen, for latent ones. */
  times: number;
}

export class Machine {
  readonly ghost: SharedGhost;
  readonly mmu: Mmu;
  readonly frames: Frames;
  readonly layout: MmuLayout;
  observer: MachineObserver = new MachineObserver();
  /** Ghost: what a TLB entry notes as the time of its fill. Nobody counts steps here. */
  readonly step = 0;
  readonly latent = new Map<LatentClass, SeenViolation>();
  violation: SeenViolation | null = null;
  private readonly generationOf: ReadonlyMap<number, number>;
  private readonly firstGeneration: number;
  private readonly lastGeneration: number;

  constructor(
    readonly program: Program,
    readonly memory: MemoryModel,
    readonly mem: Int32Array,
    /** Atomic loads and locked operations on `mem`. */
    readonly locked: Locked,
    readonly control: ControlWords,
    readonly runner: Runner,
    /**
     * Plain stores become `Atomics.store`: sequential consistency, or a computer whose plain accesses are not
     * x86's.
     */
    readonly atomicStores: boolean,
    /** The CPU of this thread. */
    readonly id: number,
  ) {
    this.layout = program.mmu ?? NO_MMU;
    this.ghost = new SharedGhost(mem, locked, this.layout.ghost, program.hardwareBase);
    for (const [address, mm] of this.layout.generations) this.ghost.watchGeneration(address, mm);
    this.generationOf = new Map(this.layout.generations);
    const addresses = [...this.generationOf.keys()];
    this.firstGeneration = Math.min(...addresses);
    this.lastGeneration = Math.max(...addresses);
    this.frames = new Frames(this);
    this.mmu = new Mmu(this, this.layout.framesBase, this.layout.frameStride, program.tce === true);
  }

  block(cpu: number): number {
    return this.program.hardwareBase + cpu * this.program.hardwareWords;
  }

  interruptsOn(cpu: number): boolean {
    return this.locked.load(this.block(cpu) + H.IF) !== 0;
  }

  enablings(cpu: number): number {
    return this.control.locked.load(this.control.enablings(cpu));
  }

  word(address: number): number {
    return this.locked.load(address);
  }

  /** What the CPU sees: the computer's own store forwarding sees to it. */
  load(_cpu: number, address: number): number {
    return this.locked.load(address);
  }

  /**
   * An entry is cleared before another frame is put in its place, and the allocation number is stored before
   * the entry: if the entry is the same before and after the number was read, the two belong together.
   */
  linkedAlloc(address: number, entry: number): number {
    const alloc = this.locked.load(this.ghost.linkedAlloc + address - this.layout.framesBase);
    return this.locked.load(address) === entry ? alloc : -1;
  }

  replaceEntry(_cpu: number, address: number, entry: number, updated: number): boolean {
    const replaced = this.locked.compareExchange(address, entry, updated) === entry;
    if (replaced) this.runner.changed(this.id, address);
    return replaced;
  }

  /** A plain store, of the user's too. */
  store(_cpu: number, address: number, value: number): void {
    storeWord(this.mem, address, value, this.atomicStores);
    this.runner.stored(this.id, address);
  }

  /** A word changed: if it is a generation, it is the generation of the CPU's changes before it. */
  committed(cpu: number, address: number, value: number): void {
    if (address < this.firstGeneration || address > this.lastGeneration || !this.generationOf.has(address))
      return;
    this.ghost.generationCommitted(cpu, address, value);
  }

  event(cpu: number, kind: number, a: number, b: number): void {
    this.observer.event(cpu, kind, a, b);
  }

  /**
   * Latent ones are counted, harm ends the CPU's run here: memory is no longer what a correct kernel may be
   * judged on.
   */
  report(facts: ViolationFacts): void {
    if (isLatent(facts.class)) {
      const known = this.latent.get(facts.class);
      if (known !== undefined) known.times++;
      else this.latent.set(facts.class, { facts, times: 1 });
      return;
    }
    this.violation ??= { facts, times: 1 };
    throw new Stopped('a violation');
  }
}
