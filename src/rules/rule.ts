import type { Backend } from '../kernel/backend.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { OwnWords } from '../kernel/own-words.js';

/**
 * A rule: what an initiator (and a slot's owner) does about the generations of CPUs whose TLBs were flushed
 * for them. One rule, one file; its header says what it does and what it assumes. Adding one is adding one
 * file and one line in rules/index.ts.
 */
export interface Rule {
  readonly name: string;
  /** What the initiator does, in one line. */
  readonly summary: string;
  /**
   * The same for those who do not know the other rules: a verb and what it is done to, for a sentence.
   * Without it the summary is told.
   */
  readonly action?: string;
  /** What has to hold for the rule to be right, in one line. */
  readonly assumes: string;
  /** Why the rule makes no sense with a backend; null where it does. */
  senseless(backend: Backend): string | null;
  /** Protocol functions that it replaces. */
  functions(backend: Backend): Partial<KernelFunctions>;
  /** Where a KVM host's flush at entry drops the loaded PCID only. */
  readonly entryFlushesLoadedPcid?: boolean;
  /** Words that it keeps beyond the kernel's. */
  readonly ownWords?: OwnWords;
  /** Bits of the tag where the rule keeps slots as one word (kernel/packed-slots.ts). */
  readonly packedTagBits?: number;
  /**
   * Whether it needs a compare-exchange of two words: on threads of other computers than x86 that is outside
   * the JavaScript memory model.
   */
  readonly needsPair?: boolean;
}

/** Doing nothing fits wherever there is nothing to be done. */
const NOTHING = 'v0';

/** Why the rule makes no sense on the backend; null where it does. */
export function senselessOn(backend: Backend, rule: Rule): string | null {
  // The rule's own reason says more than what a backend says of all of them.
  const reason = rule.senseless(backend);
  if (reason !== null) return reason;
  const { onlyRules } = backend;
  if (onlyRules === undefined || rule.name === NOTHING || onlyRules.names.includes(rule.name)) return null;
  return onlyRules.because;
}

/** For rules that fit every backend. */
export const fitsAll = (): null => null;
