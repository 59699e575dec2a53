import { isLatent, type JudgedViolation, type MemoryModel } from '../vocabulary/violation.js';
import { personally, type ViolationFacts, violationWords, type WaitingCpu } from '../vocabulary/violation-facts.js';
import {
  AGENT_KINDS,
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  HOST_AGENT,
  kindOfAgent,
  LINE_AGENT,
  NATIVE_KINDS,
  PREEMPT_AGENT,
  SERVICE_AGENT,
  tracedAgent,
  VIRTUAL_KINDS,
  WALKER_AGENT,
} from './agents.js';
import type { Cpu, PendingOp } from './cpu.js';
import { EnabledSet } from './enabled-set.js';
import { Frames } from './frames.js';
import { GeneratorCode } from './generator-stack.js';
import { Ghost } from './ghost.js';
import * as H from './hardware.js';
import { Hypervisor } from './hypervisor.js';
import { Mmu, WALK_CONTINUE } from './mmu.js';
import { NO_MMU } from './no-mmu.js';
import { MachineObserver } from './observer.js';
import * as K from './op-kinds.js';
import { namedWords, Operands, Refusal } from './operands.js';
import { judgeInvariant, type MmuLayout, type Program } from './program.js';
import { PTE_WRITE, pteFrame, pteValue, withVersion } from './pte.js';
import type { Touches } from './touches.js';

/**
 * The simulated machine, one step at a time. A step is one agent's: a CPU executes its pending operation and runs to the next one, a
 * store buffer drains its oldest store, an interrupt line delivers, a page walker reads a level. Which agent moves is the caller's choice.
 *
 * All state that a step can change, but for the CPUs' code itself, is in `mem`.
 */

const WATCH_WAITER = 1;
const WATCH_OBSERVER = 2;
const HASH_PRIME = 0x01000193;
/** What an interrupt saves: the pending operation, whether `yield*` waits for it, and the interrupt flag. */
const SAVED_WORDS = 8;
/** Words that `saveProgress` fills. */
export const PROGRESS_WORDS = 4;

export class Machine {
  readonly mem: Int32Array;
  readonly ghost: Ghost;
  readonly mmu: Mmu;
  readonly frames: Frames;
  /** The host, if the CPUs are virtual. */
  readonly hypervisor: Hypervisor | null;
  /** Kinds of agents that a CPU has here. */
  readonly agentKinds: number;
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
  private readonly sc: boolean;
  /** Bits per word: somebody waits for it; an observer wants to hear of it. */
  private readonly watch: Uint8Array;
  /** 1 where programs may name the word. */
  private readonly named: Uint8Array;
  /** By CPU: looks at operands. */
  private readonly operands: Operands[] = [];
  /** The same for what is done at once, with its line on the stack. */
  readonly early: Operands[] = [];
  private readonly waitAddress: Int32Array;
  private readonly cpuSteps: Int32Array;
  private totalCpuSteps = 0;
  /** Null while nobody asks. */
  touches: Touches | null = null;

  constructor(
    readonly program: Program,
    readonly memory: MemoryModel,
    mem?: Int32Array,
  ) {
    this.mem = mem ?? new Int32Array(program.image.length);
    this.layout = program.mmu ?? NO_MMU;
    this.hardwareBase = program.hardwareBase;
    this.hardwareWords = program.hardwareWords;
    this.sc = memory === 'sc';
    this.ghost = new Ghost(this.mem, this.layout.ghost, program.hardwareBase);
    for (const [address, mm] of this.layout.generations) this.ghost.watchGeneration(address, mm);
    this.enabled = new EnabledSet(program.cpus * AGENT_KINDS);
    this.hypervisor = program.host == null ? null : new Hypervisor(this, program.host);
    this.agentKinds = this.hypervisor === null ? NATIVE_KINDS : VIRTUAL_KINDS;
    this.watch = new Uint8Array(program.image.length);
    this.named = namedWords(program.words);
    for (let id = 0; id < program.cpus; id++) {
      this.operands.push(new Operands(program, id));
      this.early.push(new Operands(program, id, true));
    }
    this.waitAddress = new Int32Array(program.cpus).fill(-1);
    this.cpuSteps = new Int32Array(program.cpus);
    this.frames = new Frames(this);
    this.mmu = new Mmu(this, this.layout.framesBase, this.layout.frameStride);
    for (let id = 0; id < program.cpus; id++) {
      const cpu = program.createCpu(this, id);
      cpu.code = program.continuation?.(cpu) ?? new GeneratorCode(program, cpu);
      this.cpus.push(cpu);
    }
    for (const address of program.watched) this.watch[address] |= WATCH_OBSERVER;
    for (const [address] of this.layout.generations) this.watch[address] |= WATCH_OBSERVER;
  }

