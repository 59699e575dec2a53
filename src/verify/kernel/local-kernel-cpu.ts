import { type KernelConfig, KernelCpu } from '../../kernel/kernel-cpu.js';
import type { KernelProgram } from '../../kernel/kernel-program.js';
import { Machine } from '../../machine/machine.js';
import type { Op } from '../../machine/protocol.js';
import type { LocalCode } from '../automaton.js';
import {
  OP_CHOOSE,
  OP_EVENT,
  OP_FAIL,
  OP_NEW_SPACE,
  OP_PEEK,
  OP_POKE,
  OP_PROMISE,
  OP_REGISTER,
  OP_RETURNED,
} from '../local-ops.js';

/**
 * The CPU that kernel code runs on while its local states are found out: what is no instruction ends in a
 * suspension too. Operands are looked at by the machine, which executes everything.
 */
class LocalKernelCpu extends KernelCpu {
  override readonly standsInMany = true;

  override peek(address: number): Op {
    return this.op(OP_PEEK, address, 0, 0);
  }
  override poke(address: number, value: number): Op {
    return this.op(OP_POKE, address, value, 0);
  }
  override ownRegister(register: number): Op {
    return this.op(OP_REGISTER, register, 0, 0);
  }
  override choose(n: number): Op {
    return this.op(OP_CHOOSE, n, 0, 0);
  }
  override event(kind: number, a: number, b: number): Op {
    return this.op(OP_EVENT, kind, a, b);
  }
  override promise(mm: number, page: number, rights: number): Op {
    return this.op(OP_PROMISE, mm, page, rights);
  }
  override operationReturned(): Op {
    return this.op(OP_RETURNED, 0, 0, 0);
  }
  override newAddressSpace(mm: number): Op {
    return this.op(OP_NEW_SPACE, mm, 0, 0);
  }
  override assert(condition: boolean, _message: string): Op {
    return condition ? this.done(0) : this.op(OP_FAIL, 0, 0, 0);
  }
}

/** A scenario's scripts and handlers under a variant. */
export function kernelCode(program: KernelProgram): LocalCode {
  const { config } = program;
  // Never moved.
  const machine = new Machine(program, 'sc');
  return {
    program,
    cpus: machine.cpus.map(({ id }) => new LocalKernelCpu(machine, id, config)),
    statics: staticsOf(config),
    isValid: () => true,
  };
}

/** Structures of addresses, and scripts: the same objects in every execution. */
function staticsOf({ layout, scenario, features, functions, runs }: KernelConfig): object[] {
  const found = new Set<object>([layout.layout, layout, functions, features, ...runs]);
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || found.has(value)) return;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== Array.prototype) return;
    found.add(value);
    for (const member of Object.values(value)) visit(member);
  };
  for (const member of Object.values(layout)) visit(member);
  visit(scenario);
  return [...found];
}
