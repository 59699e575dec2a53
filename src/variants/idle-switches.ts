import { type FeatureName, features } from '../kernel/features.js';
import type { Variant } from './variant.js';

/**
 * Of the features that a name switches (`PROFILE+feature~feature`), those that change nothing, each in a sentence: a verdict on such a
 * variant is one on another, and whoever asks about a subset of backports must hear of it. Nothing is said of variants with functions of
 * their own, which may look at any feature.
 */
export function idleSwitches(base: Variant, changes: Partial<Record<FeatureName, boolean>>): string[] {
  if (base.replace !== undefined && base.rule === undefined) return [];
  const switched = { ...base.features, ...changes };
  return features.flatMap(({ name, needs, host }) => {
    const to = changes[name];
    if (to === undefined) return [];
    if (host === true && base.backend.host !== 'kvm') return [`${name} changes nothing: ${base.backend.name} has no KVM host`];
    if (base.features[name] === to) return [`${name} changes nothing: ${base.name} has it ${to ? 'on' : 'off'} already`];
    if (needs !== undefined && !switched[needs]) return [`${name} changes nothing without ${needs}`];
    return [];
  });
}
