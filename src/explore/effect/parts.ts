import { type Backend, capabilityNames, functionsOf } from '../../kernel/backend.js';
import { type FeatureName, features } from '../../kernel/features/index.js';
import { type KernelFunctions, kernelFunctions } from '../../kernel/functions.js';
import type { Variant } from '../../variants/variant.js';

/**
 * What a variant changes of its base, part by part, and for each part where that can be seen: in which
 * protocol functions, or, for what the host does, in whole executions only.
 */

export type FunctionName = keyof KernelFunctions;

export interface EffectPart {
  readonly kind: 'function' | 'feature' | 'backend' | 'rule';
  /** The function, feature, backend or rule. */
  readonly name: string;
  /** Functions in which it can show. */
  readonly functions: readonly FunctionName[];
  /** It is the host's or the machine's, and shows as another execution. */
  readonly isHosts?: true;
  /** Why it changes nothing, if that is plain before anything is run. */
  readonly idle?: string;
}

export interface EffectPlan {
  readonly variant: Variant;
  readonly base: Variant;
  readonly parts: readonly EffectPart[];
  /** Why the two cannot be asked side by side (another machine under them), or null. */
  readonly incomparable: string | null;
}

/** A feature before the change; one that the base does not know, the other way round. */
export function undoneFeature(
  { base, variant }: Pick<EffectPlan, 'base' | 'variant'>,
  name: string,
): boolean {
  const feature = name as FeatureName;
  return base.features[feature] ?? !variant.features[feature];
}

/** The function table of a variant. */
export function tableOf({ backend, replace }: Variant): KernelFunctions {
  return { ...kernelFunctions, ...functionsOf(backend), ...replace };
}

/** Null for a variant that stands for itself. */
export function effectPlan(variant: Variant): EffectPlan | null {
  const { made } = variant;
  if (made === undefined) return null;
  const { base } = made;
  const table = tableOf(variant);
  const before = tableOf(base);
  const differing = (Object.keys(table) as FunctionName[]).filter(
    (name) => table[name] !== before[name] && !made.functions.includes(name),
  );
  const backends = { ...functionsOf(variant.backend), ...functionsOf(base.backend) };
  const ofBackend: readonly FunctionName[] =
    variant.backend === base.backend ? [] : differing.filter((name) => name in backends);
  const ofRule = differing.filter((name) => !ofBackend.includes(name));
  const isOtherRule = variant.rule !== base.rule || ofRule.length > 0;
  const parts: EffectPart[] = [
    ...made.functions.map((name): EffectPart => ({ kind: 'function', name, functions: [name] })),
    ...made.features.map((name) => featurePart(name, variant, base, table)),
    ...(variant.backend === base.backend
      ? []
      : [{ kind: 'backend', name: variant.backend.name, functions: ofBackend } as const]),
    ...(isOtherRule
      ? [{ kind: 'rule', name: variant.rule?.name ?? 'none', functions: ofRule } as const]
      : []),
  ];
  return { variant, base, parts, incomparable: incomparable(variant, base) };
}

function incomparable(variant: Variant, base: Variant): string | null {
  // Of C text each call reads what the transcription need not: side by side they would say so, and no more.
  if (variant.isKernelText === true) return '"shootdown source compare" sets C text beside it';
  if (hostOf(variant.backend) !== hostOf(base.backend))
    return `${variant.backend.name} has another host than ${base.backend.name}`;
  if ((variant.packedTagBits ?? 0) !== (base.packedTagBits ?? 0)) return 'slots are packed otherwise';
  if (
    variant.entryFlushesLoadedPcid !== base.entryFlushesLoadedPcid &&
    variant.backend.has.virtualCpus === true
  )
    if ((variant.entryFlushesLoadedPcid ?? false) !== (base.entryFlushesLoadedPcid ?? false))
      return 'the host flushes otherwise';
  return null;
}

/** What of a backend is another machine under the kernel; IPIs are in every machine. */
function hostOf({ has: { ipis: _, ...hardware } }: Backend): string {
  return capabilityNames(hardware).join();
}

function featurePart(name: FeatureName, variant: Variant, base: Variant, table: KernelFunctions): EffectPart {
  const feature = features.find((known) => known.name === name);
  const isHosts = feature?.host === true || feature?.machine === true;
  const idle = idleReason(name, variant, base);
  const part = { kind: 'feature', name, ...(idle === null ? {} : { idle }) } as const;
  return isHosts
    ? { ...part, functions: [], isHosts }
    : { ...part, functions: readersOf(name, variant, table) };
}

function idleReason(name: FeatureName, variant: Variant, base: Variant): string | null {
  const feature = features.find((known) => known.name === name);
  const to = variant.features[name];
  if (feature?.host === true && variant.backend.has.preemptedByte !== true)
    return `${variant.backend.name} has no KVM host`;
  if (feature?.guestOf !== undefined && variant.backend.guestOf !== feature.guestOf)
    return `${variant.backend.name} is no ${feature.guestOf} guest`;
  const { broadcasts, remoteActions } = variant.backend.has;
  const isOfEither = feature?.broadcast === true || feature?.remoteActions === true;
  const isThere =
    (feature?.broadcast === true && broadcasts === true) ||
    (feature?.remoteActions === true && remoteActions === true);
  if (isOfEither && !isThere)
    return feature?.broadcast === true
      ? `${variant.backend.name} broadcasts nothing`
      : `${variant.backend.name} has no remote action requests`;
  if (undoneFeature({ base, variant }, name) === to)
    return `${base.name} has it ${to ? 'on' : 'off'} already`;
  const { needs } = feature ?? {};
  return needs !== undefined && !variant.features[needs] ? `nothing looks at it without ${needs}` : null;
}

/**
 * Functions whose text looks at a feature, and a user's own, whose helpers may. A backend's function may call
 * another one by its name: it is asked where nobody else looks.
 */
function readersOf(feature: FeatureName, { made }: Variant, table: KernelFunctions): FunctionName[] {
  const mention = new RegExp(`\\bfeatures\\.${feature}\\b`);
  const names = Object.keys(table) as FunctionName[];
  const readers = names.filter((name) => made?.functions.includes(name) || mention.test(String(table[name])));
  return readers.some((name) => mention.test(String(table[name])))
    ? readers
    : [...new Set([...readers, 'flushTlbMulti' as const])];
}
