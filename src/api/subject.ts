import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { hiddenBases } from '../programs/definitions.js';
import { madePrograms, type PlainProgram } from '../programs/plain-program.js';
import type { Variant } from '../variants/variant.js';

/** A plain program, or a variant of the kernel (made by `defineVariant`, or found by `findVariant`). */
export type Subject = PlainProgram | Variant;

/**
 * Subjects at hand as what is known by name, as requests and findings name them: what an `InlinePool` and
 * `replayFinding` take. Throws a TypeError for what cannot be judged.
 *
 *     const pool = new InlinePool(undefined, modulesOf(mine));
 */
export function modulesOf(...subjects: readonly Subject[]): Modules {
  const programs = subjects.filter(isProgram);
  const variants = subjects.filter(isVariant);
  if (programs.length + variants.length < subjects.length)
    throw new TypeError('what can be judged is what plainProgram or defineVariant returns');
  return { ...NO_MODULES, programs, variants: [...variants, ...hiddenBases(variants)] };
}

export function isProgram(subject: unknown): subject is PlainProgram {
  return madePrograms.has(subject);
}

function isVariant(subject: unknown): subject is Variant {
  return typeof subject === 'object' && subject !== null && 'backend' in subject && 'features' in subject;
}

export const isSubject = (subject: unknown): subject is Subject => isProgram(subject) || isVariant(subject);
