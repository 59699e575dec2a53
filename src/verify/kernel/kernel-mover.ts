import {
  AGENTS,
  agentOf,
  CPU_AGENT,
  kindOfAgent,
  LINE_AGENT,
  PREEMPT_AGENT,
  WALKER_AGENT,
} from '../../machine/agents.js';
import * as K from '../../machine/op-kinds.js';
import type { Mover } from '../moves.js';
import { FINE, VIOLATION } from '../space.js';
import type { KernelMachine } from './kernel-machine.js';

/**
 * Moves of a kernel's CPUs that read and change nothing but shared words and the CPU's own component,
 * whatever the other CPUs are. An operation is known to be one by its kind; any other is executed in its
 * whole state (KernelSpace).
 */

/** Operations that look at no other CPU's hardware. */
const OWN: ReadonlySet<number> = new Set([
  K.OP_READ_ONCE,
  K.OP_WRITE_ONCE,
  K.OP_LOAD_ACQUIRE,
  K.OP_STORE_RELEASE,
  K.OP_XCHG,
  K.OP_CMPXCHG,
  K.OP_CMPXCHG_PAIR,
  K.OP_FETCH_ADD,
  K.OP_FETCH_OR,
  K.OP_FETCH_AND,
  K.OP_SMP_MB,
  K.OP_COND_LOAD_ACQUIRE,
  K.OP_SPIN_LOCK,
  K.OP_SPIN_UNLOCK,
  K.OP_WAIT_CHANGE,
  K.OP_LOCAL_IRQ_DISABLE,
  K.OP_LOCAL_IRQ_ENABLE,
  K.OP_IRET,
  K.OP_WRITE_CR3,
  K.OP_INVLPG,
  K.OP_INVPCID,
  // Requests and bits for targets are shared words.
  K.OP_INVLPGB,
  K.OP_TLBSYNC,
  // So are a signal and an action vector.
  K.OP_SEND_RAR,
  K.OP_USER_ACCESS,
  K.OP_WALK,
  K.OP_FAULT,
  K.OP_SET_PTE,
  K.OP_PTEP_GET_AND_CLEAR,
  K.OP_PTEP_SET_WRPROTECT,
  // Physical CPUs and what is parked there are shared words.
  K.OP_HOST,
  K.OP_ALLOC_FRAME,
  K.OP_FREE_FRAME,
]);

export class KernelMover implements Mover {
  readonly agents: readonly number[];
  private cpu = 0;
  private memory = 0;
  private component = 0;

  /** `isWhole`: every operation is executed in its whole state, for tests. */
  constructor(
    private readonly kernel: KernelMachine,
    private readonly isWhole: boolean,
  ) {
    this.agents = AGENTS.map(({ number }) => number).filter((kind) => kernel.machine.units.has(kind));
  }

  set choose(choose: (n: number) => number) {
    this.kernel.machine.choose = choose;
  }

  /** Whether the next operation of the component's CPU is to be executed in its whole state. */
  needsWhole(component: number): boolean {
    const { automaton, parts } = this.kernel;
    const kind = automaton.kind[parts.node(component)];
    return kind !== 0 && (this.isWhole || !OWN.has(kind));
  }

  load(memory: number, component: number): void {
    const { kernel } = this;
    this.memory = memory;
    this.component = component;
    this.cpu = kernel.parts.cpu(component);
    kernel.loadShared(memory);
    kernel.parts.load(component);
    kernel.machine.refresh(this.cpu);
  }

  canMove(kind: number): boolean {
    const { machine, walksLeft, preemptionsLeft } = this.kernel;
    const agent = agentOf(this.cpu, kind);
    if (kind === CPU_AGENT && this.needsWhole(this.component)) return false;
    if (kind === WALKER_AGENT) return machine.canStep(agent) && (machine.enabled.has(agent) || walksLeft > 0);
    if (kind === PREEMPT_AGENT) return preemptionsLeft > 0 && machine.canStep(agent);
    return machine.enabled.has(agent);
  }

  move(kind: number): readonly number[] | null {
    const { kernel, cpu } = this;
    const { machine } = kernel;
    const agent = agentOf(cpu, kind);
    const begins = kind === PREEMPT_AGENT || (kind === WALKER_AGENT && !machine.enabled.has(agent));
    const { walksLeft, preemptionsLeft } = kernel;
    kernel.changing(cpu);
    if (begins) machine.enabled.add(agent);
    const isFine = kernel.step(agent);
    if (begins && isFine && this.isUnchanged()) return null;
    if (begins && kind === WALKER_AGENT) kernel.walksLeft = walksLeft - 1;
    if (kind === PREEMPT_AGENT) kernel.preemptionsLeft = preemptionsLeft - 1;
    const goesOn = isFine && (kind === CPU_AGENT || kind === LINE_AGENT);
    const after = goesOn ? kernel.runLocalSteps(cpu) : 0;
    const memory = kernel.saveShared();
    return [kindOfAgent(agent), memory, kernel.parts.save(cpu), -1, 0, isFine ? FINE : VIOLATION, after];
  }

  /**
   * What the environment began has changed nothing: an execution without it is the same, with one more left.
   */
  private isUnchanged(): boolean {
    return this.kernel.saveShared() === this.memory && this.kernel.parts.save(this.cpu) === this.component;
  }
}
