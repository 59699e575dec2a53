import type { Place } from '../vocabulary/told.js';

/** Where in the protocol source an operation is written, and in which functions. */
export interface Site {
  /** Functions of the program, outermost first; those of the simulated kernel in the kernel's spelling. */
  readonly functions: readonly string[];
  /** The line of the innermost one, or null where the stack does not tell. */
  readonly place: Place | null;
}

/** What runs a script or a handler is no kernel function. */
const NOT_KERNEL = new Set([
  'runScript',
  'runStep',
  'systemCall',
  'userInstruction',
  'userAccess',
  'runTask',
  'next',
]);

/** Whether a function by that name counts as the kernel's; one without a name does not. */
export function isKernelFunction(name: string): boolean {
  return name !== '' && !NOT_KERNEL.has(name);
}

/** `flushTlbMmRange` to `flush_tlb_mm_range`. */
export function kernelSpelling(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
