import { causeWords } from '../explain/cause.js';
import type { KnownViolation } from '../explore/known.js';
import type { FeatureName } from '../kernel/features/index.js';
import { findVariant } from '../variants/index.js';
import type { Variant } from '../variants/variant.js';
import type { OpenFinding } from './open-finding.js';
import { openFindings } from './open-findings.js';

/**
 * The open findings of a variant: those of its profile that its features leave open. Not those that it is
 * made to show (`b38`), nor those in functions that it has replaced: whoever asks about these wants to hear.
 * A kernel's own text in their place has what the kernel has.
 */
export function openFindingsOf({
  profile,
  backend,
  features,
  replace = {},
  bug,
  isKernelText,
}: Variant): OpenFinding[] {
  return openFindings.filter(
    (finding) =>
      finding.profiles.includes(profile) &&
      finding.backends?.includes(backend.name) !== false &&
      finding.name !== bug &&
      (Object.keys(finding.features) as FeatureName[]).every(
        (name) => features[name] === finding.features[name],
      ) &&
      (isKernelText === true || !finding.functions.some((name) => replace[name] !== undefined)),
  );
}

/** The causes of open findings name no word of memory. */
const NO_WORDS = { nameOf: String, recordOf: String };

/**
 * What a hunt of the named variant in these scenarios is told of it: undefined where there is nothing to
 * tell. `own`: variants of users.
 */
export function knownOf(
  variant: string,
  scenarios: readonly { readonly name: string }[],
  own: readonly Variant[] = [],
): readonly KnownViolation[] | undefined {
  const found = findVariant(variant, own);
  const known = (found === undefined ? [] : openFindingsOf(found)).flatMap(
    ({ name: finding, class: kind, causes, circumstance }) =>
      scenarios.flatMap(({ name: scenario }) =>
        causes.map((cause) => ({
          scenario,
          class: kind,
          cause: causeWords(cause, NO_WORDS),
          circumstance,
          finding,
        })),
      ),
  );
  return known.length === 0 ? undefined : known;
}
