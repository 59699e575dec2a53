/** What generated modules import: `shootdown/c-runtime`. */

export { type Callable, callMany, cFunctions } from './c-kernel.js';
export * from './imported-operations.js';
export { cr3, interruptsOn } from './registers.js';
export * as table from './through-table.js';
