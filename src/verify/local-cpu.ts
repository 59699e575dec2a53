import type { Cpu } from '../machine/cpu.js';
import { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import { Operands } from '../machine/operands.js';
import type { Op } from '../machine/protocol.js';
import { PlainCpu } from '../programs/plain-cpu.js';
import type { PlainProgram } from '../programs/plain-program.js';
import type { LocalCode } from './automaton.js';
import { OP_CHOOSE, OP_FAIL, OP_IMMEDIATE_MIN, OP_PEEK, OP_POKE } from './local-ops.js';

/**
 * The CPU that a script runs on while its local states are found out: whatever a script can be told ends in a
 * suspension, also what is no instruction (`peek`, `choose`) and has no boundary in an execution.
 */

export class LocalCpu extends PlainCpu {
  override peek(address: number): Op {
    this.machine.early[this.id].word('peek', address);
    return this.op(OP_PEEK, address, 0, 0);
  }
  override poke(address: number, value: number): Op {
    this.machine.early[this.id].word('poke', address);
    this.machine.early[this.id].value('poke', value);
    return this.op(OP_POKE, address, value, 0);
  }
  override choose(n: number): Op {
    this.machine.early[this.id].answers(n);
    return this.op(OP_CHOOSE, n, 0, 0);
  }
  override assert(condition: boolean, _message: string): Op {
    return condition ? this.done(0) : this.op(OP_FAIL, 0, 0, 0);
  }
}

/** The scripts of a plain program. */
export function plainCode(program: PlainProgram): LocalCode {
  // Never moved: it has the checks of operands.
  const machine = new Machine(program, 'sc');
  const operands = machine.cpus.map(({ id }) => new Operands(program, id));
  return {
    program,
    cpus: machine.cpus.map(({ id }) => new LocalCpu(machine, id)),
    statics: [program.at],
    isValid: (cpu) => isValid(operands[cpu.id], cpu),
  };
}

/** Whether the machine would execute it, by the machine's own checks. */
function isValid(operands: Operands, { pending: op, watched, depth }: Cpu): boolean {
  const { kind, a, b } = op;
  if (kind >= OP_IMMEDIATE_MIN) return true;
  try {
    if (kind <= K.OP_MEMORY_MAX && kind !== K.OP_SMP_MB) operands.word('an operation', a);
    if (kind === K.OP_WRITE_ONCE || kind === K.OP_STORE_RELEASE) operands.value('a store', b);
    if (kind === K.OP_COND_LOAD_ACQUIRE) operands.wait(op);
    if (kind === K.OP_WAIT_CHANGE) operands.change(watched[depth]);
    if (kind >= K.OP_XCHG && kind <= K.OP_FETCH_AND) operands.locked(op);
    if (kind === K.OP_SEND_IPI || kind === K.OP_SEND_NMI) operands.target('an interrupt', a);
    return true;
  } catch {
    return false;
  }
}
