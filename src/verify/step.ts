import { BUFFER_AGENT, CPU_AGENT, LINE_AGENT } from '../machine/agents.js';
import * as K from '../machine/op-kinds.js';
import type { PlainProgram } from '../programs/plain-program.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import { type Automaton, END } from './automaton.js';
import * as C from './components.js';
import { OP_CHOOSE, OP_DONE, OP_FAIL, OP_PEEK, OP_POKE, OP_THROW } from './local-ops.js';
import { FINE, MISTAKE, VIOLATION } from './space.js';

/**
 * One step of one CPU's agents, on a state that is numbers: what Machine.stepAgent does for a plain program.
 * The machine stays the reference; tests compare the two step by step, and every witness is executed on the
 * machine before it is told.
 */

/** Of what is done at once, one after the other: a loop of it does not end. */
const IMMEDIATE_MAX = 1_000_000;

const WAITS: ReadonlySet<number> = new Set([K.OP_COND_LOAD_ACQUIRE, K.OP_WAIT_CHANGE, K.OP_SPIN_LOCK]);

/** Nobody is interrupted. */
export const NOBODY = -1;

export class Stepper {
  /** The state of the CPU that moves, taken apart. Memory is the program's words. */
  readonly mem: Int32Array;
  readonly buffer = new C.Buffer();
  cpu = 0;
  node = END;
  flags = 0;
  context = C.NO_CONTEXT;
  /** After a step: to whom an interrupt was sent, or NOBODY, and which flag that sets. */
  target = NOBODY;
  targetFlag = 0;
  outcome = FINE;
  /** Answers a `choose(n)`. */
  choose: (n: number) => number = () => 0;
  private readonly sc: boolean;

  constructor(
    program: PlainProgram,
    memory: MemoryModel,
    private readonly automaton: Automaton,
    private readonly components: C.Components,
  ) {
    this.mem = new Int32Array(program.hardwareBase);
    this.sc = memory === 'sc';
  }

  /** Takes a CPU's component apart; `mem` is the caller's business. */
  load(component: number): void {
    const { components } = this;
    this.cpu = components.cpu(component);
    this.node = components.field(component, C.NODE);
    this.flags = components.flags(component);
    this.context = components.field(component, C.CONTEXT);
    components.loadBuffer(components.field(component, C.BUFFER), this.buffer.words);
    this.target = NOBODY;
    this.outcome = FINE;
  }

  /** The component of what `load` took apart and steps have changed. */
  store(): number {
    return this.components.make(
      this.cpu,
      this.node,
      this.components.buffer(this.buffer.words),
      this.flags,
      this.context,
    );
  }

  /** A CPU before the first operation of its script. */
  begin(cpu: number): void {
    this.cpu = cpu;
    this.flags = C.FLAG_IF;
    this.context = C.NO_CONTEXT;
    this.buffer.words.fill(0);
    this.outcome = FINE;
    this.settle(this.automaton.root(cpu, 'main'));
  }

  /** Whether the agent of what was loaded can move. */
  canMove(agent: number): boolean {
    const { flags } = this;
    if (agent === BUFFER_AGENT) return this.buffer.count > 0;
    if (agent === LINE_AGENT)
      return this.nmiWaits() || ((flags & C.FLAG_IPI) !== 0 && (flags & C.FLAG_IF) !== 0);
    return this.node !== END && !this.waits();
  }

  /** Moves an agent that can. */
  move(agent: number): void {
    if (agent === BUFFER_AGENT) this.buffer.drain(this.mem);
    else if (agent === LINE_AGENT) this.deliver();
    else if (agent === CPU_AGENT) this.operate();
  }

  private nmiWaits(): boolean {
    return (this.flags & C.FLAG_NMI) !== 0 && (this.flags & C.FLAG_IN_NMI) === 0;
  }

  private waits(): boolean {
    const { automaton, node } = this;
    const kind = automaton.kind[node];
    const watched = automaton.watched[node];
    if (watched !== null) return watched.words.every((word, at) => this.read(word) === watched.seen[at]);
    if (kind !== K.OP_COND_LOAD_ACQUIRE && kind !== K.OP_SPIN_LOCK) return false;
    const value = this.read(automaton.a[node]);
    if (kind === K.OP_SPIN_LOCK) return value !== 0;
    return ((value & automaton.b[node]) === automaton.c[node]) !== (automaton.d[node] === K.WAIT_EQUAL);
  }

  /** What the CPU sees: its own newest store, else memory. */
  private read(address: number): number {
    const at = this.buffer.find(address);
    return at < 0 ? this.mem[address] : this.buffer.words[at];
  }

  private write(address: number, value: number): void {
    if (this.sc) {
      this.mem[address] = value;
      return;
    }
    if (this.buffer.isFull) this.buffer.drain(this.mem);
    this.buffer.push(address, value);
  }

  private deliver(): void {
    const isNmi = this.nmiWaits();
    this.buffer.drainAll(this.mem);
    this.context = this.components.context(this.node, this.flags & C.FLAG_IF, this.context);
    this.flags &= ~(isNmi ? C.FLAG_NMI : C.FLAG_IPI) & ~C.FLAG_IF;
    if (isNmi) this.flags |= C.FLAG_IN_NMI;
    this.settle(this.automaton.root(this.cpu, isNmi ? 'nmi' : 'interrupt'));
  }

