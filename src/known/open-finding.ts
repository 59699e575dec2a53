import type { Cause } from '../explain/cause.js';
import type { Circumstance } from '../explain/circumstance.js';
import type { FeatureName, Features } from '../kernel/features/index.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { ViolationClass } from '../vocabulary/violation.js';

/**
 * Something that is wrong in a kernel of the past or of today, known by a name: a hunt of that kernel goes on
 * past it, and says so. It is recognised by class, cause and circumstance, not by where it was seen, so that
 * a new bug in the same place is new.
 */
export interface OpenFinding {
  readonly name: string;
  /** What goes wrong, in a sentence. */
  readonly summary: string;
  /** Profiles of the kernels that have it. */
  readonly profiles: readonly string[];
  /** Backends that it takes; left out: it has to do with none. */
  readonly backends?: readonly string[];
  /** The features on which it depends, as they must be: with any of them switched otherwise it is closed. */
  readonly features: Partial<Features>;
  /**
   * Functions whose doing it is. A variant that has others in their place has no known findings in them: it
   * answers for its own.
   */
  readonly functions: readonly (keyof KernelFunctions)[];
  readonly class: ViolationClass;
  readonly causes: readonly Cause[];
  readonly circumstance: Circumstance;
  /** Scenarios of the catalogue that show it. */
  readonly scenarios: readonly string[];
  readonly since: string;
  readonly until: string;
  /** What closes it: features, each of which suffices. */
  readonly closedBy: readonly FeatureName[];
  /** How it is closed, in words: commits, what else would do. */
  readonly closes: string;
  /** How long the window is, where that says how likely it is. */
  readonly windows?: { readonly bareMetal: string; readonly preemptedVcpu: string };
}
