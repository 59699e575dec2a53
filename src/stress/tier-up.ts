import { setFlagsFromString } from 'node:v8';

/**
 * With many more CPUs than cores each of many threads compiles the protocol for itself, and until it has, the handler of an IPI runs through
 * code and tables that are cold each time: 70 us where compiled code takes a few. A thread whose CPU mostly computes calls a handler some
 * hundred times a second, so by V8's own measure it would wait for half a minute. Here it waits a sixth of that.
 *
 * The flag is the process's: it is put back when the threads end. It says when code is compiled, never what it does. From V8 12 on (Node 22)
 * it is no more, and naming it is an error on stderr; a middle compiler, which is quick to begin, stands in there.
 */
export const BUDGET_FLAG = '--interrupt-budget';
const SOONER = 10_000;
/** V8's own default. */
export const USUAL_BUDGET = 67_584;
const V8_WITHOUT = 12;

export function hasBudget(v8: string): boolean {
  return Number(v8.split('.')[0]) < V8_WITHOUT;
}

function setBudget(value: number): void {
  if (hasBudget(process.versions.v8)) setFlagsFromString(`${BUDGET_FLAG}=${value}`);
}

export function compileSooner(): void {
  setBudget(SOONER);
}

export function compileAsUsual(): void {
  setBudget(USUAL_BUDGET);
}