  private operate(): void {
    const { automaton, node } = this;
    if (!automaton.valid[node]) {
      this.outcome = MISTAKE;
      return;
    }
    const result = this.execute(node);
    if (this.outcome === FINE) this.settle(automaton.next(node, result));
  }

  /**
   * What is no instruction is done at once, up to the next operation; the end of a handler gives the CPU back
   * to what it interrupted.
   */
  private settle(from: number): void {
    const { automaton, mem } = this;
    let node = from;
    for (let turns = 0; ; turns++) {
      if (turns > IMMEDIATE_MAX) {
        // Never an operation again: the machine, on which it is executed next, says where.
        this.outcome = MISTAKE;
        return;
      }
      const a = automaton.a[node];
      switch (automaton.kind[node]) {
        case OP_PEEK:
          node = automaton.next(node, mem[a]);
          break;
        case OP_POKE:
          mem[a] = automaton.b[node];
          node = automaton.next(node, 0);
          break;
        case OP_CHOOSE:
          node = automaton.next(node, this.choose(a));
          break;
        case OP_FAIL:
          // The script goes on to its next operation all the same, and may choose on the way.
          this.outcome = VIOLATION;
          node = automaton.next(node, 0);
          break;
        case OP_THROW:
          this.outcome = MISTAKE;
          return;
        case OP_DONE:
          this.ended();
          return;
        default:
          // A wait is looked at before it is executed, which it might never be.
          if (!automaton.valid[node] && WAITS.has(automaton.kind[node])) this.outcome = MISTAKE;
          this.node = node;
          return;
      }
    }
  }

  private ended(): void {
    const { components, context } = this;
    if (context === C.NO_CONTEXT) {
      this.node = END;
      // A CPU whose script has ended idles with interrupts on.
      this.flags |= C.FLAG_IF;
      return;
    }
    if (components.contextFlag(context) !== C.IRET_TAKEN) this.outcome = MISTAKE;
    this.node = components.contextNode(context);
    this.context = components.contextBelow(context);
  }

  /** The result; what a mistake leaves behind is of no interest. */
  private execute(node: number): number {
    const { automaton, cpu, mem } = this;
    const kind = automaton.kind[node];
    const a = automaton.a[node];
    const b = automaton.b[node];
    switch (kind) {
      case K.OP_READ_ONCE:
      case K.OP_LOAD_ACQUIRE:
      case K.OP_COND_LOAD_ACQUIRE:
        return this.read(a);
      case K.OP_WRITE_ONCE:
      case K.OP_STORE_RELEASE:
        this.write(a, b);
        return 0;
      case K.OP_WAIT_CHANGE:
        return 0;
      case K.OP_SPIN_UNLOCK:
        if (this.read(a) !== cpu + 1) this.outcome = VIOLATION;
        this.write(a, 0);
        return 0;
      case K.OP_LOCAL_IRQ_DISABLE:
        this.flags &= ~C.FLAG_IF;
        return 0;
      case K.OP_LOCAL_IRQ_ENABLE:
        this.flags |= C.FLAG_IF;
        return 0;
      case K.OP_SEND_IPI:
      case K.OP_SEND_NMI:
        this.send(a, kind === K.OP_SEND_NMI ? C.FLAG_NMI : C.FLAG_IPI);
        return 0;
      default:
        this.buffer.drainAll(mem);
        return this.executeDrained(node, kind, a, b);
    }
  }

  private send(target: number, flag: number): void {
    if (target === this.cpu) this.flags |= flag;
    else {
      this.target = target;
      this.targetFlag = flag;
    }
  }

  private executeDrained(node: number, kind: number, a: number, b: number): number {
    const { automaton, mem } = this;
    const old = mem[a];
    switch (kind) {
      case K.OP_XCHG:
        mem[a] = b;
        return old;
      case K.OP_CMPXCHG:
        if (old === b) mem[a] = automaton.c[node];
        return old;
      case K.OP_CMPXCHG_PAIR:
        if (old !== b || mem[a + 1] !== automaton.c[node]) return 0;
        mem[a] = automaton.d[node];
        mem[a + 1] = automaton.e[node];
        return 1;
      case K.OP_FETCH_ADD: {
        const sum = old + b;
        if ((sum | 0) !== sum) this.outcome = MISTAKE;
        mem[a] = sum;
        return old + automaton.c[node];
      }
      case K.OP_FETCH_OR:
        mem[a] = old | b;
        return old;
      case K.OP_FETCH_AND:
        mem[a] = old & b;
        return old;
      case K.OP_SMP_MB:
        return 0;
      case K.OP_SPIN_LOCK:
        mem[a] = this.cpu + 1;
        return 0;
      case K.OP_IRET:
        this.iret();
        return 0;
      default:
        this.outcome = MISTAKE;
        return 0;
    }
  }

  private iret(): void {
    const { components, context } = this;
    const flag = context === C.NO_CONTEXT ? C.IRET_TAKEN : components.contextFlag(context);
    if (flag === C.IRET_TAKEN) {
      this.outcome = MISTAKE;
      return;
    }
    this.context = components.context(
      components.contextNode(context),
      C.IRET_TAKEN,
      components.contextBelow(context),
    );
    this.flags = (this.flags & ~C.FLAG_IN_NMI & ~C.FLAG_IF) | flag;
  }
}
