import { ENTRIES } from './addresses.js';
import type { Unit } from './unit.js';

/**
 * Functions that the optimiser must leave where they are: those that the lab enters, and those that CPUs are
 * called to run. Others go into their callers where it likes, as a kernel's compiler does. A timeline tells
 * steps by the functions that they are in, so the ones that it speaks of must stand.
 */
export function withKeptFunctions(code: string, { called, condition }: Unit): string {
  const kept = new Set<string>([...ENTRIES, called, condition]);
  return code.replace(DEFINITION, (line, before: string, name: string, after: string) =>
    kept.has(name) ? `${before}@${name}${after} noinline #` : line,
  );
}

/** Its attributes stand behind the parameters, the shared ones last, as a number. */
const DEFINITION = /^(define [^@\n]*)@([\w.]+)(\([^\n]*?) #(?=\d)/gm;
