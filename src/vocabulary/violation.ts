import type { ViolationClass, ViolationFacts } from './violation-facts.js';

/** What went wrong, as machines and files have it. */

export type { MemoryModel } from '../memory-order/index.js';
export type { HarmClass, LatentClass, ViolationClass } from './violation-facts.js';
export { HARM_CLASSES, isLatent, LATENT_CLASSES } from './violation-facts.js';

export interface Violation {
  readonly class: ViolationClass;
  /** Index of the step at which it was judged. */
  readonly step: number;
  /** The CPU that it happened on. */
  readonly cpu: number;
  /** One sentence in the kernel's words. */
  readonly message: string;
}

/** A violation that a machine has met, with what its oracle knows. Files hold the sentence alone. */
export interface JudgedViolation extends Violation {
  readonly facts: ViolationFacts;
}

/** What a file holds of it. */
export function withoutFacts({ class: name, step, cpu, message }: Violation): Violation {
  return { class: name, step, cpu, message };
}
