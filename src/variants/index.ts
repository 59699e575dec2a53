import { backends } from '../backends/index.js';
import { nativeBackend } from '../backends/native.js';
import type { Backend } from '../kernel/backend.js';
import { type FeatureName, type Features, featureNamed, features } from '../kernel/features/index.js';
import { findProfile, type Profile, profiles } from '../kernel/profiles.js';
import { otherAnswers, rules } from '../rules/index.js';
import { senselessOn } from '../rules/rule.js';
import { bugs } from './bugs.js';
import { switchedName } from './switched-name.js';
import { type MadeFrom, type Variant, variant, withRule } from './variant.js';

/**
 * Variants by name. Named ones are listed; any other is written `NAME+feature~feature`, which switches
 * features on (+) and off (~), e.g. `6.12-stable+switchingBeforeGen` for a stable tree with one more
 * backport. Backends and rules are named together: `kvm/v4`, `hypercall/v12`, and `6.12/kvm/v4` for another
 * profile than the backend's own.
 */

/** A rule on a backend that it makes no sense on, and why. */
export interface SenselessVariant {
  readonly name: string;
  readonly reason: string;
}

const variants: readonly Variant[] = [
  ...profiles.map((profile) =>
    variant(profile.name, [], profile.summary, profile.name, {}, backendOf(profile)),
  ),
  ...bugs,
  ...ruleVariants(),
];

/**
 * How a profile's kernel flushes on bare metal: the backend that has it for its own (5.10's), else the one of
 * today.
 */
function backendOf({ name }: Profile): Backend {
  return (
    backends.find((backend) => backend.has.virtualCpus !== true && backend.profile === name) ?? nativeBackend
  );
}

/** Every rule on every backend where it makes sense. */
function ruleVariants(): Variant[] {
  return backends.flatMap((backend) =>
    [...rules, ...otherAnswers]
      .filter((rule) => senselessOn(backend, rule) === null)
      .map((rule) => withRule(backend, rule)),
  );
}

/** The others, with the reason. */
export function senselessVariants(): readonly SenselessVariant[] {
  return backends.flatMap((backend) =>
    [...rules, ...otherAnswers].flatMap((rule) => {
      const reason = senselessOn(backend, rule);
      return reason === null ? [] : [{ name: `${backend.name}/${rule.name}`, reason }];
    }),
  );
}

/** Why a name stands for nothing, if it does for that: on whatever profile, with whatever features. */
export function senselessReason(name: string): string | null {
  const plain = switchedName(name.toLowerCase()).base;
  const known = senselessVariants().find(
    (one) => plain === one.name || profiles.some((profile) => plain === `${profile.name}/${one.name}`),
  );
  return known?.reason ?? tooOld(plain);
}

/** Why the kernel that `PROFILE/BACKEND` names does not use the backend; null where that is no question. */
function tooOld(name: string): string | null {
  const [profile, backend] = name.split('/');
  const uses = backends.find((known) => known.name === backend)?.uses;
  const plain = findProfile(profile);
  if (uses === undefined || plain === undefined || plain.features[uses]) return null;
  const since = features.find((feature) => feature.name === uses)?.since;
  return `kernels use it since ${since}, and ${profile} is older`;
}

/** The variants that the project brings; those of a user's module are not among them. */
export function listVariants(): readonly Variant[] {
  return variants;
}

function builtInVariant(name: string): Variant | undefined {
  return variants.find((known) => known.name === name || known.aliases.includes(name));
}

/**
 * The named variant (one of a user's `own` first), or the one that `PROFILE+feature~feature` describes;
 * undefined if a part of the name is unknown.
 */
export function findVariant(name: string, own: readonly Variant[] = []): Variant | undefined {
  const wanted = name.toLowerCase();
  const named = own.find((variant) => variant.name === name) ?? builtInVariant(wanted);
  if (named !== undefined) return named;
  const parts = switchedName(name);
  if (parts.switched.length === 0) return onOtherProfile(wanted);
  const base = findVariant(parts.base, own);
  if (base === undefined) return undefined;
  const changes: Partial<Record<FeatureName, boolean>> = {};
  for (const part of parts.switched) {
    const feature = featureNamed(part.feature, base.features);
    if (feature === undefined) return undefined;
    changes[feature] = part.on;
  }
  const summary = `${base.name} with features switched`;
  return {
    ...base,
    name,
    aliases: [],
    summary,
    features: { ...base.features, ...changes },
    made: switchedFrom(base, changes),
  };
}

/**
 * Features switched on a variant of a user's are compared, with what else that changes, with what it was made
 * from.
 */
function switchedFrom(base: Variant, changes: Partial<Features>): MadeFrom {
  const { base: from, functions, features: before } = base.made ?? { base, functions: [], features: [] };
  const switched = Object.keys(changes) as FeatureName[];
  return { base: from, functions, features: [...new Set([...before, ...switched])] };
}

/** `PROFILE/BACKEND/RULE`. */
function onOtherProfile(name: string): Variant | undefined {
  const slash = name.indexOf('/');
  if (slash < 0) return undefined;
  const profile = findProfile(name.slice(0, slash));
  const base = variants.find(
    (known) =>
      known.rule !== undefined &&
      (known.name === name.slice(slash + 1) || known.aliases.includes(name.slice(slash + 1))),
  );
  if (profile === undefined || base?.rule === undefined) return undefined;
  const { uses } = base.backend;
  if (uses !== undefined && !profile.features[uses]) return undefined;
  return withRule(base.backend, base.rule, profile.name);
}

export { backends, type Variant };
