import { checkScenario } from '../findings/schema.js';
import { catalogue } from '../scenarios/catalogue/index.js';
import { InputError } from '../vocabulary/errors.js';
import type { Scenario } from '../vocabulary/scenario.js';

/**
 * The scenarios among a module's exports: what `defineScenario` made, and plain objects of that shape. Throws
 * InputError for one that makes no sense or bears a catalogue scenario's name.
 */
export function scenariosAmong(values: readonly unknown[], file: string): Scenario[] {
  return [...new Set(values)].filter(looksLikeScenario).map((value) => {
    const scenario = checkScenario(value, `${file}: scenario`);
    if (catalogue.some(({ name }) => name === scenario.name) && !catalogue.includes(value as Scenario))
      throw new InputError(
        `${file}: scenario "${scenario.name}" has the name of one in the catalogue`,
        'choose another',
      );
    return value as Scenario;
  });
}

function looksLikeScenario(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'scripts' in value && 'mms' in value;
}