  /** Operations that the CPU has executed. */
  stepsOf(cpu: number): number {
    return this.cpuSteps[cpu];
  }

  /** First word of the CPU's hardware block. */
  block(cpu: number): number {
    return this.hardwareBase + cpu * this.hardwareWords;
  }

  interruptsOn(cpu: number): boolean {
    return this.mem[this.block(cpu) + H.IF] !== 0;
  }

  /** What cannot be done, although nothing is wrong with its operands by themselves. */
  refusal(message: string): Refusal {
    return new Refusal(this.program, message);
  }

  /** The error to be told for what a CPU's operation met: for a refusal one that has the operation's line on its stack. */
  private told(cpu: Cpu, error: unknown): unknown {
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
    this.unwait(cpu.id);
    cpu.finished = false;
    cpu.depth = 0;
    if (cpu.saved.length !== 0) cpu.saved.length = 0;
    cpu.pending.armed = false;
    cpu.code.start();
    this.resume(cpu, 0);
  }

  /**
   * Looks at memory anew for what one CPU can do. Only a machine that shares its memory with others needs it (a lockstep run has one per
   * thread): what they stored has not come through this machine's `commit`.
   */
  refresh(id: number): void {
    this.refreshVcpu(id);
    if (this.mem[this.block(id) + H.SB_COUNT] > 0) this.enabled.add(agentOf(id, BUFFER_AGENT));
    else this.enabled.remove(agentOf(id, BUFFER_AGENT));
  }

  /** What of an execution's progress is not in `mem`, in PROGRESS_WORDS words: it goes from thread to thread with the turn. */
  saveProgress(into: Int32Array): void {
    into[0] = this.step;
    into[1] = this.totalCpuSteps;
    into[2] = this.hash;
    into[3] = this.walkerSteps;
  }

  loadProgress(from: Int32Array): void {
    this.step = from[0];
    this.totalCpuSteps = from[1];
    this.hash = from[2];
    this.walkerSteps = from[3];
  }

  /** Whether every script has ended, every buffer is empty and no interrupt is under way. */
  get finished(): boolean {
    return this.unfinished === 0 && this.enabled.obligations === 0;
  }

  /** Records a violation: harm ends the execution (the first one counts), latent ones are collected once per class. */
  report(facts: ViolationFacts): void {
    const { class: name, cpu } = facts;
    if (isLatent(name) ? this.latent.some((known) => known.class === name) : this.violation !== null) return;
    const message = violationWords(facts, personally(this.program.layout));
    const violation: JudgedViolation = { class: name, step: this.step, cpu, message, facts };
    if (isLatent(name)) this.latent.push(violation);
    else this.violation = violation;
  }

  /** Where the CPU stands. */
  waiting(id: number): WaitingCpu {
    const { kind, a } = this.cpus[id].pending;
    const isWait = kind === K.OP_COND_LOAD_ACQUIRE || kind === K.OP_SPIN_LOCK;
    const wait = isWait ? { word: a, value: this.load(id, a) } : null;
    return { cpu: id, wait, operation: K.opName(kind), interrupts: this.mem[this.block(id) + H.IF] !== 0 };
  }

  event(cpu: number, kind: number, a: number, b: number): void {
    if ((kind | 0) !== kind || (a | 0) !== a || (b | 0) !== b) this.early[cpu].event(kind, a, b);
    this.observer.event(cpu, kind, a, b);
  }

  // Memory.

