import { backends } from './backends/index.js';
import { kvmPvBackend } from './backends/kvm-pv.js';
import { nativeBackend } from './backends/native.js';
import type { Backend } from './kernel/backend.js';
import { type FeatureName, type Features, features } from './kernel/features.js';
import type { KernelFunctions } from './kernel/functions.js';
import { findProfile, profiles } from './kernel/profiles.js';
import { lazyAnswers, rules } from './rules/index.js';
import type { Rule } from './rules/rule.js';

/**
 * A variant: a profile, a backend, features switched, and perhaps a rule. Named ones are listed; any other is written `NAME+feature~feature`,
 * which switches features on (+) and off (~), e.g. `6.12-stable+switchingBeforeGen` for a stable tree with one more backport. Backends and
 * rules are named together: `kvm/v4`, `hypercall/v12`, and `6.12/kvm/v4` for another profile than the backend's own.
 */
export interface Variant {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly profile: string;
  readonly features: Features;
  readonly backend: Backend;
  /** Protocol functions that replace the kernel's. */
  readonly replace?: Partial<KernelFunctions>;
  readonly rule?: Rule;
  /** What of a rule the machine has to know; see KernelChoice. */
  readonly entryFlushesLoadedPcid?: boolean;
  readonly packedTagBits?: number;
  readonly watchSlots?: boolean;
}

/** A rule on a backend that it makes no sense on, and why. */
export interface SenselessVariant {
  readonly name: string;
  readonly reason: string;
}

function withFeatures(profile: string, changes: Partial<Features>): Features {
  const base = findProfile(profile);
  if (base === undefined) throw new Error(`no such profile: ${profile}`);
  return { ...base.features, ...changes };
}

function variant(
  name: string,
  aliases: readonly string[],
  summary: string,
  profile: string,
  changes: Partial<Features>,
  backend: Backend = nativeBackend,
): Variant {
  return { name, aliases, summary, profile, features: withFeatures(profile, changes), backend };
}

/** Features that rule variants have beside their profile's: the profile's own known bug is not what they are asked about. */
const RULE_FEATURES: Partial<Features> = { batchedPendingCounters: true };

function withRule(backend: Backend, rule: Rule, profile = backend.profile): Variant {
  const name = `${backend.name}/${rule.name}`;
  return {
    ...variant(
      profile === backend.profile ? name : `${profile}/${name}`,
      [...(backend === nativeBackend ? [`ipi/${rule.name}`] : []), ...(rule.name === 'v0' ? [backend.name] : [])],
      `${rule.summary}; ${backend.summary}`,
      profile,
      RULE_FEATURES,
      backend,
    ),
    rule,
    replace: rule.functions(backend),
    entryFlushesLoadedPcid: rule.entryFlushesLoadedPcid === true,
    packedTagBits: rule.packedTagBits ?? 0,
    watchSlots: true,
  };
}

/** A known bug and its twin: the same kernel without and with the fix. */
function bug(
  name: string,
  aliases: readonly string[],
  summary: string,
  profile: string,
  broken: Partial<Features>,
  fixed: Partial<Features>,
  backend: Backend = nativeBackend,
): Variant[] {
  return [
    variant(name, aliases, summary, profile, broken, backend),
    variant(
      `${name}-fixed`,
      aliases.map((alias) => `${alias}-fixed`),
      `${name} with its fix`,
      profile,
      { ...broken, ...fixed },
      backend,
    ),
  ];
}

