/**
 * The simulated kernel under check: the machine, sequentially consistent, with the protocol of the profile,
 * and per CPU the activity (a protocol function's generator) that the recording last showed there. Nothing
 * moves by itself: the replay runs one CPU at a time, from gate to gate.
 */
import type { Backend } from '../kernel/backend.js';
import { LOADED_MM_SWITCHING, TLB_REMOTE_SEND_IPI } from '../kernel/constants.js';
import { EV_TLB_FLUSH } from '../kernel/events.js';
import type { Features } from '../kernel/features/index.js';
import { type KernelFunctions, kernelFunctions } from '../kernel/functions.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { KernelLayout } from '../kernel/kernel-layout.js';
import { kernelProgram } from '../kernel/kernel-program.js';
import type { OwnWords } from '../kernel/own-words.js';
import { CSD_FLAGS, type PerCpu } from '../kernel/structs.js';
import { agentOf, CPU_AGENT, LINE_AGENT } from '../machine/agents.js';
import { Machine } from '../machine/machine.js';
import { MachineObserver } from '../machine/observer.js';
import { OP_COND_LOAD_ACQUIRE, OP_SPIN_LOCK, WAIT_DIFFERENT } from '../machine/op-kinds.js';
import type { Program } from '../machine/program.js';
import type { Protocol } from '../machine/protocol.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { broadcastGates } from './broadcast-gates.js';
import * as G from './gates.js';

/** `TLB_NR_DYN_ASIDS`. */
export const SLOTS = 6;

export interface CheckedKernel {
  readonly features: Features;
  readonly backend: Backend;
  readonly replace: Partial<KernelFunctions>;
  /** Its functions are C text, which chooses the slot of a switch and fills it before CR3 is written. */
  readonly isKernelText?: boolean;
  readonly ownWords?: OwnWords;
}

/** The functions of a checked kernel, without gates. */
export const ownFunctions = (backend: Backend, replace: Partial<KernelFunctions>): KernelFunctions => ({
  ...kernelFunctions,
  flushTlbMulti: backend.flushTlbMulti,
  ...replace,
});

/** What an activity is: a protocol function applied to its arguments. */
export type Activity = (cpu: KernelCpu) => Protocol<void>;

/** A tlb_flush that the model traced and the recording has not confirmed yet. */
export interface ModelFlush {
  readonly reason: number;
  readonly pages: number;
}

/** What the recording decides at a CPU's gates, and what the model decided there. */
class Port {
  /** Answer of should_flush_tlb to go on with. */
  answer = false;
  /** The model's own answer. */
  answered = false;
  /** ASID * 2 + flush to load CR3 with; -1: the model's own. */
  cr3 = -1;
  /** The slot of a switch under way has passed the gate. */
  chosen = false;
  /** Whether this flush trims mm_cpumask: an input. */
  trim = false;
  /** CPUs that smp_call_function_many_cond was last about to send an IPI to. */
  ipis = 0;
}

class FlushObserver extends MachineObserver {
  readonly queue: ModelFlush[][];
  constructor(cpus: number) {
    super();
    this.queue = Array.from({ length: cpus }, () => []);
  }
  override event(cpu: number, kind: number, a: number, b: number): void {
    if (kind === EV_TLB_FLUSH) this.queue[cpu].push({ reason: a, pages: b });
  }
}

export class Lab {
  readonly machine: Machine;
  readonly gates: G.Gates;
  readonly layout: KernelLayout;
  readonly mem: Int32Array;
  readonly cpus: number;
  private readonly observer: FlushObserver;
  private readonly next: (Activity | null)[];

  readonly ports: readonly Port[];

  constructor(scenario: Scenario, { features, backend, replace, isKernelText, ownWords }: CheckedKernel) {
    const own = ownFunctions(backend, replace);
    const program = kernelProgram(scenario, {
      features,
      backend,
      replace: {
        ...replace,
        ...this.wrappers(own),
        ...(isKernelText === true ? this.cr3OfText(own) : this.cr3Gate(own)),
        ...broadcastGates(this, own),
      },
      ownWords,
    });
    this.layout = program.config.layout;
    this.cpus = scenario.cpus;
    this.ports = Array.from({ length: this.cpus }, () => new Port());
    // LOADED_MM_SWITCHING is no mm: nobody reads or writes the words that its handle would have.
    this.gates = new G.Gates(this.cpus, this.layout.mms[LOADED_MM_SWITCHING].tlbGen);
    this.next = new Array<Activity | null>(this.cpus).fill(null);
    const checked: Program = {
      ...program,
      main: (cpu) => this.tasks(cpu as KernelCpu),
      interrupt: (cpu) => this.handler(cpu as KernelCpu),
    };
    this.machine = new Machine(checked, 'sc');
    this.observer = new FlushObserver(this.cpus);
    this.machine.observer = this.observer;
    this.mem = this.machine.mem;
    // What the kernel does once in so many times it does where the recording shows it.
    this.machine.choose = (n) => n - 1;
    this.machine.begin();
  }

