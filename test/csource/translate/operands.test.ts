import { describe, expect, it } from 'vitest';
import { Frame } from '../../../src/csource/translate/frame.js';
import { Operands } from '../../../src/csource/translate/operands.js';
import { constant, text } from '../../../src/csource/translate/stack-value.js';
import { type Instruction, OP } from '../../../src/csource/wasm/decode.js';
import { I32 } from '../../../src/csource/wasm/module.js';

const BODY = { index: 0, name: 'f', type: { parameters: [], results: [] }, locals: [I32], start: 0, end: 0 };
const of = (...opcodes: readonly number[]): Operands => {
  const instructions = opcodes.map((opcode): Instruction => ({ opcode, a: 0, b: 0, address: 0 }));
  return new Operands(BODY, instructions, new Frame([]));
};

describe('a local of WebAssembly', () => {
  it('that is set once and then read is what it was set to', () => {
    const operands = of(OP.localSet, OP.localGet);
    operands.setLocal(0, constant(7));
    operands.getLocal(0);
    expect(operands.pop()).toEqual(constant(7));
    expect(operands.declarations()).toEqual([]);
  });

  // What an optimiser leaves of a variable without a beginning: `int last; for (...) if (...) last = i;`.
  it('that is read in front of where it is set keeps what the turn of a loop before has set', () => {
    const operands = of(OP.localGet, OP.localSet);
    operands.getLocal(0);
    expect(operands.pop()).toEqual(text('l0', ['l0'], true));
    operands.setLocal(0, constant(7));
    expect(operands.declarations()).toEqual(['l0 = 0']);
    expect(operands.lines.map((line) => line.text)).toEqual(['l0 = 7;']);
  });

  it('that is never set is 0', () => {
    const operands = of(OP.localGet);
    operands.getLocal(0);
    expect(operands.pop()).toEqual(constant(0));
  });
});