const variants: readonly Variant[] = [
  ...profiles.map((profile) => variant(profile.name, [], profile.summary, profile.name, {})),
  ...bug(
    'b1',
    ['cve-2025-40174'],
    'no full barrier in switch_mm_irqs_off when the mm_cpumask bit was set already: SWITCHING waits in the store buffer (6.14 to 6.17.4)',
    '6.15-rc6',
    {},
    { barrierWhenBitSet: true },
  ),
  ...bug(
    'b2',
    [],
    'stable trees of 2025: SWITCHING published after tlb_gen is read, with the loaded_mm filter backported',
    '6.12-stable',
    {},
    { switchingBeforeGen: true },
  ),
  ...bug(
    'b3',
    ['cve-2025-37964'],
    'should_flush_tlb ignores LOADED_MM_SWITCHING: no IPI to a CPU in the middle of a switch (6.14 to 6.15-rc5; here without b1)',
    '6.18',
    { filterSwitching: false },
    { filterSwitching: true },
  ),
  ...bug(
    'b4',
    [],
    'flush_tlb_func returns early on requests without a generation: batched unmap is not flushed (6.0 cycle)',
    '6.12',
    { earlyOutOnGenZero: true },
    { earlyOutOnGenZero: false },
  ),
  ...bug(
    'b6',
    [],
    'lazy CPUs are skipped even when tables are freed (4.19 cycle)',
    '6.12',
    { freedTablesReachLazy: false },
    { freedTablesReachLazy: true },
  ),
  ...bug(
    'b8',
    ['cve-2016-2069'],
    'no full barrier between page-table stores and the look at other CPUs',
    '6.18',
    { incGenIsBarrier: false },
    { incGenIsBarrier: true },
  ),
  ...bug(
    'b36',
    [],
    'mprotect and munmap do not flush batched unmaps that are pending (before 4.13)',
    '6.12',
    { flushBatchedPending: false },
    { flushBatchedPending: true },
  ),
  ...bug(
    'b38',
    [],
    'one flag for pending batched unmaps, cleared by a flush that did not cover the newest (before 5.17)',
    '6.12',
    { batchedPendingCounters: false },
    { batchedPendingCounters: true },
  ),
  ...bug(
    'b39',
    [],
    'concurrent MADV_DONTNEED: the second gather finds nothing and does not flush (before 4.13)',
    '6.12',
    { nestedGatherFlush: false },
    { nestedGatherFlush: true },
  ),
  ...bug(
    'b27',
    ['cve-2019-3016'],
    'the KVM host writes the preempted byte back from a copy, over a flush request that came in between (before 5.6)',
    '6.18',
    { hostAtomicClear: false },
    { hostAtomicClear: true },
    kvmPvBackend,
  ),
  ...bug(
    'b29',
    ['cve-2022-39189'],
    'the KVM host marks a vCPU as preempted whose access it emulates with a translation already made (before 5.19)',
    '6.18',
    { hostMarksAtBoundary: false },
    { hostMarksAtBoundary: true },
    kvmPvBackend,
  ),
  ...ruleVariants(),
];

/** Every rule on every backend where it makes sense. */
function ruleVariants(): Variant[] {
  return backends.flatMap((backend) =>
    [...rules, ...lazyAnswers].filter((rule) => rule.senseless(backend) === null).map((rule) => withRule(backend, rule)),
  );
}

/** The others, with the reason. */
export function senselessVariants(): readonly SenselessVariant[] {
  return backends.flatMap((backend) =>
    [...rules, ...lazyAnswers].flatMap((rule) => {
      const reason = rule.senseless(backend);
      return reason === null ? [] : [{ name: `${backend.name}/${rule.name}`, reason }];
    }),
  );
}

export function listVariants(): readonly Variant[] {
  return variants;
}

/** The named variant, or the one that `PROFILE+feature~feature` describes; undefined if a part of the name is unknown. */
export function findVariant(name: string): Variant | undefined {
  const wanted = name.toLowerCase();
  const named = variants.find((known) => known.name === wanted || known.aliases.includes(wanted));
  if (named !== undefined) return named;
  const match = /^([^+~]+)((?:[+~][A-Za-z0-9]+)+)$/.exec(name);
  if (match === null) return onOtherProfile(wanted);
  const base = findVariant(match[1]);
  if (base === undefined) return undefined;
  const changes: Partial<Record<FeatureName, boolean>> = {};
  for (const part of match[2].match(/[+~][A-Za-z0-9]+/g) ?? []) {
    const feature = features.find((known) => known.name.toLowerCase() === part.slice(1).toLowerCase());
    if (feature === undefined) return undefined;
    changes[feature.name] = part[0] === '+';
  }
  return { ...base, name, aliases: [], summary: `${base.name} with features switched`, features: { ...base.features, ...changes } };
}

/** `PROFILE/BACKEND/RULE`. */
function onOtherProfile(name: string): Variant | undefined {
  const slash = name.indexOf('/');
  if (slash < 0) return undefined;
  const profile = findProfile(name.slice(0, slash));
  const base = variants.find(
    (known) => known.rule !== undefined && (known.name === name.slice(slash + 1) || known.aliases.includes(name.slice(slash + 1))),
  );
  if (profile === undefined || base?.rule === undefined) return undefined;
  return withRule(base.backend, base.rule, profile.name);
}

export { backends };
