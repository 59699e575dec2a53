/** What generated modules import: `shootdown/c-runtime`. */

export { type Callable, callMany, cFunctions } from './c-kernel.js';
export * from './imported-operations.js';
export { irqs_on, read_cr3 } from './registers.js';
export * as table from './through-table.js';
