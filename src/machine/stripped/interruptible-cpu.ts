import * as H from '../hardware.js';
import * as K from '../op-kinds.js';
import { Operands } from '../operands.js';
import { storeWord } from './access.js';
import { askFor } from './attention.js';
import { Broadcasts } from './broadcasts.js';
import type { Locked } from './locked.js';
import type { Machine } from './machine.js';
import { RemoteActions } from './remote-actions.js';
import {
  ATTEND_IPI,
  ATTEND_NMI,
  ATTEND_REQUEST,
  ATTEND_STOP,
  type ControlWords,
  RING_EVENTS,
  type Runner,
  Stopped,
} from './runner.js';
import { Vcpu } from './vcpu.js';

/**
 * The boundaries between a CPU's instructions, at which it takes the interrupts that it finds and its host
 * may take it off its processor; and the operations on interrupts.
 */
export abstract class InterruptibleCpu {
  readonly id: number;
  readonly machine: Machine;
  protected readonly mem: Int32Array;
  protected readonly locked: Locked;
  protected readonly runner: Runner;
  private readonly trace: Runner['trace'];
  protected readonly operands: Operands;
  protected readonly control: Int32Array;
  protected readonly controlLocked: Locked;
  protected readonly words: ControlWords;
  protected readonly attention: number;
  private readonly scratch: number;
  private readonly enablings: number;
  private readonly activity: number;
  private readonly ring: number;
  protected readonly block: number;
  protected readonly atomicStores: boolean;
  /** Boundaries until the runner is called. */
  private fuel = 1;
  private events = 0;
  /** The interrupt flag, as in `mem` for others. */
  private interrupts = true;
  private inNmi = false;
  private attending = false;
  /** Flags that interrupts saved: at most an IPI's and an NMI's. */
  private readonly saved: boolean[] = [];
  /** The CPU's host, if it is virtual. */
  protected readonly host: Vcpu | null;
  /** Its part in broadcast invalidations, if the CPUs have them. */
  protected readonly invalidations: Broadcasts | null;
  /** Its part in remote action requests, if the CPUs have them. */
  protected readonly remoteActions: RemoteActions | null;
  /**
   * The user access whose boundary this is (page * 2 + write), or -1; and its outcome, if the host has done
   * it.
   */
  protected standsBefore = -1;
  protected doneByHost = -1;

  constructor(machine: Machine, id: number) {
    this.id = id;
    this.machine = machine;
    this.mem = machine.mem;
    this.locked = machine.locked;
    this.runner = machine.runner;
    this.trace = machine.runner.trace;
    this.operands = new Operands(machine.program, id, true);
    this.words = machine.control;
    this.control = machine.control.words;
    this.controlLocked = machine.control.locked;
    this.attention = machine.control.attention(id);
    this.scratch = machine.control.scratch(id);
    this.enablings = machine.control.enablings(id);
    this.activity = machine.control.activity(id);
    this.ring = machine.control.ring(id);
    this.block = machine.block(id);
    this.atomicStores = machine.atomicStores;
    const { host, broadcast, remoteActions } = machine.program;
    this.host = host == null ? null : new Vcpu(machine, machine.runner, host, id);
    this.invalidations = broadcast == null ? null : new Broadcasts(machine, machine.runner, broadcast, id);
    this.remoteActions =
      remoteActions == null ? null : new RemoteActions(machine, machine.runner, remoteActions, id);
  }

  /** Handlers that run: at most an IPI's and an NMI's. */
  get depth(): number {
    return this.saved.length;
  }

  /** Brings the CPU back to the state in which a script starts. */
  reset(): void {
    this.fuel = 1;
    this.interrupts = true;
    this.inNmi = false;
    this.saved.length = 0;
    this.standsBefore = -1;
    this.doneByHost = -1;
  }

  /** A boundary that belongs to no instruction: between steps of a script, and while the CPU idles. */
  boundary(): void {
    if (--this.fuel <= 0) this.fuel = this.runner.tick(this.id);
    // A plain load: should it come late, so may an interrupt. A wait reads it atomically.
    if (this.control[this.attention] !== 0) this.attend();
  }

  /**
   * Attends to what others have asked for, while the script waits for the end of a round. No boundary:
   * neither walk nor preemption may begin there, when memory may be put back any moment. `isOver` is asked
   * after a reason to attend was seen: one of the next round is seen only once it is over.
   */
  serve(isOver: () => boolean): void {
    const takeable = this.interrupts ? -1 : ~ATTEND_IPI;
    if ((this.controlLocked.load(this.attention) & takeable) !== 0 && !isOver()) this.attend();
  }

  /**
   * The activity word is odd before a bit of the attention word is taken and until what was asked for is
   * done, its stores before: who finds no bit and an even word knows that nothing is under way here.
   */
  protected attend(): void {
    if (this.attending) {
      this.attendAll();
      return;
    }
    this.attending = true;
    this.control[this.activity]++;
    this.attendAll();
    this.control[this.activity]++;
    this.attending = false;
  }

