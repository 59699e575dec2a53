import type { PlainProgram } from './plain-program.js';

/**
 * The plain programs of a user's module, in this process or worker: set once, when the module has been read. Requests and findings name
 * programs, since functions cannot travel to a worker.
 */

let own: readonly PlainProgram[] = [];

export function findProgram(name: string): PlainProgram | undefined {
  return own.find((program) => program.name === name);
}

export function setOwnPrograms(programs: readonly PlainProgram[]): void {
  own = programs;
}
