import type { ViolationFacts } from './violation-facts.js';

/** What can go wrong, as oracles and engines name it. */

/** Harm and misuse end an execution; latent classes are recorded and the run goes on. */
export const HARM_CLASSES = [
  'stale-use',
  'cross-mm',
  'split-page',
  'freed-table-walk',
  'deadlock',
  'livelock',
  'csd-reuse',
  'lost-ack',
  'unlock-of-free',
  'assertion',
] as const;
export const LATENT_CLASSES = ['gen-ahead', 'gen-above-mm'] as const;
export type HarmClass = (typeof HARM_CLASSES)[number];
export type LatentClass = (typeof LATENT_CLASSES)[number];
export type ViolationClass = HarmClass | LatentClass;

/** Whether a class is recorded only, and the run goes on. */
export function isLatent(name: ViolationClass): name is LatentClass {
  return (LATENT_CLASSES as readonly string[]).includes(name);
}

/**
 * x86-TSO with modelled store buffers, or sequential consistency, to tell an ordering bug from a logic bug.
 */
export type MemoryModel = 'tso' | 'sc';

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
