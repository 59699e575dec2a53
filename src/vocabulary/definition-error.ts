import type { Told } from './told.js';

/**
 * Thrown for a definition (a variant, scenario or program of a user's module) that makes no sense; the
 * message is one line. `program`: the plain program that it is of.
 */
export class DefinitionError extends Error {
  override readonly name: string = 'DefinitionError';

  constructor(message: string, program: string | null = null) {
    super(message, { cause: { told: 'definition', program } satisfies Told });
  }
}
