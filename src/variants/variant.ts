import { nativeBackend } from '../backends/native.js';
import type { Backend } from '../kernel/backend.js';
import type { FeatureName, Features } from '../kernel/features/index.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { KernelAssertions } from '../kernel/kernel-assertions.js';
import type { OwnWords } from '../kernel/own-words.js';
import { findProfile } from '../kernel/profiles.js';
import type { Rule } from '../rules/rule.js';
import type { OwnCounters } from './own-counters.js';

/**
 * A variant: a profile, a backend, features switched, protocol functions replaced, and perhaps a rule. It is
 * what a hunt, a stress run or a row of a study runs a scenario on.
 */
export interface Variant extends KernelAssertions {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** Name of the profile that its features started from. */
  readonly profile: string;
  readonly features: Features;
  readonly backend: Backend;
  /** Protocol functions that replace the kernel's. */
  readonly replace?: Partial<KernelFunctions>;
  readonly rule?: Rule;
  /**
   * The known bug that it is made to show, by its name: of this variant and of those based on it that bug is
   * no open finding.
   */
  readonly bug?: string;
  /** What of a rule the machine has to know; see KernelChoice. */
  readonly entryFlushesLoadedPcid?: boolean;
  readonly packedTagBits?: number;
  /** Its functions are a kernel's own text: what is known of its profile is known of it. */
  readonly isKernelText?: boolean;
  /** Words beyond the kernel's that its functions use. */
  readonly ownWords?: OwnWords;
  /** Numbers that its author counts. */
  readonly counters?: OwnCounters;
  readonly watchSlots?: boolean;
  /**
   * What it was made from, if its name or a user's module says so; a variant that the project brings stands
   * for itself.
   */
  readonly made?: MadeFrom;
}

/** A variant's base, and what was said to be changed of it, whether or not that changes anything. */
export interface MadeFrom {
  readonly base: Variant;
  /** Names of functions that are said to be replaced. */
  readonly functions: readonly (keyof KernelFunctions)[];
  readonly features: readonly FeatureName[];
}

/** A variant without a rule. Throws for a profile that does not exist. */
export function variant(
  name: string,
  aliases: readonly string[],
  summary: string,
  profile: string,
  changes: Partial<Features>,
  backend: Backend = nativeBackend,
): Variant {
  const base = findProfile(profile);
  if (base === undefined) throw new Error(`no such profile: ${profile}`);
  return {
    name,
    aliases,
    summary,
    profile,
    features: { ...base.features, ...backend.features, ...changes },
    backend,
  };
}

/** What a rule brings into a variant. */
export function rulePart(backend: Backend, rule: Rule): Partial<Variant> {
  return {
    rule,
    replace: rule.functions(backend),
    entryFlushesLoadedPcid: rule.entryFlushesLoadedPcid === true,
    packedTagBits: rule.packedTagBits ?? 0,
    ...(rule.ownWords === undefined ? {} : { ownWords: rule.ownWords }),
    watchSlots: true,
  };
}

/** `BACKEND/RULE`, or `PROFILE/BACKEND/RULE` where the profile is not the backend's own. */
export function withRule(backend: Backend, rule: Rule, profile = backend.profile): Variant {
  const name = `${backend.name}/${rule.name}`;
  const aliases = [
    ...(backend === nativeBackend ? [`ipi/${rule.name}`] : []),
    ...(rule.name === 'v0' ? [backend.name] : []),
  ];
  const summary = `${rule.summary}; ${backend.summary}`;
  const plain = variant(
    profile === backend.profile ? name : `${profile}/${name}`,
    aliases,
    summary,
    profile,
    {},
    backend,
  );
  return { ...plain, ...rulePart(backend, rule) };
}
