import { agentOf, LINE_AGENT } from './agents.js';
import type { Cpu } from './cpu.js';
import * as H from './hardware.js';
import type { Machine } from './machine.js';

/** Interrupt flags, pending interrupts, handlers on top of what they interrupt, and the way back. */

/** What an interrupt saves: the pending operation, whether `yield*` waits for it, and the interrupt flag. */
const SAVED_WORDS = 8;
/** Where the first operand is among them. */
const SAVED_A = 2;

export class Interrupts {
  constructor(private readonly machine: Machine) {}

  areOn(cpu: number): boolean {
    return this.machine.mem[this.machine.block(cpu) + H.IF] !== 0;
  }

  setFlag(id: number, value: number): void {
    const { machine } = this;
    machine.mem[machine.block(id) + H.IF] = value;
    this.refreshLine(id);
    if (value !== 0 && machine.layout.graceCapacity > 0) machine.frames.quiescent(id);
  }

  /** `pending`: H.PENDING_IPI or H.PENDING_NMI. */
  post(target: number, pending: number): void {
    this.machine.mem[this.machine.block(target) + pending] = 1;
    this.refreshLine(target);
  }

  /** Whether the CPU's interrupt line can deliver, and what else may wait for its flag can move. */
  refreshLine(id: number): void {
    const { machine } = this;
    machine.remoteActions?.refresh(id);
    const { mem } = machine;
    const block = machine.block(id);
    const nmi = mem[block + H.PENDING_NMI] !== 0 && mem[block + H.IN_NMI] === 0;
    const ipi = mem[block + H.PENDING_IPI] !== 0 && mem[block + H.IF] !== 0;
    if ((nmi || ipi) && machine.running(id)) machine.enabled.add(agentOf(id, LINE_AGENT));
    else machine.enabled.remove(agentOf(id, LINE_AGENT));
  }

  /** A handler begins; the CPU's code is then to be resumed. */
  deliver(cpu: Cpu): void {
    const { machine } = this;
    const { id } = cpu;
    const { mem } = machine;
    const block = machine.block(id);
    const isNmi = mem[block + H.PENDING_NMI] !== 0 && mem[block + H.IN_NMI] === 0;
    // An interrupt is serialising: the buffer drains before the handler's first instruction.
    machine.drain(id);
    this.push(cpu);
    if (isNmi) {
      mem[block + H.PENDING_NMI] = 0;
      mem[block + H.IN_NMI] = 1;
    } else mem[block + H.PENDING_IPI] = 0;
    mem[block + H.IF] = 0;
    cpu.code.interrupt(isNmi ? 'nmi' : 'ipi');
    this.refreshLine(id);
  }

  /** What runs on the CPU is put by, its interrupt flag last. */
  push(cpu: Cpu): void {
    const { machine } = this;
    const { id, pending, saved } = cpu;
    machine.waits.end(id);
    saved.push(pending.armed ? 1 : 0, pending.kind, pending.a, pending.b, pending.c, pending.d, pending.e);
    cpu.depth++;
    pending.armed = false;
    saved.push(machine.mem[machine.block(id) + H.IF]);
  }

  /** The first two operands of what was put by last. */
  interrupted({ depth, saved }: Cpu): readonly [a: number, b: number] {
    const at = SAVED_WORDS * (depth - 1) + SAVED_A;
    return [saved[at], saved[at + 1]];
  }

  iret({ id, depth, saved }: Cpu): number {
    const { machine } = this;
    if (depth === 0) throw machine.refusal(`CPU${id}: iret outside an interrupt handler`);
    const flag = saved.pop() as number;
    const block = machine.block(id);
    if (machine.mem[block + H.IN_NMI] !== 0) machine.mem[block + H.IN_NMI] = 0;
    this.setFlag(id, flag);
    if (flag !== 0) machine.observer.interruptsEnabled(id);
    return 0;
  }

  /** The innermost handler has ended: what it interrupted is pending again. */
  handlerEnded(cpu: Cpu): void {
    const { saved, pending } = cpu;
    // All but the last are left when each handler's iret has taken the interrupt flag.
    if (saved.length !== SAVED_WORDS * cpu.depth - 1)
      throw this.machine.refusal(`an interrupt handler of CPU${cpu.id} ended without iret`).error();
    cpu.depth--;
    pending.e = saved.pop() as number;
    pending.d = saved.pop() as number;
    pending.c = saved.pop() as number;
    pending.b = saved.pop() as number;
    pending.a = saved.pop() as number;
    pending.kind = saved.pop() as number;
    pending.armed = saved.pop() !== 0;
  }
}
