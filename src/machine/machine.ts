import { memoryOrders } from '../memory-order/index.js';
import type { MemoryOrder } from '../memory-order/order.js';
import { isLatent, type JudgedViolation, type MemoryModel } from '../vocabulary/violation.js';
import { personally, type ViolationFacts, violationWords } from '../vocabulary/violation-facts.js';
import {
  AGENT_KINDS,
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  isEnvironment,
  kindOfAgent,
  LINE_AGENT,
  PREEMPT_AGENT,
  tracedAgent,
  WALKER_AGENT,
} from './agents.js';
import type { Broadcasts } from './broadcast.js';
import type { Cpu } from './cpu.js';
import { EnabledSet } from './enabled-set.js';
import { Frames } from './frames.js';
import { GeneratorCode } from './generator-stack.js';
import { Ghost } from './ghost.js';
import * as H from './hardware.js';
import type { Hypervisor } from './hypervisor.js';
import { Interrupts } from './interrupts.js';
import type { MachineListener } from './listener.js';
import { Mmu, WALK_CONTINUE } from './mmu.js';
import { NO_MMU } from './no-mmu.js';
import { MachineObserver } from './observer.js';
import * as K from './op-kinds.js';
import { namedWords, Operands, Refusal } from './operands.js';
import { DRAINS, OPERATIONS } from './operations/index.js';
import type { PendingOp } from './pending-op.js';
import { judgeInvariant, type MmuLayout, type Program } from './program.js';
import type { RemoteActions } from './remote-actions.js';
import { StoreBuffers } from './store-buffers.js';
import type { Touches } from './touches.js';
import type { Unit } from './unit.js';
import { Units } from './units.js';
import { WATCH_LISTENER, WATCH_OBSERVER, WATCH_WAITER, Waits } from './waits.js';

/**
 * The simulated machine, one step at a time. A step is one agent's: a CPU executes its pending operation and
 * runs to the next one, a store buffer drains its oldest store, an interrupt line delivers, a page walker
 * reads a level. Which agent moves is the caller's choice.
 *
 * All state that a step can change, but for the CPUs' code itself, is in `mem`.
 */

const HASH_PRIME = 0x01000193;

export class Machine {
  readonly mem: Int32Array;
  readonly ghost: Ghost;
  readonly mmu: Mmu;
  readonly frames: Frames;
  readonly units: Units;
  /** The host, if the CPUs are virtual. */
  readonly hypervisor: Hypervisor | null;
  /** Broadcast invalidations, if the CPUs have them. */
  readonly broadcasts: Broadcasts | null;
  /** Remote action requests, if the CPUs have them. */
  readonly remoteActions: RemoteActions | null;
  /** By kind of agent that is of a unit: its step. */
  private readonly moves: Unit['moves'];
  readonly cpus: Cpu[] = [];
  readonly enabled: EnabledSet;
  readonly layout: MmuLayout;
  observer: MachineObserver = new MachineObserver();
  /** Answers `choose(n)`; set by whoever drives the machine, who records the answer. */
  choose: (n: number) => number = () => 0;
  /** Index of the step being executed. */
  step = 0;
  /** Steps of the environment among them. */
  walkerSteps = 0;
  /** Locked instructions executed in this execution. */
  lockedOperations = 0;
  unfinished = 0;
  violation: JudgedViolation | null = null;
  readonly latent: JudgedViolation[] = [];
  /** Result of the newest CPU step's operation. */
  lastValue = 0;
  /** Rolling hash over every step's agent, operation, operands and result. */
  hash = 0;
  private readonly hardwareBase: number;
  private readonly hardwareWords: number;
  private readonly order: MemoryOrder;
  readonly buffers: StoreBuffers;
  readonly interrupts: Interrupts;
  readonly waits: Waits;
  private readonly watch: Uint8Array;
  /** 1 where programs may name the word. */
  readonly named: Uint8Array;
  /** By CPU: looks at operands. */
  readonly operands: Operands[] = [];
  /** The same for what is done at once, with its line on the stack. */
  readonly early: Operands[] = [];
  private readonly cpuSteps: Int32Array;
  /** Operations that all CPUs have executed. */
  totalCpuSteps = 0;
  /** Null while nobody asks. */
  touches: Touches | null = null;
  private listener: MachineListener | null = null;

