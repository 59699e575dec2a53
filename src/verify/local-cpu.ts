import type { Op } from '../machine/protocol.js';
import { PlainCpu } from '../programs/plain-cpu.js';

/**
 * The CPU that a script runs on while its local states are found out: whatever a script can be told ends in a
 * suspension, also what is no instruction (`peek`, `choose`) and has no boundary in an execution.
 */

/** Beside the kinds of machine/op-kinds.ts. */
export const OP_DONE = 0;
export const OP_PEEK = 100;
export const OP_POKE = 101;
export const OP_CHOOSE = 102;
/** An assertion that is false. */
export const OP_FAIL = 103;
/** The script throws here. */
export const OP_THROW = 104;
/** From here on: done at once, in the step of the operation before. */
export const OP_IMMEDIATE_MIN = OP_PEEK;

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
