import type { WaitingCpu } from '../vocabulary/violation-facts.js';
import { agentOf, CPU_AGENT } from './agents.js';
import type { Cpu } from './cpu.js';
import type { Machine } from './machine.js';
import * as K from './op-kinds.js';
import type { PendingOp } from './pending-op.js';

/** Which CPUs can move: those that wait for a word can when it holds what they wait for. */

/** Bits of `Waits.watch`: somebody waits for the word; an observer, or a listener, wants to hear of it. */
export const WATCH_WAITER = 1;
export const WATCH_OBSERVER = 2;
export const WATCH_LISTENER = 4;

/** By kind of operation: 1 where it can be that a CPU waits before it. */
const MAY_WAIT = new Uint8Array(64);
for (const kind of [K.OP_TLBSYNC, K.OP_WAIT_CHANGE, K.OP_COND_LOAD_ACQUIRE, K.OP_SPIN_LOCK])
  MAY_WAIT[kind] = 1;

export class Waits {
  /** A byte per word. */
  readonly watch: Uint8Array;
  /** By CPU: the word that it waits for, or -1. */
  private readonly address: Int32Array;
  /** By CPU: all the words, where it waits for several; the first is in `address` too. */
  private readonly several: (readonly number[] | null)[];

  constructor(
    private readonly machine: Machine,
    words: number,
    cpus: number,
  ) {
    this.watch = new Uint8Array(words);
    this.address = new Int32Array(cpus).fill(-1);
    this.several = new Array(cpus).fill(null);
  }

  /** The word has become another one. */
  wake(address: number): void {
    const { cpus } = this.machine;
    for (let id = 0; id < cpus.length; id++) if (this.awaits(id, address)) this.refresh(cpus[id]);
  }

  /** The CPU waits no longer. */
  end(id: number): void {
    const address = this.address[id];
    if (address < 0) return;
    const several = this.several[id];
    this.address[id] = -1;
    this.several[id] = null;
    if (several === null) this.forget(address);
    else for (const word of several) this.forget(word);
  }

  private forget(address: number): void {
    for (let other = 0; other < this.address.length; other++) if (this.awaits(other, address)) return;
    this.watch[address] &= ~WATCH_WAITER;
  }

  private awaits(id: number, address: number): boolean {
    return this.address[id] === address || this.several[id]?.includes(address) === true;
  }

  /** Where the CPU stands, as is told of one that does not go on. */
  standing(id: number): WaitingCpu {
    const { machine } = this;
    const { pending, watched, depth } = machine.cpus[id];
    const { kind, a } = pending;
    const isWait = kind === K.OP_COND_LOAD_ACQUIRE || kind === K.OP_SPIN_LOCK;
    const words = kind === K.OP_WAIT_CHANGE ? watched[depth].words : isWait ? [a] : [];
    const waits = words.map((word) => ({ word, value: machine.load(id, word) }));
    return { cpu: id, waits, operation: K.opName(kind), interrupts: machine.interruptsOn(id) };
  }

  /** Where those CPUs stand whose scripts have not ended. */
  unfinished(): WaitingCpu[] {
    return this.machine.cpus.filter(({ finished }) => !finished).map(({ id }) => this.standing(id));
  }

  /** Looks anew at whether the CPU can execute its pending operation. */
  refresh(cpu: Cpu): void {
    const { machine } = this;
    const id = cpu.id;
    const agent = agentOf(id, CPU_AGENT);
    if (this.address[id] >= 0) this.end(id);
    if (cpu.code.idle || !machine.executes(id)) {
      machine.enabled.remove(agent);
      return;
    }
    const pending = cpu.pending;
    if (MAY_WAIT[pending.kind] !== 1) machine.enabled.add(agent);
    else if (pending.kind === K.OP_TLBSYNC) this.refreshSync(cpu, agent);
    else if (pending.kind === K.OP_WAIT_CHANGE) this.refreshSeveral(cpu, agent);
    else this.refreshWord(cpu, agent, pending);
  }

  private refreshWord(cpu: Cpu, agent: number, pending: PendingOp): void {
    const { machine } = this;
    const { id } = cpu;
    this.check(cpu, pending);
    const value = machine.load(id, pending.a);
    const holds =
      pending.kind === K.OP_SPIN_LOCK
        ? value === 0
        : ((value & pending.b) === pending.c) === (pending.d === K.WAIT_EQUAL);
    if (holds) machine.enabled.add(agent);
    else machine.enabled.remove(agent);
    // Watched even while it holds: it can cease to hold before this CPU moves.
    this.address[id] = pending.a;
    this.watch[pending.a] |= WATCH_WAITER;
  }

  /** A wait for several words is over once one of them is not what it was seen to be. */
  private refreshSeveral(cpu: Cpu, agent: number): void {
    const { machine } = this;
    const { id, watched, depth } = cpu;
    try {
      machine.operands[id].change(watched[depth]);
    } catch (error) {
      throw machine.told(cpu, error);
    }
    const { words, seen } = watched[depth];
    if (words.some((word, at) => machine.load(id, word) !== seen[at])) machine.enabled.add(agent);
    else machine.enabled.remove(agent);
    this.address[id] = words[0];
    this.several[id] = words;
    for (const word of words) this.watch[word] |= WATCH_WAITER;
  }

  /** TLBSYNC can be executed once nothing is outstanding of what the CPU has broadcast. */
  private refreshSync(cpu: Cpu, agent: number): void {
    const { machine } = this;
    const { broadcasts } = machine;
    if (broadcasts === null) {
      try {
        machine.operands[cpu.id].broadcasts('tlbsync');
      } catch (error) {
        throw machine.told(cpu, error);
      }
      return;
    }
    const address = broadcasts.outstandingOf(cpu.id);
    if (machine.mem[address] === 0) machine.enabled.add(agent);
    else machine.enabled.remove(agent);
    this.address[cpu.id] = address;
    this.watch[address] |= WATCH_WAITER;
  }

  /** A wait is looked at before it is executed, which it might never be. */
  private check(cpu: Cpu, pending: PendingOp): void {
    const { machine } = this;
    if (machine.named[pending.a] === 1 && (pending.b | 0) === pending.b && (pending.c | 0) === pending.c)
      return;
    const operands = machine.operands[cpu.id];
    try {
      operands.word(pending.kind === K.OP_SPIN_LOCK ? 'spinLock' : 'condLoadAcquire', pending.a);
      operands.wait(pending);
    } catch (error) {
      throw machine.told(cpu, error);
    }
  }
}
