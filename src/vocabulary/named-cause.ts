/**
 * A cause as data, in which no CPU, mm, page, scenario or step is told: two violations that have the same
 * are of one bug as far as explanations tell bugs apart, wherever they were met. `explain/named-cause.ts`
 * makes it; a baseline's entry keeps it.
 */
export interface NamedCause {
  /** What went wrong, by its key in `explain/cause.ts`: `sawSwitching`. */
  readonly kind: string;
  /** See FlushCause. */
  readonly isBuffered: boolean;
  readonly isRaised: boolean;
  readonly isClaimed: boolean;
  /** Where in the protocol somebody stood, by its key in `explain/circumstance.ts`; null: not known. */
  readonly circumstance: string | null;
}

export function sameNamedCause(a: NamedCause, b: NamedCause): boolean {
  return (
    a.kind === b.kind &&
    a.isBuffered === b.isBuffered &&
    a.isRaised === b.isRaised &&
    a.isClaimed === b.isClaimed &&
    a.circumstance === b.circumstance
  );
}
