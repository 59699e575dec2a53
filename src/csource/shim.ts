import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, InputError, systemReason } from '../vocabulary/errors.js';
import type { SourceFileRef } from '../vocabulary/finding.js';
import { readText, sha256 } from './tree.js';

/** A header of the user's: what the lab has not of what a tree includes. */
export interface Shim {
  /** Absolute, without links. */
  readonly path: string;
  readonly sha256: string;
}

/** Throws InputError for what is no file of text. */
export function readShim(given: string): Shim {
  try {
    const path = realpathSync(resolve(given));
    return { path, sha256: sha256(readText(path)) };
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InputError(`--shim: ${given} cannot be read: ${systemReason(error)}`, 'give a C header');
  }
}

/** Throws InputError for a header that is not the one a finding was made with. */
export function requireSameShim({ path, sha256: now }: Shim, expected: SourceFileRef): void {
  if (now !== expected.sha256)
    throw new InputError(
      `${path} has changed since the finding was made`,
      'to replay with what is there now, give --kernel-source',
    );
}
