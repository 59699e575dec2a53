import type { ViolationClass } from '../vocabulary/violation.js';

/**
 * Violations that are known of a variant under a memory model, which a hunt goes past. The cause tells bugs of one class in one scenario
 * apart (`explain/cause.ts`); what it is of a witness is for the caller to say, since explanations are made above this room.
 */
export interface KnownViolation {
  readonly scenario: string;
  readonly class: ViolationClass;
  readonly cause: string;
}

/** A kind of violation that a hunt met. */
export interface MetViolation extends KnownViolation {
  /** Whether the hunt was told of it. */
  readonly isKnown: boolean;
  /** Executions that ended in it. */
  readonly executions: number;
  /** Number of the first of them. */
  readonly execution: number;
}

export function sameViolation(a: KnownViolation, b: KnownViolation): boolean {
  return a.scenario === b.scenario && a.class === b.class && a.cause === b.cause;
}