  /**
   * The protocol functions with gates before them. Each calls the protocol's own function, or the variant's
   * in its place.
   */
  private wrappers(own: KernelFunctions): Partial<KernelFunctions> {
    const lab = this;
    return {
      *flushTlbMulti(cpu, mask) {
        yield* lab.gates.stop(cpu, G.GATE_MULTI);
        yield* own.flushTlbMulti(cpu, mask);
      },
      *shouldFlushTlb(cpu, target) {
        yield* lab.gates.stop(cpu, G.GATE_SHOULD_FLUSH, target);
        lab.ports[cpu.id].answered = yield* own.shouldFlushTlb(cpu, target);
        return lab.ports[cpu.id].answer;
      },
      *flushTlbFunc(cpu, initiator) {
        yield* lab.gates.stop(cpu, G.GATE_FLUSH_FUNC, initiator);
        yield* own.flushTlbFunc(cpu, initiator);
      },
      *switchMmIrqsOff(cpu, next) {
        yield* lab.gates.stop(cpu, G.GATE_SWITCH_MM, next);
        yield* own.switchMmIrqsOff(cpu, next);
      },
      *incMmTlbGen(cpu, mm) {
        yield* lab.gates.stop(cpu, G.GATE_INC_GEN, mm);
        return yield* own.incMmTlbGen(cpu, mm);
      },
      *flushTlbOneUser(cpu) {
        // Recorded ranges have more pages than the lab, in whose TLB nothing stands: that, and what was
        // flushed, is all that is compared.
        yield* cpu.barrier();
      },
      *shouldTrimCpumask(cpu) {
        return lab.ports[cpu.id].trim;
      },
      *sendCallFunctionIpis(cpu) {
        // The IPIs' arrival is an input (which flush_tlb_func ran where): only whom they would go to is the
        // model's.
        lab.ports[cpu.id].ipis = yield* cpu.peek(cpu.own.cfd.cpumaskIpi);
      },
    };
  }

  private cr3Gate(own: KernelFunctions): Partial<KernelFunctions> {
    const lab = this;
    return {
      *loadNewMmCr3(cpu, next, asid, needFlush, nextTlbGen) {
        yield* lab.gates.stop(cpu, G.GATE_CR3, asid, needFlush ? 1 : 0);
        const choice = lab.ports[cpu.id].cr3;
        const [slot, flush] = choice < 0 ? [asid, needFlush] : [choice >> 1, (choice & 1) !== 0];
        yield* own.loadNewMmCr3(cpu, next, slot, flush, nextTlbGen);
      },
    };
  }

  /**
   * The same gate in C text, where one function chooses the slot and another writes CR3: behind the choice,
   * so that the text goes on with the recorded one, or before the write of a CPU that keeps its slot.
   */
  private cr3OfText(own: KernelFunctions): Partial<KernelFunctions> {
    const lab = this;
    return {
      *chooseNewAsid(cpu, next, nextTlbGen) {
        const choice = yield* own.chooseNewAsid(cpu, next, nextTlbGen);
        yield* lab.gates.stop(cpu, G.GATE_CR3, choice >> 1, choice & 1);
        const port = lab.ports[cpu.id];
        port.chosen = true;
        return port.cr3 < 0 ? choice : port.cr3;
      },
      *beforeCr3(cpu, asid, needFlush) {
        const { chosen } = lab.ports[cpu.id];
        lab.ports[cpu.id].chosen = false;
        if (!chosen) yield* lab.gates.stop(cpu, G.GATE_CR3, asid, needFlush ? 1 : 0);
      },
    };
  }

  /** A CPU's task side: one activity after another. */
  private *tasks(cpu: KernelCpu): Protocol<void> {
    for (;;) {
      yield* this.gates.stop(cpu, G.GATE_IDLE);
      const activity = this.next[cpu.id];
      this.next[cpu.id] = null;
      if (activity !== null) yield* this.guarded(cpu, activity);
    }
  }

  /** An interrupt: one activity, then back to what it interrupted. */
  private *handler(cpu: KernelCpu): Protocol<void> {
    const activity = this.next[cpu.id];
    this.next[cpu.id] = null;
    if (activity !== null) yield* this.guarded(cpu, activity);
    yield* cpu.iret();
  }

  private *guarded(cpu: KernelCpu, activity: Activity): Protocol<void> {
    try {
      yield* activity(cpu);
    } catch (error) {
      if (!(error instanceof G.Abandoned)) throw error;
      this.gates.abandoning[cpu.id] = false;
    }
  }

  cpu(id: number): KernelCpu {
    return this.machine.cpus[id] as KernelCpu;
  }
  per(id: number): PerCpu {
    return this.layout.cpus[id];
  }