  constructor(
    readonly program: Program,
    readonly memory: MemoryModel,
    mem?: Int32Array,
  ) {
    this.mem = mem ?? new Int32Array(program.image.length);
    this.layout = program.mmu ?? NO_MMU;
    this.hardwareBase = program.hardwareBase;
    this.hardwareWords = program.hardwareWords;
    this.order = memoryOrders[memory];
    this.buffers = new StoreBuffers(this);
    this.interrupts = new Interrupts(this);
    this.waits = new Waits(this, program.image.length, program.cpus);
    this.watch = this.waits.watch;
    this.ghost = new Ghost(this.mem, this.layout.ghost, program.hardwareBase);
    for (const [address, mm] of this.layout.generations) this.ghost.watchGeneration(address, mm);
    this.enabled = new EnabledSet(program.cpus * AGENT_KINDS);
    this.units = new Units(this, program);
    this.hypervisor = this.units.hypervisor;
    this.broadcasts = this.units.broadcasts;
    this.remoteActions = this.units.remoteActions;
    this.moves = this.units.moves;
    this.named = namedWords(program.words);
    for (let id = 0; id < program.cpus; id++) {
      this.operands.push(new Operands(program, id));
      this.early.push(new Operands(program, id, true));
    }
    this.cpuSteps = new Int32Array(program.cpus);
    this.frames = new Frames(this);
    this.mmu = new Mmu(this, this.layout.framesBase, this.layout.frameStride, program.tce === true);
    for (let id = 0; id < program.cpus; id++) {
      const cpu = program.createCpu(this, id);
      cpu.code = program.continuation?.(cpu) ?? new GeneratorCode(program, cpu);
      this.cpus.push(cpu);
    }
    for (const address of program.watched) this.watch[address] |= WATCH_OBSERVER;
    for (const [address] of this.layout.generations) this.watch[address] |= WATCH_OBSERVER;
  }

  /** From here on the listener hears of everything. */
  listen(listener: MachineListener): void {
    this.listener = listener;
    for (let address = 0; address < this.watch.length; address++) this.watch[address] |= WATCH_LISTENER;
    for (const { pending, immediate } of this.cpus) pending.listener = immediate.listener = listener;
  }

  /** Operations that the CPU has executed. */
  stepsOf(cpu: number): number {
    return this.cpuSteps[cpu];
  }

  /** Operations that all others have executed. */
  stepsOfOthers(cpu: number): number {
    return this.totalCpuSteps - this.cpuSteps[cpu];
  }

  /** First word of the CPU's hardware block. */
  block(cpu: number): number {
    return this.hardwareBase + cpu * this.hardwareWords;
  }

  interruptsOn(cpu: number): boolean {
    return this.interrupts.areOn(cpu);
  }

  /** What cannot be done, although nothing is wrong with its operands by themselves. */
  refusal(message: string): Refusal {
    return new Refusal(this.program, message);
  }

  /**
   * The error to be told for what a CPU's operation met: for a refusal one that has the operation's line on
   * its stack.
   */
  told(cpu: Cpu, error: unknown): unknown {
    return error instanceof Refusal ? cpu.code.refuse(error) : error;
  }

  /** Starts a new execution from the program's image; every CPU stands before its first operation. */
  begin(): void {
    this.mem.set(this.program.image);
    this.reset();
    for (const cpu of this.cpus) this.start(cpu);
  }

  /** Forgets the previous execution; memory stays as it is, and no CPU runs yet. */
  reset(): void {
    this.enabled.clear();
    this.step = 0;
    this.walkerSteps = 0;
    this.lockedOperations = 0;
    this.totalCpuSteps = 0;
    this.cpuSteps.fill(0);
    this.touches?.begin();
    this.violation = null;
    if (this.latent.length !== 0) this.latent.length = 0;
    this.hash = 0x811c9dc5 | 0;
    this.unfinished = this.cpus.length;
    this.observer.begin();
  }

