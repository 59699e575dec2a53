import { type Instruction, SkippedTest } from './litmus-test.js';
import { int32, quoted, type Source } from './test-text.js';

/**
 * Instructions as herd7 writes them: Intel's order with `X86` (`MOV [x],$1`), AT&T's with `X86_64` (`movl
 * $1,(x)`). Whatever else there is on x86 is not modelled, and its test is skipped.
 */

const INTEL_MEMORY = /^\[(\w+)\]$/;
const INTEL_REGISTER = /^(E[A-D]X|E[SD]I|E[SB]P)$/i;
const ATT_MEMORY = /^\((\w+)\)$/;
const ATT_REGISTER = /^%([er])([a-d]x|[sd]i|[sb]p)$/;
const MOVES = /^(?:mov|movl|movq)$/i;
const EXCHANGES = /^(?:xchg|xchgl|xchgq)$/i;

type Operand =
  | { readonly is: 'memory' | 'register'; readonly name: string }
  | { readonly is: 'value'; readonly value: number };

/** Throws SkippedTest for an instruction that is not modelled. */
export function parseInstruction(
  source: Source,
  offset: number,
  text: string,
  arch: 'X86' | 'X86_64',
): Instruction {
  const unknown = (): never => {
    throw new SkippedTest(
      `${source.place(offset)}: ${quoted(text)} is not modelled: loads, stores, exchanges and mfence are`,
    );
  };
  if (/^mfence$/i.test(text)) return { op: 'mfence' };
  const match = /^(\w+)\s+([^,]+),([^,]+)$/.exec(text);
  if (match === null) return unknown();
  const isAtt = arch === 'X86_64';
  const [first, second] = [match[2], match[3]].map((operand) =>
    (isAtt ? attOperand : intelOperand)(operand.trim()),
  );
  const [to, from] = isAtt ? [second, first] : [first, second];
  if (to === null || from === null) return unknown();
  if (EXCHANGES.test(match[1])) return exchange(to, from) ?? exchange(from, to) ?? unknown();
  return (MOVES.test(match[1]) ? move(to, from) : null) ?? unknown();
}

function move(to: Operand, from: Operand): Instruction | null {
  if (to.is === 'memory') {
    if (from.is === 'value') return { op: 'store', location: to.name, value: from.value };
    return from.is === 'register' ? { op: 'store-register', location: to.name, register: from.name } : null;
  }
  if (to.is !== 'register') return null;
  if (from.is === 'memory') return { op: 'load', register: to.name, location: from.name };
  return from.is === 'value' ? { op: 'set', register: to.name, value: from.value } : null;
}

/** Always locked on x86, with or without the prefix. */
function exchange(memory: Operand, register: Operand): Instruction | null {
  if (memory.is !== 'memory' || register.is !== 'register') return null;
  return { op: 'xchg', location: memory.name, register: register.name };
}

function intelOperand(text: string): Operand | null {
  const memory = INTEL_MEMORY.exec(text);
  if (memory !== null) return { is: 'memory', name: memory[1] };
  const register = INTEL_REGISTER.exec(text);
  return register === null ? immediate(text) : { is: 'register', name: register[1].toUpperCase() };
}

function attOperand(text: string): Operand | null {
  const memory = ATT_MEMORY.exec(text);
  if (memory !== null) return { is: 'memory', name: memory[1] };
  const register = ATT_REGISTER.exec(text);
  // herd7 names a register by its 64 bits, whichever part of it the code names.
  return register === null ? immediate(text) : { is: 'register', name: `r${register[2]}` };
}

function immediate(text: string): Operand | null {
  const value = text.startsWith('$') ? int32(text.slice(1)) : null;
  return value === null ? null : { is: 'value', value };
}
