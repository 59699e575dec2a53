import type { Condition } from './condition.js';

/** A litmus test of herd7's collection as data. */

/** One x86 instruction; registers as the test names them, locations by name. */
export type Instruction =
  | { readonly op: 'store'; readonly location: string; readonly value: number }
  | { readonly op: 'store-register'; readonly location: string; readonly register: string }
  | { readonly op: 'load'; readonly register: string; readonly location: string }
  | { readonly op: 'set'; readonly register: string; readonly value: number }
  | { readonly op: 'xchg'; readonly location: string; readonly register: string }
  | { readonly op: 'mfence' };

/**
 * What runs: initial values by location (`x`) or register (`0:EAX`), default 0, and one list of instructions
 * a thread.
 */
export interface LitmusProgram {
  readonly name: string;
  readonly initial: Readonly<Record<string, number>>;
  readonly threads: readonly (readonly Instruction[])[];
}

export type Quantifier = 'exists' | '~exists' | 'forall';

export interface LitmusTest extends LitmusProgram {
  readonly arch: 'X86' | 'X86_64';
  /**
   * Names of words that a final state shows: registers (`0:EAX`) by thread, then locations (`x`), as herd7
   * orders them.
   */
  readonly observed: readonly string[];
  /** Final states that do not fulfil it do not count; null: all do. */
  readonly filter: Condition | null;
  readonly quantifier: Quantifier;
  readonly condition: Condition;
  /** The condition as it is written, on one line. */
  readonly conditionText: string;
}

/** The name of a thread's register. */
export function registerName(thread: number, register: string): string {
  return `${thread}:${register}`;
}

/**
 * Why a well-formed test is not explored: another architecture, an instruction that is not modelled, too many
 * states.
 */
export class SkippedTest extends Error {
  override readonly name = 'SkippedTest';
}
