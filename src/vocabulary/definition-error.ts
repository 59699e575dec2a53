/** Thrown for a definition (a variant, scenario or program of a user's module) that makes no sense; the message is one line. */
export class DefinitionError extends Error {
  override readonly name: string = 'DefinitionError';
}