  /** Brings a CPU before the first operation of its script. */
  start(cpu: Cpu): void {
    this.waits.end(cpu.id);
    cpu.finished = false;
    cpu.depth = 0;
    if (cpu.saved.length !== 0) cpu.saved.length = 0;
    cpu.pending.armed = false;
    cpu.code.start();
    this.resume(cpu, 0);
  }

  /**
   * Looks at memory anew for what one CPU can do. Only a machine that shares its memory with others needs it
   * (a lockstep run has one per thread): what they stored has not come through this machine's `commit`.
   */
  refresh(id: number): void {
    this.refreshVcpu(id);
    this.buffers.refresh(id);
    this.units.refresh(id);
  }

  /** Whether every script has ended, every buffer is empty and no interrupt is under way. */
  get finished(): boolean {
    return this.unfinished === 0 && this.enabled.obligations === 0;
  }

  /**
   * Records a violation: harm ends the execution (the first one counts), latent ones are collected once per
   * class.
   */
  report(facts: ViolationFacts): void {
    const { class: name, cpu } = facts;
    if (isLatent(name) ? this.latent.some((known) => known.class === name) : this.violation !== null) return;
    const message = violationWords(facts, personally(this.program.layout));
    const violation: JudgedViolation = { class: name, step: this.step, cpu, message, facts };
    if (isLatent(name)) this.latent.push(violation);
    else this.violation = violation;
  }

  event(cpu: number, kind: number, a: number, b: number): void {
    if ((kind | 0) !== kind || (a | 0) !== a || (b | 0) !== b) this.early[cpu].event(kind, a, b);
    this.observer.event(cpu, kind, a, b);
  }

  // Memory.

  /** What the CPU sees at the address: its own newest buffered store, else memory. */
  load(cpu: number, address: number): number {
    return this.buffers.load(this.hardwareBase + cpu * this.hardwareWords, address);
  }

