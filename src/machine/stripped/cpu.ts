import type { Cpu as ExplorerCpu } from '../cpu.js';
import type { Op } from '../protocol.js';
import { PagingCpu } from './paging-cpu.js';
import { stripped } from './stripped-program.js';

/**
 * A simulated CPU whose operations act at once: the stripped build's twin of machine/cpu.ts, with the same
 * method names. Each operation begins with a boundary, in which the CPU takes the interrupts that it finds
 * (interruptible-cpu.ts, memory-cpu.ts, paging-cpu.ts). What operations are given is not looked at (see
 * checked-cpu.ts).
 */
export class Cpu extends PagingCpu {
  protected override handle(nmi: boolean): void {
    const handlers = stripped(this.machine.program);
    if (nmi) handlers.nmi(this);
    else handlers.interrupt(this);
  }

  // No instructions.

  peek(address: number): number {
    return this.mem[address];
  }
  /** Rings nobody: what the lab's own kernels poke, only the running task can reach. */
  poke(address: number, value: number): number {
    this.mem[address] = value;
    return 0;
  }
  ownRegister(register: number): number {
    return this.mem[this.block + register];
  }
  choose(n: number): number {
    return this.runner.choose(this.id, n);
  }
  event(kind: number, a: number, b: number): number {
    this.machine.event(this.id, kind, a, b);
    return 0;
  }
  promise(mm: number, page: number, rights: number): number {
    this.machine.ghost.promise(this.id, mm, page, rights);
    return 0;
  }
  operationReturned(): number {
    this.machine.ghost.operationReturned(this.id);
    return 0;
  }
  newAddressSpace(mm: number): number {
    return this.machine.ghost.newAddressSpace(mm);
  }
  assert(condition: boolean, message: string): number {
    if (!condition) this.machine.report({ class: 'assertion', cpu: this.id, text: message });
    return 0;
  }
}

/** What is an operation of the explorer's CPU. */
type Operations = {
  [Name in keyof ExplorerCpu as ExplorerCpu[Name] extends (...args: never[]) => Op
    ? Name
    : never]: ExplorerCpu[Name] extends (...args: infer Arguments) => Op
    ? (...args: Arguments) => number
    : never;
};

/** Fails to compile when the two builds differ in an operation. */
export const sameOperations = (cpu: Cpu): Operations => cpu;
