import type { Place } from '../vocabulary/told.js';

/** Code that is not seen through: it can be hunted and not verified. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError';

  constructor(
    readonly what: string,
    readonly place: Place | null = null,
  ) {
    super(what);
  }
}

/** Why code is not seen through that changes what has been frozen before the first script began. */
export const CHANGES_WHAT_IT_KEEPS =
  'it changes an object that its module keeps from execution to execution: use a word, or make a new one';

/** What is thrown where something is changed that is frozen. */
export const isOfFrozen = (error: unknown): error is TypeError =>
  error instanceof TypeError && FROZEN.test(error.message);

const FROZEN = /^Cannot (?:assign to read only|add|delete|define|redefine) property| is not extensible$/;
