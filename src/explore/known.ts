import { type NamedCause, sameNamedCause } from '../vocabulary/named-cause.js';
import type { ViolationClass } from '../vocabulary/violation.js';

/**
 * Violations that are known of a variant under a memory model, which a hunt goes past. The cause tells bugs
 * of one class in one scenario apart (`explain/cause.ts`), and where it does not the circumstance
 * (`explain/circumstance.ts`); what they are of a witness is for the caller to say, since explanations are
 * made above this room.
 */
export interface KnownViolation {
  readonly scenario: string;
  readonly class: ViolationClass;
  readonly cause: string;
  /** Of a kind that was met: the coarser cause by whose words a baseline of 0.1.0 knows it. */
  readonly former?: string;
  /**
   * Of a named finding: it matches in this circumstance only. Of a kind that was met: the circumstance, if
   * the record tells one.
   */
  readonly circumstance?: string;
  /** Name of the open finding that this is one of; a baseline's entries have none. */
  readonly finding?: string;
  /** The cause as data; absent or null where there is none to name. */
  readonly namedCause?: NamedCause | null;
  /** Of a baseline's entry: it holds for the same named cause in other scenarios too. */
  readonly isByCause?: boolean;
}

/** In which scenarios a baseline's entry holds: in its own, or in all where the named cause is the same. */
export const BASELINE_SCOPES = ['scenario', 'cause'] as const;
export type BaselineScope = (typeof BASELINE_SCOPES)[number];

/** Entries of a baseline as they are asked for. */
export function entriesBy<Entry extends KnownViolation>(
  scope: BaselineScope,
  entries: readonly Entry[],
): readonly Entry[] {
  return scope === 'scenario' ? entries : entries.map((entry) => ({ ...entry, isByCause: true }));
}

/** What a witness says of how it went wrong. */
export interface CauseFound {
  readonly cause: string;
  readonly former: string | null;
  readonly circumstance: string | null;
  readonly namedCause: NamedCause | null;
}

/** A kind of violation that a hunt met. */
export interface MetViolation extends KnownViolation {
  /** Whether the hunt was told of it, by a baseline or as an open finding of the kernel. */
  readonly isKnown: boolean;
  /** It is known by its cause only, of an entry for this other scenario. */
  readonly knownFrom?: string;
  /** Executions that ended in it. */
  readonly executions: number;
  /** Number of the first of them. */
  readonly execution: number;
}

/** Whether two are of one kind, as far as a baseline tells kinds apart. */
export function sameViolation(a: KnownViolation, b: KnownViolation): boolean {
  return a.scenario === b.scenario && a.class === b.class && a.cause === b.cause;
}

/** Whether an entry that holds by cause is of what was met. What has no named cause is nobody's. */
function holdsByCause(entry: KnownViolation, met: KnownViolation): boolean {
  const [mine, other] = [entry.namedCause ?? null, met.namedCause ?? null];
  if (entry.isByCause !== true || entry.class !== met.class || mine === null || other === null) return false;
  return sameNamedCause(mine, other);
}

/** Whether one of the violations that were met is of this entry. */
export function isSeen(entry: KnownViolation, met: readonly KnownViolation[]): boolean {
  return met.some((one) => sameViolation(one, entry) || holdsByCause(entry, one));
}

/** Whether two that were met are counted together. */
export function sameKind(a: KnownViolation, b: KnownViolation): boolean {
  return sameViolation(a, b) && a.circumstance === b.circumstance;
}

/** The same for those that are counted together, and for no others. */
export function kindKey({ scenario, class: name, cause, circumstance }: KnownViolation): string {
  return JSON.stringify([scenario, name, cause, circumstance]);
}

/**
 * The one among `known` that a violation is, or undefined. A named finding comes before a baseline's
 * entry, and is recognised by its circumstance too: of the bugs that go wrong at one line it is one. Last
 * come entries for other scenarios that hold by cause.
 */
export function findKnown(known: readonly KnownViolation[], met: KnownViolation): KnownViolation | undefined {
  const before = met.former === undefined ? met : { ...met, cause: met.former };
  const same = known.filter((one) => sameViolation(one, met) || sameViolation(one, before));
  return (
    same.find(({ finding, circumstance }) => finding !== undefined && circumstance === met.circumstance) ??
    same.find(({ finding }) => finding === undefined) ??
    known.find((one) => holdsByCause(one, met))
  );
}
