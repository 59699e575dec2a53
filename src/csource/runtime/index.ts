/** What generated modules import: `shootdown/c-runtime`. */

export { callMany, cFunctions, publish } from './c-kernel.js';
export * from './call-operations.js';
export * from './imported-operations.js';
export { irqs_on, read_cr3 } from './registers.js';
export * as table from './through-table.js';