  /** The gate that the CPU stands at, or -1 while it waits for other CPUs. */
  gate(id: number): number {
    const cpu = this.cpu(id);
    return this.gates.standsAt(cpu) ? this.gates.at(cpu).gate : -1;
  }
  /** The gate that the CPU was last at, with its arguments. */
  stop(id: number): Readonly<G.Stop> {
    return this.gates.at(this.cpu(id));
  }
  /** Whether the CPU stands at `gate`, for `a`. */
  standsAt(id: number, gate: number, a: number): boolean {
    return this.gate(id) === gate && this.stop(id).a === a;
  }
  /** Whether the CPU is in an interrupt handler. */
  interrupted(id: number): boolean {
    return this.cpu(id).depth > 0;
  }

  /** Starts an activity on a CPU that stands at GATE_IDLE, and runs it to its first stop. */
  start(id: number, activity: Activity, toFlush = false): void {
    this.next[id] = activity;
    this.run(id, toFlush);
  }

  /** Starts an activity in an interrupt handler, on top of whatever the CPU does. */
  interrupt(id: number, activity: Activity): void {
    this.next[id] = activity;
    this.step(agentOf(id, LINE_AGENT));
    this.gates.arrived[id] = false;
    this.run(id, false, true);
  }

  /**
   * Lets the CPU pass the gate it stands at and run to the next, to the end of its handler, or to a wait for
   * other CPUs; with `toFlush` also no further than to the next tlb_flush that it traces.
   */
  run(id: number, toFlush: boolean, begun = false): void {
    const cpu = this.cpu(id);
    const depth = cpu.depth;
    const traced = this.observer.queue[id];
    const before = traced.length;
    if (begun && this.gates.standsAt(cpu)) return;
    this.gates.arrived[id] = false;
    while (!this.blocked(cpu)) {
      this.step(agentOf(id, CPU_AGENT));
      if (this.gates.arrived[id] || cpu.depth < depth) return;
      if (toFlush && traced.length > before) return;
    }
  }

  /**
   * A WARN of C text ends nothing, as in a kernel: what is believed of one at different lines need not fit
   * together.
   */
  private step(agent: number): void {
    this.machine.stepAgent(agent);
    this.machine.violation = null;
  }

  private blocked(cpu: KernelCpu): boolean {
    const { kind, a, b, c, d } = cpu.pending;
    if (kind === OP_SPIN_LOCK) return this.mem[a] !== 0;
    if (kind !== OP_COND_LOAD_ACQUIRE || this.gates.standsAt(cpu)) return false;
    return ((this.mem[a] & b) === c) === (d === WAIT_DIFFERENT);
  }

  /** Unwinds the CPU's activity from the gate it stands at. */
  abandon(id: number): void {
    const cpu = this.cpu(id);
    if (this.gates.standsAt(cpu) && this.gates.at(cpu).gate === G.GATE_IDLE) return;
    this.unblock(cpu);
    while (!this.gates.standsAt(cpu)) {
      this.run(id, false, true);
      this.unblock(cpu);
    }
    if (this.gates.at(cpu).gate === G.GATE_IDLE) return;
    this.gates.abandoning[id] = true;
    this.run(id, false);
    this.gates.abandoning[id] = false;
    const state = this.per(id).tlbstate;
    if (this.mem[state.loadedMm] === LOADED_MM_SWITCHING) this.mem[state.loadedMm] = 0;
  }

  /** Answers for whoever the CPU waits for. */
  private unblock(cpu: KernelCpu): void {
    if (!this.blocked(cpu)) return;
    const { kind, a, c, d } = cpu.pending;
    this.mem[a] = kind === OP_SPIN_LOCK || d === WAIT_DIFFERENT ? 0 : c;
  }

  /** Whether the request that `initiator` queued for `target` has not been acknowledged. */
  csdLocked(initiator: number, target: number): boolean {
    return this.mem[this.per(initiator).cfd.csd[target] + CSD_FLAGS] !== 0;
  }

  /**
   * The oldest tlb_flush that the model has traced on the CPU and the recording not, taken off; null when
   * there is none. A send that an interrupt's flush overtook is not taken for it.
   */
  takeFlush(id: number, reason: number): ModelFlush | null {
    const queue = this.observer.queue[id];
    let index = queue.findIndex((flush) => flush.reason === reason);
    if (index < 0)
      index = queue.findIndex(
        (flush) => (flush.reason === TLB_REMOTE_SEND_IPI) === (reason === TLB_REMOTE_SEND_IPI),
      );
    return index < 0 ? null : (queue.splice(index, 1)[0] ?? null);
  }
  /** Whether a flush (not a send) was traced that the recording has not confirmed. */
  hasFlush(id: number): boolean {
    return this.observer.queue[id].some((flush) => flush.reason !== TLB_REMOTE_SEND_IPI);
  }
  dropFlushes(id: number): void {
    this.observer.queue[id].length = 0;
  }

  /** A cpumask as a number; recordings have at most 64 CPUs, of which the check takes 32. */
  mask(address: number): number {
    return this.mem[address] >>> 0;
  }
}
