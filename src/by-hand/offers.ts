/** What can be picked: variants, their features, scenarios. */

import { type FeatureName, features } from '../kernel/features/index.js';
import { everyScenario } from '../scenarios/catalogue/index.js';
import { verifyCatalogue } from '../scenarios/verify/index.js';
import { findVariant, listVariants } from '../variants/index.js';
import { misfit } from '../variants/misfit.js';
import { switchedName } from '../variants/switched-name.js';
import type { Scenario } from '../vocabulary/scenario.js';

export interface OfferedName {
  readonly name: string;
  readonly summary: string;
}

export interface Offers {
  readonly variants: readonly OfferedName[];
  /** The catalogue, and the small ones of `verify`. */
  readonly scenarios: readonly { readonly title: string; readonly scenarios: readonly Scenario[] }[];
  readonly features: readonly OfferedName[];
}

export function offers(): Offers {
  return {
    variants: listVariants().map(({ name, summary }) => ({ name, summary })),
    scenarios: [
      { title: 'catalogue', scenarios: everyScenario },
      { title: 'small, of verify', scenarios: verifyCatalogue },
    ],
    features: features.map(({ name, summary }) => ({ name, summary })),
  };
}

/** A variant by its name, with whatever features switched. */
export interface NamedVariant extends OfferedName {
  /** The name without the features that are switched. */
  readonly base: string;
  /** Whether each feature is on, by its name. */
  readonly on: Readonly<Record<FeatureName, boolean>>;
  /** The same of its base. */
  readonly onInBase: Readonly<Record<FeatureName, boolean>>;
}

/** Null: there is none by that name. */
export function namedVariant(name: string): NamedVariant | null {
  const variant = findVariant(name);
  const { base } = switchedName(name);
  const plain = findVariant(base);
  if (variant === undefined || plain === undefined) return null;
  const { summary, features: on } = variant;
  return { name: variant.name, summary, base: plain.name, on, onInBase: plain.features };
}

/** Why a variant makes no sense in a scenario; null where it does, or is none. */
export function misfitOf(name: string, scenario: Scenario): string | null {
  const variant = findVariant(name);
  return variant === undefined ? null : misfit(variant, scenario);
}