  private attendAll(): void {
    for (;;) {
      const attention = this.controlLocked.load(this.attention);
      if ((attention & ATTEND_STOP) !== 0) throw new Stopped('the run is over');
      if ((attention & ATTEND_REQUEST) !== 0) {
        // Before the requests are looked at: one that comes later sets it again.
        this.controlLocked.and(this.attention, ~ATTEND_REQUEST);
        this.host?.serve();
        this.invalidations?.serve();
        this.remoteActions?.serve();
        this.note(this.requestStep(), 0, 0);
      } else if ((attention & ATTEND_NMI) !== 0 && !this.inNmi) {
        this.controlLocked.and(this.attention, ~ATTEND_NMI);
        this.inNmi = true;
        this.take(true);
      } else if ((attention & ATTEND_IPI) !== 0 && this.interrupts) {
        this.controlLocked.and(this.attention, ~ATTEND_IPI);
        this.take(false);
      } else return;
    }
  }

  /** What it is that a request has this CPU do. */
  private requestStep(): number {
    if (this.remoteActions !== null) return K.STEP_REMOTE_ACTION;
    return this.invalidations === null ? K.STEP_SERVE : K.STEP_INVALIDATE;
  }

  /** The host takes the virtual CPU off its processor, at a boundary, and brings it back. */
  preempt(): void {
    if (this.host === null) return;
    this.note(K.STEP_PREEMPT, 0, 0);
    const access = this.standsBefore;
    this.standsBefore = -1;
    const outcome = this.host.preempt(access >> 1, (access & 1) !== 0);
    if (outcome >= 0) this.doneByHost = outcome;
    this.note(K.STEP_HOST, 0, 0);
  }

  /** Runs the program's handler of an IPI, or of an NMI. */
  protected abstract handle(nmi: boolean): void;

  /** Runs a handler to its IRET, with interrupts off, on top of what it interrupted. */
  private take(nmi: boolean): void {
    // The handler's boundaries are not those of the access that it interrupted.
    this.standsBefore = -1;
    this.saved.push(this.interrupts);
    this.setInterrupts(false);
    this.note(K.STEP_DELIVER, 0, 0);
    this.handle(nmi);
    if (this.runner.served(this.id)) this.fuel = 0;
  }

  /**
   * Disabling is a full barrier here, which CLI is not: whoever frees a page-table page reads this flag, and
   * must not find it on while this CPU already walks with it off. Enabling tells waiters for a grace period,
   * in this order.
   */
  private setInterrupts(on: boolean): void {
    this.interrupts = on;
    if (on) {
      this.control[this.enablings]++;
      this.mem[this.block + H.IF] = 1;
    } else this.locked.exchange(this.block + H.IF, 0);
  }

  /** Notes what was executed, for the post-mortem. */
  protected note(kind: number, a: number, value: number): void {
    const at = this.ring + 1 + (this.events++ & (RING_EVENTS - 1)) * 2;
    this.control[at] = kind | (a << 6);
    this.control[at + 1] = value;
    this.control[this.ring] = this.events;
    if (this.trace !== null) this.trace(this.id, kind, a, value);
  }

  /** A full barrier: what a serialising instruction does to the store buffer. */
  protected drain(): void {
    this.controlLocked.or(this.scratch, 0);
  }

  protected put(address: number, value: number): void {
    storeWord(this.mem, address, value, this.atomicStores);
  }

  localIrqDisable(): number {
    this.boundary();
    this.setInterrupts(false);
    this.note(K.OP_LOCAL_IRQ_DISABLE, 0, 0);
    return 0;
  }
  localIrqEnable(): number {
    this.boundary();
    this.setInterrupts(true);
    this.note(K.OP_LOCAL_IRQ_ENABLE, 0, 0);
    return 0;
  }
  sendIpi(target: number): number {
    this.boundary();
    this.note(K.OP_SEND_IPI, target, 0);
    this.post(target, ATTEND_IPI);
    return 0;
  }
  sendNmi(target: number): number {
    this.boundary();
    this.note(K.OP_SEND_NMI, target, 0);
    this.post(target, ATTEND_NMI);
    return 0;
  }
  private post(target: number, bit: number): void {
    if (askFor(this.controlLocked, this.words.attention(target), bit)) this.runner.ring(this.id, target);
  }
  iret(): number {
    this.boundary();
    this.drain();
    const flag = this.saved.pop();
    if (flag === undefined) this.operands.mistake('iret', 'outside an interrupt handler');
    if (this.inNmi) this.inNmi = false;
    if (flag) this.setInterrupts(true);
    this.note(K.OP_IRET, 0, 0);
    return 0;
  }
}
