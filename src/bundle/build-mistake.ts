import { resolve } from 'node:path';
import type { BuildFailure } from 'esbuild';
import { InputError } from '../vocabulary/errors.js';
import { displayPath } from './user-files.js';

/**
 * What a bundler says of users' files, among them the package.json and tsconfig.json on their way, as the
 * mistake that it is: the first of it, with its line. Anything else as it is.
 */
export function buildMistake(error: unknown): unknown {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return error;
  const text = first.text.replace('"api:shootdown"', '"shootdown"');
  const place =
    first.location === null ? '' : `${displayPath(resolve(first.location.file))}:${first.location.line}: `;
  return new InputError(`${place}${text}`);
}