  /** What the CPU sees at the address: its own newest buffered store, else memory. */
  load(cpu: number, address: number): number {
    const mem = this.mem;
    const block = this.hardwareBase + cpu * this.hardwareWords;
    const count = mem[block + H.SB_COUNT];
    if (count > 0) {
      const head = mem[block + H.SB_HEAD];
      for (let i = count - 1; i >= 0; i--) {
        const at = block + H.SB_BASE + ((head + i) % H.SB_DEPTH) * H.SB_WORDS;
        if (mem[at + H.SB_ADDRESS] === address) return mem[at + H.SB_VALUE];
      }
    }
    return mem[address];
  }

  /** A plain store: into the buffer, or to memory under sequential consistency. A full buffer drains its oldest store first. */
  store(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void {
    if ((value | 0) !== value) this.operands[cpu].value('a store', value);
    if (this.sc && kind === H.SB_PLAIN) {
      this.commitStore(cpu, address, value);
      return;
    }
    const mem = this.mem;
    const block = this.hardwareBase + cpu * this.hardwareWords;
    let count = mem[block + H.SB_COUNT];
    if (count === H.SB_DEPTH) {
      this.drainOne(cpu, block);
      count--;
    }
    const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + count) % H.SB_DEPTH) * H.SB_WORDS;
    mem[at + H.SB_ADDRESS] = address;
    mem[at + H.SB_VALUE] = value;
    mem[at + H.SB_KIND] = kind;
    mem[at + H.SB_X] = x;
    mem[at + H.SB_Y] = y;
    mem[at + H.SB_Z] = z;
    mem[at + H.SB_OTHERS] = this.totalCpuSteps - this.cpuSteps[cpu];
    mem[block + H.SB_COUNT] = count + 1;
    if (this.sc) this.drainOne(cpu, block);
    else if (count === 0) this.enabled.add(agentOf(cpu, BUFFER_AGENT));
  }

  /** A store becomes visible, and part of the trace. */
  private commitStore(cpu: number, address: number, value: number): void {
    this.hash = Math.imul(this.hash ^ address, HASH_PRIME);
    this.hash = Math.imul(this.hash ^ value, HASH_PRIME);
    this.commit(cpu, address, value);
  }

  /** Drains the oldest buffered store to memory. */
  private drainOne(cpu: number, block: number): void {
    const mem = this.mem;
    const head = mem[block + H.SB_HEAD];
    const at = block + H.SB_BASE + head * H.SB_WORDS;
    mem[block + H.SB_HEAD] = (head + 1) % H.SB_DEPTH;
    const count = mem[block + H.SB_COUNT] - 1;
    mem[block + H.SB_COUNT] = count;
    if (count === 0) this.enabled.remove(agentOf(cpu, BUFFER_AGENT));
    const address = mem[at + H.SB_ADDRESS];
    const kind = mem[at + H.SB_KIND];
    const before = mem[address];
    if (kind === H.SB_PTE) this.linkFrame(address, mem[at + H.SB_Y]);
    this.commitStore(cpu, address, mem[at + H.SB_VALUE]);
    if (this.totalCpuSteps - this.cpuSteps[cpu] > mem[at + H.SB_OTHERS]) this.observer.drainOvertaken(cpu);
    if (kind === H.SB_PTE) this.entryChanged(cpu, mem[at + H.SB_X], mem[at + H.SB_Z], before, mem[at + H.SB_VALUE]);
    else if (kind === H.SB_USER) {
      const frame = ((address - this.layout.framesBase) / this.layout.frameStride) | 0;
      this.observer.userStoreDrained(cpu, frame, mem[at + H.SB_Y], mem[at + H.SB_X], mem[at + H.SB_Z]);
    }
  }

  private entryChanged(cpu: number, index: number, version: number, before: number, after: number): void {
    this.ghost.addChange(cpu, index, version, before, after);
    this.observer.entryChanged(cpu, index, version, before, after);
  }

  private drainAll(cpu: number, block: number): void {
    while (this.mem[block + H.SB_COUNT] > 0) this.drainOne(cpu, block);
  }

  /** A word without a boundary. */
  peek(cpu: number, address: number): number {
    if (this.named[address] !== 1) this.early[cpu].word('peek', address);
    return this.mem[address];
  }

  /** A value without a boundary. Whoever waits for the word can move from here on, or no longer: what is enabled must say so. */
  poke(cpu: number, address: number, value: number): void {
    if (this.named[address] !== 1) this.early[cpu].word('poke', address);
    if ((value | 0) !== value) this.early[cpu].value('poke', value);
    this.mem[address] = value;
    if ((this.watch[address] & WATCH_WAITER) !== 0) this.wakeWaiters(address);
  }

  /** A value becomes visible to all: wakes whoever waits for the word. */
  commit(cpu: number, address: number, value: number): void {
    this.mem[address] = value;
    const watch = this.watch[address];
    if (watch !== 0) this.watched(cpu, address, value, watch);
  }

  private watched(cpu: number, address: number, value: number, watch: number): void {
    if ((watch & WATCH_OBSERVER) !== 0) {
      this.ghost.generationCommitted(cpu, address, value);
      this.observer.wordCommitted(cpu, address, value);
    }
    if ((watch & WATCH_WAITER) !== 0) this.wakeWaiters(address);
  }

  private wakeWaiters(address: number): void {
    for (let id = 0; id < this.cpus.length; id++) if (this.waitAddress[id] === address) this.refreshCpu(this.cpus[id]);
  }

  // What walkers and oracles read and change of words that other CPUs change. The stripped build has the same methods over Atomics.

  /** A word of shared memory, as it is now. */
  word(address: number): number {
    return this.mem[address];
  }

  /** The allocation number that the frame in the page-table entry at `address` was linked with, or -1 if the entry is no longer `entry`. */
  linkedAlloc(address: number, _entry: number): number {
    return this.mem[this.ghost.linkedAlloc + address - this.layout.framesBase];
  }

  /** A walker's locked change of an entry; false if it is no longer what the walker read. */
  replaceEntry(cpu: number, address: number, entry: number, updated: number): boolean {
    if (this.mem[address] !== entry) return false;
    this.commit(cpu, address, updated);
    return true;
  }

  private linkFrame(address: number, alloc: number): void {
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
      this.drainOne(id, this.block(id));
    } else if (kind === LINE_AGENT) {
      this.hash = Math.imul(this.hash ^ traced, HASH_PRIME);
      this.deliver(cpu);
    } else if (kind === WALKER_AGENT) {
      this.walkerSteps++;
      this.stepWalker(id, agent);
    } else this.stepHypervisor(cpu, agent, kind);
    if (this.program.invariant !== undefined && this.violation === null) judgeInvariant(this, id);
    this.step++;
  }

  private stepHypervisor(cpu: Cpu, agent: number, kind: number): void {
    const host = this.hypervisor as Hypervisor;
    if (kind === PREEMPT_AGENT) this.walkerSteps++;
    const did = kind === HOST_AGENT ? host.stepHost(cpu) : kind === SERVICE_AGENT ? host.serve(cpu.id) : host.preempt(cpu);
    this.lastValue = did;
    this.hash = Math.imul(this.hash ^ (tracedAgent(agent) + (did << 12)), HASH_PRIME);
  }

  /** A virtual CPU leaves the guest: its stores drain, its walks end, and none of its own agents can move until it is back. */
  exit(id: number): void {
    const block = this.block(id);
    this.drainAll(id, block);
    this.mmu.endWalks(block);
    this.enabled.remove(agentOf(id, WALKER_AGENT));
  }

  /** What serialises drains the store buffer. */
  drain(id: number): void {
    this.drainAll(id, this.block(id));
  }

  /** Looks anew at what a CPU and those around it can do, after it has left the guest or come back. */
  refreshVcpu(id: number): void {
    this.refreshCpu(this.cpus[id]);
    this.refreshLine(id);
    this.hypervisor?.refresh(id);
  }

  /** The user access that the CPU stands before is done by its host, through the entry at a word; the CPU stands before its next operation then. */
  completeAccess(cpu: Cpu, entry: number): void {
    const { a: page, b: write } = cpu.pending;
    const outcome = this.mmu.accessThrough(cpu.id, entry, page, write !== 0);
    // The host's own store: it is in memory at once.
    this.drainAll(cpu.id, this.block(cpu.id));
    if (this.violation === null) this.resume(cpu, outcome);
  }

  /** Whether the CPU is in the guest, or not virtual. */
  private running(id: number): boolean {
    return this.hypervisor === null || this.hypervisor.running(id);
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
    this.refreshCpu(cpu);
  }

  /** The innermost handler has ended, or the script. */
  private ended(cpu: Cpu): void {
    if (cpu.depth === 0) {
      cpu.finished = true;
      this.unfinished--;
      // A CPU whose script has ended idles with interrupts on.
      this.setInterruptFlag(cpu.id, 1);
      return;
    }
    // All but the last are left when each handler's iret has taken the interrupt flag.
    if (cpu.saved.length !== SAVED_WORDS * cpu.depth - 1)
      throw this.refusal(`an interrupt handler of CPU${cpu.id} ended without iret`).error();
    cpu.depth--;
    const pending = cpu.pending;
    pending.e = cpu.saved.pop() as number;
    pending.d = cpu.saved.pop() as number;
    pending.c = cpu.saved.pop() as number;
    pending.b = cpu.saved.pop() as number;
    pending.a = cpu.saved.pop() as number;
    pending.kind = cpu.saved.pop() as number;
    pending.armed = cpu.saved.pop() !== 0;
  }

  private deliver(cpu: Cpu): void {
    const block = this.block(cpu.id);
    const mem = this.mem;
    const isNmi = mem[block + H.PENDING_NMI] !== 0 && mem[block + H.IN_NMI] === 0;
    // An interrupt is serialising: the buffer drains before the handler's first instruction.
    this.drainAll(cpu.id, block);
    this.unwait(cpu.id);
    const pending = cpu.pending;
    cpu.saved.push(pending.armed ? 1 : 0, pending.kind, pending.a, pending.b, pending.c, pending.d, pending.e);
    cpu.depth++;
    pending.armed = false;
    if (isNmi) {
      mem[block + H.PENDING_NMI] = 0;
      mem[block + H.IN_NMI] = 1;
    } else mem[block + H.PENDING_IPI] = 0;
    cpu.saved.push(mem[block + H.IF]);
    mem[block + H.IF] = 0;
    cpu.code.interrupt(isNmi ? 'nmi' : 'ipi');
    this.refreshLine(cpu.id);
    this.resume(cpu, 0);
  }

  // What is enabled.

  private unwait(id: number): void {
    const address = this.waitAddress[id];
    if (address < 0) return;
    this.waitAddress[id] = -1;
    let others = false;
    for (let other = 0; other < this.cpus.length; other++) others = others || this.waitAddress[other] === address;
    if (!others) this.watch[address] &= ~WATCH_WAITER;
  }

  private refreshCpu(cpu: Cpu): void {
    const id = cpu.id;
    const agent = agentOf(id, CPU_AGENT);
    if (this.waitAddress[id] >= 0) this.unwait(id);
    if (cpu.code.idle || !this.running(id)) {
      this.enabled.remove(agent);
      return;
    }
    const pending = cpu.pending;
    if (pending.kind !== K.OP_COND_LOAD_ACQUIRE && pending.kind !== K.OP_SPIN_LOCK) {
      this.enabled.add(agent);
      return;
    }
    this.checkWait(cpu, pending);
    const value = this.load(id, pending.a);
    const holds = pending.kind === K.OP_SPIN_LOCK ? value === 0 : ((value & pending.b) === pending.c) === (pending.d === K.WAIT_EQUAL);
    if (holds) this.enabled.add(agent);
    else this.enabled.remove(agent);
    // Watched even while it holds: it can cease to hold before this CPU moves.
    this.waitAddress[id] = pending.a;
    this.watch[pending.a] |= WATCH_WAITER;
  }

  /** A wait is looked at before it is executed, which it might never be. */
  private checkWait(cpu: Cpu, pending: PendingOp): void {
    if (this.named[pending.a] === 1 && (pending.b | 0) === pending.b && (pending.c | 0) === pending.c) return;
    const operands = this.operands[cpu.id];
    try {
      operands.word(pending.kind === K.OP_SPIN_LOCK ? 'spinLock' : 'condLoadAcquire', pending.a);
      operands.wait(pending);
    } catch (error) {
      throw this.told(cpu, error);
    }
  }

  private refreshLine(id: number): void {
    const mem = this.mem;
    const block = this.block(id);
    const nmi = mem[block + H.PENDING_NMI] !== 0 && mem[block + H.IN_NMI] === 0;
    const ipi = mem[block + H.PENDING_IPI] !== 0 && mem[block + H.IF] !== 0;
    if ((nmi || ipi) && this.running(id)) this.enabled.add(agentOf(id, LINE_AGENT));
    else this.enabled.remove(agentOf(id, LINE_AGENT));
  }

  private setInterruptFlag(id: number, value: number): void {
    this.mem[this.block(id) + H.IF] = value;
    this.refreshLine(id);
    if (value !== 0 && this.layout.graceCapacity > 0) this.frames.quiescent(id);
  }

  // Operations.

  private execute(cpu: Cpu, op: PendingOp): number {
    const id = cpu.id;
    const mem = this.mem;
    const a = op.a;
    if (op.kind <= K.OP_MEMORY_MAX && this.named[a] !== 1) this.operands[id].unnamed(op.kind, a);
    switch (op.kind) {
      case K.OP_READ_ONCE:
      case K.OP_LOAD_ACQUIRE:
      case K.OP_COND_LOAD_ACQUIRE:
        return this.load(id, a);
      case K.OP_WRITE_ONCE:
      case K.OP_STORE_RELEASE:
        this.store(id, a, op.b, H.SB_PLAIN, 0, 0, 0);
        return 0;
      case K.OP_SPIN_UNLOCK:
        if (this.load(id, a) !== id + 1) {
          this.observer.unlockOfFree(id, a);
          // No oracle watches a plain program.
          if (this.program.mmu === null) this.report({ class: 'unlock-of-free', cpu: id, lock: a });
        }
        this.store(id, a, 0, H.SB_PLAIN, 0, 0, 0);
        return 0;
      case K.OP_LOCAL_IRQ_DISABLE:
        this.setInterruptFlag(id, 0);
        return 0;
      case K.OP_LOCAL_IRQ_ENABLE:
        this.setInterruptFlag(id, 1);
        this.observer.interruptsEnabled(id);
        return 0;
      case K.OP_SEND_IPI:
        this.operands[id].target('sendIpi', a);
        mem[this.block(a) + H.PENDING_IPI] = 1;
        this.refreshLine(a);
        return 0;
      case K.OP_SEND_NMI:
        this.operands[id].target('sendNmi', a);
        mem[this.block(a) + H.PENDING_NMI] = 1;
        this.refreshLine(a);
        return 0;
      case K.OP_USER_ACCESS:
        this.operands[id].page('userAccess', a);
        return this.mmu.access(id, this.block(id), a, op.b !== 0);
      case K.OP_WALK:
        this.operands[id].page('walk', a);
        return this.mmu.walkStep(id, this.block(id), H.DEMAND, a, op.b !== 0);
      case K.OP_SET_PTE:
        return this.setPte(id, op);
      default:
        return this.executeDraining(cpu, op);
    }
  }

  /** Operations that drain the store buffer before they act. */
  private executeDraining(cpu: Cpu, op: PendingOp): number {
    const id = cpu.id;
    const mem = this.mem;
    const block = this.block(id);
    const a = op.a;
    if (op.kind <= K.OP_FETCH_AND) this.operands[id].locked(op);
    this.drainAll(id, block);
    this.lockedOperations += K.IS_LOCKED[op.kind];
    const old = mem[a];
    switch (op.kind) {
      case K.OP_XCHG:
        this.commit(id, a, op.b);
        return old;
      case K.OP_CMPXCHG:
        if (old === op.b) this.commit(id, a, op.c);
        return old;
      case K.OP_CMPXCHG_PAIR:
        if (old !== op.b || mem[a + 1] !== op.c) return 0;
        this.commit(id, a, op.d);
        this.commit(id, a + 1, op.e);
        return 1;
      case K.OP_FETCH_ADD: {
        const sum = old + op.b;
        if (sum > 0x7fffffff || sum < -0x80000000)
          throw this.refusal(`CPU${id}: fetchAdd overflows ${this.program.layout.nameOf(a)} at ${old} + ${op.b}`);
        this.commit(id, a, sum);
        return old + op.c;
      }
      case K.OP_FETCH_OR:
        this.commit(id, a, old | op.b);
        return old;
      case K.OP_FETCH_AND:
        this.commit(id, a, old & op.b);
        return old;
      case K.OP_SMP_MB:
        return 0;
      case K.OP_POST_FLUSH:
        this.operands[id].request(a, this);
        return (this.hypervisor as Hypervisor).post(id, a);
      case K.OP_SPIN_LOCK:
        this.commit(id, a, id + 1);
        return 0;
      case K.OP_IRET:
        return this.iret(cpu, block);
      case K.OP_WRITE_CR3:
        this.operands[id].cr3(a, op.b);
        this.mmu.writeCr3(block, a, op.b, op.c !== 0);
        return 0;
      case K.OP_INVLPG:
        this.operands[id].page('invlpg', a);
        this.mmu.invlpg(block, a);
        return 0;
      case K.OP_INVPCID:
        this.operands[id].invpcid(a, op.b, op.c);
        this.mmu.invpcid(block, a, op.b, op.c);
        return 0;
      case K.OP_FAULT:
        this.operands[id].page('faultEntry', a);
        this.mmu.dropPage(block, a);
        return 0;
      case K.OP_PTEP_GET_AND_CLEAR:
        this.operands[id].entry('ptepGetAndClear', op.c, op.d, a);
        return this.replacePte(id, op, 0);
      case K.OP_PTEP_SET_WRPROTECT:
        this.operands[id].entry('ptepSetWrprotect', op.c, op.d, a);
        return this.replacePte(id, op, pteValue(old) & ~PTE_WRITE);
      case K.OP_ALLOC_FRAME:
        this.operands[id].value('allocFrame', a);
        return this.frames.alloc(a);
      case K.OP_FREE_FRAME:
        this.operands[id].frame('freeFrame', a);
        this.frames.free(a);
        return 0;
      case K.OP_FREE_FRAME_RCU:
        this.operands[id].frame('freeFrameRcu', a);
        this.frames.freeAfterGracePeriod(a);
        return 0;
      default:
        throw this.refusal(`CPU${id}: no such operation: ${op.kind}`);
    }
  }

  private iret(cpu: Cpu, block: number): number {
    if (cpu.depth === 0) throw this.refusal(`CPU${cpu.id}: iret outside an interrupt handler`);
    const flag = cpu.saved.pop() as number;
    if (this.mem[block + H.IN_NMI] !== 0) this.mem[block + H.IN_NMI] = 0;
    this.setInterruptFlag(cpu.id, flag);
    if (flag !== 0) this.observer.interruptsEnabled(cpu.id);
    return 0;
  }

  private setPte(id: number, op: PendingOp): number {
    this.operands[id].entry('setPte', op.c, op.d, op.a);
    this.operands[id].entryValue(op.b);
    const index = this.ghost.index(op.c, op.d);
    const version = this.ghost.nextVersion(index);
    const alloc = this.mem[this.ghost.allocOf(pteFrame(op.b))];
    this.store(id, op.a, withVersion(op.b, version), H.SB_PTE, index, alloc, version);
    return 0;
  }

  private replacePte(id: number, op: PendingOp, after: number): number {
    const index = this.ghost.index(op.c, op.d);
    const before = this.mem[op.a];
    const version = this.ghost.nextVersion(index);
    this.commit(id, op.a, withVersion(after, version));
    this.entryChanged(id, index, version, before, after);
    return pteValue(before);
  }
}
