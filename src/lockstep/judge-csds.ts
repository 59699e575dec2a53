import type { KernelProgram } from '../kernel/kernel-program.js';
import { Machine } from '../machine/machine.js';
import { OracleBoard } from '../oracles/board.js';
import { csdReuse, lostAck } from '../oracles/csd.js';
import type { Violation } from '../vocabulary/violation.js';
import * as W from './turn-words.js';

/**
 * Judges call-function descriptors from the log of a lockstep run: their oracles follow events of several
 * CPUs, and look at nothing else.
 */
export function judgeCsds(program: KernelProgram, words: Int32Array): Violation[] {
  const machine = new Machine(program, 'sc');
  const board = new OracleBoard(machine, program.config, [csdReuse, lostAck]);
  board.begin();
  const count = words[W.EVENT_COUNT];
  for (let event = 0; event < count && machine.violation === null; event++) {
    const at = W.EVENTS + event * W.EVENT_WORDS;
    machine.step = words[at];
    board.event(words[at + 1], words[at + 2], words[at + 3], 0);
  }
  return machine.violation === null ? [] : [machine.violation];
}
