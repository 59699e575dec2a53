import { isUsual, misfit } from '../variants/misfit.js';
import type { Variant } from '../variants/variant.js';
import { InputError } from '../vocabulary/errors.js';
import { isForAll, type Scenario } from '../vocabulary/scenario.js';
import { everyScenario } from './catalogue/index.js';

/**
 * Where variants run: in the scenarios that are given, which must make sense with each of them; without any
 * (undefined), in those among `usual` that are usual for all of them. One rule for every command and
 * function, or an execution that silicon rules out would be told as a violation. A variant that is nobody's
 * (undefined) says nothing here.
 *
 * Throws InputError for a scenario that makes no sense with a variant, and where there is none.
 */
export function fittingScenarios(
  variants: readonly (Variant | undefined)[],
  given: readonly Scenario[] | undefined,
  usual: readonly Scenario[] = everyScenario,
): readonly Scenario[] {
  const known = variants.flatMap((variant) => variant ?? []);
  if (given === undefined) {
    if (known.length === 0) return usual.filter(isForAll);
    const fitting = usual.filter((scenario) => known.every((variant) => isUsual(variant, scenario)));
    // What is about the guest or the hardware itself first: its branches are what its bugs are in.
    return [...fitting.filter((scenario) => !isForAll(scenario)), ...fitting.filter(isForAll)];
  }
  if (given.length === 0) throw new InputError('no scenario is given', 'give one, or leave scenarios out');
  for (const variant of known) for (const scenario of given) requireFitting(variant, scenario);
  return given;
}

function requireFitting(variant: Variant, scenario: Scenario): void {
  const reason = misfit(variant, scenario);
  if (reason === null) return;
  throw new InputError(
    `${variant.name} makes no sense in scenario ${scenario.name}: ${reason}`,
    'leave one of the two out',
  );
}
