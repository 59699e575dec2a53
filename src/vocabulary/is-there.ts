import { statSync } from 'node:fs';
import { errorCode, InputError, systemReason } from './errors.js';

/** Nothing can be at a path of which the system says this, now or later. */
const NOWHERE = new Set(['ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/**
 * Whether there is something at a path. Throws InputError where the system cannot tell: Node's `existsSync`
 * says no then, and what is kept there would be begun anew or written over for an error that passes.
 */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code !== null && NOWHERE.has(code)) return false;
    throw new InputError(`${path}: cannot be looked at: ${systemReason(error)}`);
  }
}
