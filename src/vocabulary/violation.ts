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

/** x86-TSO with modelled store buffers, or sequential consistency, to tell an ordering bug from a logic bug. */
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
