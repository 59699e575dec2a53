import { asInputError, type UserModules } from './places.js';

/**
 * Users' code that this process has begun to evaluate: modules and configurations. What they leave behind may
 * throw at any time, while they are loaded too, and nobody waits for it.
 */

const evaluated = new Map<string, UserModules>();

/** Called before any of the code runs. */
export function noteEvaluated(code: UserModules): void {
  const key = code.paths.join('\0');
  // The latest last.
  evaluated.delete(key);
  evaluated.set(key, code);
}

/** An error that came out of any of it as the InputError that it is; any other as it is. */
export function ofEvaluated(error: unknown): unknown {
  for (const code of [...evaluated.values()].reverse()) {
    const told = asInputError(error, code);
    if (told !== error) return told;
  }
  return error;
}
