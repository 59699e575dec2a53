import type { Protocol } from '../machine/protocol.js';
import type { KernelFunctions } from './functions.js';
import type { KernelCpu } from './kernel-cpu.js';

/** A function of the simulated kernel, whichever: who wraps all of them cares for nobody's operands. */
export type AnyFunction = (this: unknown, cpu: KernelCpu, ...rest: unknown[]) => Protocol<unknown>;

export type FunctionTable = Readonly<Record<string, AnyFunction>>;

/** The functions by name, whatever they take; no copy. */
export function functionTable(functions: Partial<KernelFunctions>): FunctionTable {
  return functions as unknown as FunctionTable;
}

/** The functions of a table in which each takes and answers what the kernel's of its name does. */
export function fromTable(table: FunctionTable): KernelFunctions {
  return table as unknown as KernelFunctions;
}
