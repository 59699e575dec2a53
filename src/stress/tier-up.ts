import { setFlagsFromString } from 'node:v8';

/**
 * With many more CPUs than cores each of many threads compiles the protocol for itself, and until it has, the
 * handler of an IPI runs through code and tables that are cold each time: 70 us where compiled code takes a
 * few. A thread whose CPU mostly computes calls a handler some hundred times a second, so by V8's own measure
 * it would wait for half a minute. Here it waits a sixth of that, and what is first called from now on begins
 * as plain machine code, not interpreted.
 *
 * The flags are the process's: they are put back when the threads end. They say when code is compiled, never
 * what it does. From V8 12 on (Node 22) the budget is no more, and naming it is an error on stderr; a middle
 * compiler, which is quick to begin, stands in there.
 */
export const BUDGET_FLAG = '--interrupt-budget';
const SOONER = 10_000;
/** V8's own default. */
export const USUAL_BUDGET = 67_584;
const V8_WITHOUT = 12;
/** Off by default. */
export const PLAIN_CODE = 'always-sparkplug';

export function hasBudget(v8: string): boolean {
  return Number(v8.split('.')[0]) < V8_WITHOUT;
}

function setBudget(value: number): void {
  if (hasBudget(process.versions.v8)) setFlagsFromString(`${BUDGET_FLAG}=${value}`);
}

export function compileSooner(): void {
  setFlagsFromString(`--${PLAIN_CODE}`);
  setBudget(SOONER);
}

export function compileAsUsual(): void {
  setFlagsFromString(`--no-${PLAIN_CODE}`);
  setBudget(USUAL_BUDGET);
}