  /** A plain store, as the memory model has it; see MemoryOrder. */
  store(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void {
    if ((value | 0) !== value) this.operands[cpu].value('a store', value);
    this.order.store(this.buffers, cpu, address, value, kind, x, y, z);
  }

  /** A store becomes visible, and part of the trace. */
  commitStore(cpu: number, address: number, value: number): void {
    this.hash = Math.imul(this.hash ^ address, HASH_PRIME);
    this.hash = Math.imul(this.hash ^ value, HASH_PRIME);
    this.commit(cpu, address, value);
  }

  /** A page-table entry has become another one in memory. */
  entryChanged(cpu: number, index: number, version: number, before: number, after: number): void {
    this.ghost.addChange(cpu, index, version, before, after);
    this.observer.entryChanged(cpu, index, version, before, after);
  }

  /** A word without a boundary. */
  peek(cpu: number, address: number): number {
    if (this.named[address] !== 1) this.early[cpu].word('peek', address);
    return this.mem[address];
  }

  /**
   * A value without a boundary. Whoever waits for the word can move from here on, or no longer: what is
   * enabled must say so.
   */
  poke(cpu: number, address: number, value: number): void {
    if (this.named[address] !== 1) this.early[cpu].word('poke', address);
    if ((value | 0) !== value) this.early[cpu].value('poke', value);
    const watch = this.watch[address];
    if (watch !== 0 && this.listener !== null) this.listener.stores(cpu, address, value, true);
    this.mem[address] = value;
    if ((watch & WATCH_WAITER) !== 0) this.waits.wake(address);
  }

  /** A value becomes visible to all: wakes whoever waits for the word. */
  commit(cpu: number, address: number, value: number): void {
    const watch = this.watch[address];
    if (watch !== 0) this.watched(cpu, address, value, watch);
    else this.mem[address] = value;
  }

  private watched(cpu: number, address: number, value: number, watch: number): void {
    if ((watch & WATCH_LISTENER) !== 0) this.listener?.stores(cpu, address, value, false);
    this.mem[address] = value;
    if ((watch & WATCH_OBSERVER) !== 0) {
      this.ghost.generationCommitted(cpu, address, value);
      this.observer.wordCommitted(cpu, address, value);
    }
    if ((watch & WATCH_WAITER) !== 0) this.waits.wake(address);
  }

  // What walkers and oracles read and change of words that other CPUs change. The stripped build has the same
  // methods over Atomics.

  /** A word of shared memory, as it is now. */
  word(address: number): number {
    return this.mem[address];
  }

  /**
   * The allocation number that the frame in the page-table entry at `address` was linked with, or -1 if the
   * entry is no longer `entry`.
   */
  linkedAlloc(address: number, _entry: number): number {
    return this.mem[this.ghost.linkedAlloc + address - this.layout.framesBase];
  }

  /** A walker's locked change of an entry; false if it is no longer what the walker read. */
  replaceEntry(cpu: number, address: number, entry: number, updated: number): boolean {
    if (this.mem[address] !== entry) return false;
    this.commit(cpu, address, updated);
    return true;
  }

  /** A page-table entry is linked with the life of its frame that has this allocation number. */
  linkFrame(address: number, alloc: number): void {
    this.mem[this.ghost.linkedAlloc + address - this.layout.framesBase] = alloc;
  }

  // Steps.

  /** Executes one step of an agent, which must be able to move. */
  stepAgent(agent: number): void {
    const id = cpuOfAgent(agent);
    const cpu = this.cpus[id];
    const kind = kindOfAgent(agent);
    const traced = tracedAgent(agent);
    if (kind === CPU_AGENT) {
      const pending = cpu.pending;
      this.totalCpuSteps++;
      this.cpuSteps[id]++;
      if (this.touches !== null && pending.kind <= K.OP_MEMORY_MAX) this.touches.note(id, pending.a);
      let value: number;
      try {
        value = this.execute(cpu, pending);
      } catch (error) {
        throw this.told(cpu, error);
      }
      this.lastValue = value;
      this.hash = Math.imul(this.hash ^ (traced + (pending.kind << 12)), HASH_PRIME);
      this.hash = Math.imul(this.hash ^ pending.a, HASH_PRIME);
      this.hash = Math.imul(this.hash ^ (pending.b + Math.imul(pending.c, 0x9e3779b1)), HASH_PRIME);
      this.hash = Math.imul(this.hash ^ value, HASH_PRIME);
      if (this.violation === null) this.resume(cpu, value);
    } else if (kind === BUFFER_AGENT) {
      this.hash = Math.imul(this.hash ^ traced, HASH_PRIME);
      this.buffers.drainOne(id, this.block(id));
    } else if (kind === LINE_AGENT) {
      this.hash = Math.imul(this.hash ^ traced, HASH_PRIME);
      this.interrupts.deliver(cpu);
      this.resume(cpu, 0);
    } else if (kind === WALKER_AGENT) {
      this.walkerSteps++;
      this.stepWalker(id, agent);
    } else this.stepUnheard(cpu, agent, kind);
    if (this.program.invariant !== undefined && this.violation === null) judgeInvariant(this, id);
    this.step++;
  }

  /** A step of a unit: the CPU's code does not hear of it. */
  private stepUnheard(cpu: Cpu, agent: number, kind: number): void {
    if (isEnvironment(agent)) this.walkerSteps++;
    this.lastValue = this.moves[kind](cpu);
    this.hash = Math.imul(this.hash ^ (tracedAgent(agent) + (this.lastValue << 12)), HASH_PRIME);
  }

  /**
   * A virtual CPU leaves the guest: its stores drain, its walks end, and none of its own agents can move
   * until it is back.
   */
  exit(id: number): void {
    const block = this.block(id);
    this.drain(id);
    this.mmu.endWalks(block);
    this.enabled.remove(agentOf(id, WALKER_AGENT));
  }

  /** A virtual CPU has left the guest, and its host's code runs on its CPU until that enters it again. */
  beginHostCode(cpu: Cpu): void {
    this.interrupts.push(cpu);
    cpu.code.interrupt('exit');
    this.refreshVcpu(cpu.id);
    this.resume(cpu, 0);
  }

  /** What serialises drains the store buffer. */
  drain(id: number): void {
    this.buffers.drainAll(id, this.block(id));
  }

  /** Looks anew at what a CPU and those around it can do, after it has left the guest or come back. */
  refreshVcpu(id: number): void {
    this.waits.refresh(this.cpus[id]);
    this.interrupts.refreshLine(id);
    this.hypervisor?.refresh(id);
  }

  /**
   * The user access that the CPU stands before is done by its host, through the entry at a word; the CPU
   * stands before its next operation then.
   */
  completeAccess(cpu: Cpu, entry: number): void {
    const { a: page, b: write } = cpu.pending;
    const outcome = this.mmu.accessThrough(cpu.id, entry, page, write !== 0);
    // The host's own store: it is in memory at once.
    this.drain(cpu.id);
    if (this.violation === null) this.resume(cpu, outcome);
  }

  /** Whether the CPU is in the guest, or not virtual. */
  running(id: number): boolean {
    return this.hypervisor === null || this.hypervisor.running(id);
  }

  /** Whether code runs on the CPU: its own, or its host's. */
  executes(id: number): boolean {
    return this.hypervisor === null || this.hypervisor.executes(id);
  }

  /** Whether the agent can move: what a replay checks before it follows a recorded pick. */
  canStep(agent: number): boolean {
    if (agent < 0 || agent >= this.cpus.length * AGENT_KINDS) return false;
    const kind = kindOfAgent(agent);
    if (kind === WALKER_AGENT) return this.layout.pages > 0 && this.running(cpuOfAgent(agent));
    return kind === PREEMPT_AGENT ? this.hypervisor !== null : this.enabled.has(agent);
  }

  private stepWalker(id: number, agent: number): void {
    const block = this.block(id);
    const page = this.mmu.walking(block) ? this.mmu.speculativePage(block) : this.choose(this.layout.pages);
    const result = this.mmu.walkStep(id, block, H.SPECULATIVE, page, false);
    this.hash = Math.imul(this.hash ^ (tracedAgent(agent) + (page << 12) + (result << 24)), HASH_PRIME);
    if (result !== WALK_CONTINUE || !this.mmu.walking(block)) this.enabled.remove(agent);
  }

  private resume(cpu: Cpu, value: number): void {
    if (!cpu.code.resume(value)) this.ended(cpu);
    this.waits.refresh(cpu);
  }

  /** The innermost handler has ended, or the script. */
  private ended(cpu: Cpu): void {
    if (cpu.depth > 0) {
      this.interrupts.handlerEnded(cpu);
      // An access that the host has emulated is done: the guest goes on behind it.
      const outcome = this.hypervisor?.takeOutcome(cpu.id) ?? -1;
      if (outcome >= 0) this.resume(cpu, outcome);
      return;
    }
    cpu.finished = true;
    this.unfinished--;
    // A CPU whose script has ended idles with interrupts on.
    this.interrupts.setFlag(cpu.id, 1);
  }

  private execute(cpu: Cpu, op: PendingOp): number {
    const { kind } = op;
    if (kind <= K.OP_MEMORY_MAX && this.named[op.a] !== 1) this.operands[cpu.id].unnamed(kind, op.a);
    if (DRAINS[kind] !== 0) {
      if (kind <= K.OP_FETCH_AND) this.operands[cpu.id].locked(op);
      this.buffers.drainAll(cpu.id, this.block(cpu.id));
      this.lockedOperations += K.IS_LOCKED[kind];
    }
    // The commonest two without a look-up, which nothing can be inlined through.
    if (kind === K.OP_READ_ONCE) return this.load(cpu.id, op.a);
    if (kind === K.OP_WRITE_ONCE) {
      this.store(cpu.id, op.a, op.b, H.SB_PLAIN, 0, 0, 0);
      return 0;
    }
    return OPERATIONS[kind](this, cpu, op);
  }
}
