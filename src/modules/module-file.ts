import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { displayPath } from '../bundle/user-files.js';
import { errorCode, InputError, systemReason } from '../vocabulary/errors.js';
import { requireReadable } from './configurations.js';

const MODULE_FILE = /\.[cm]?[jt]s$/;

/** The real path of a module. Throws InputError for what cannot be one. */
export function moduleFile(given: string): string {
  const shown = displayPath(resolve(given));
  const refuse = (): never => {
    throw new InputError(`${shown}: not a module`, 'give a .ts, .mts, .js or .mjs file');
  };
  if (!MODULE_FILE.test(given)) refuse();
  try {
    const file = realpathSync(resolve(given));
    // A link may lead to anything.
    if (!MODULE_FILE.test(file)) refuse();
    // Nothing is read in its place: on Windows, and by the bundler everywhere, it separates folders.
    if (sep === '/' && file.includes('\\'))
      throw new InputError(`${shown}: a path of a module cannot have a backslash`, 'rename it');
    const stats = statSync(file);
    if (!stats.isFile()) throw new InputError(`${shown}: not a regular file`, 'give a module');
    requireReadable(file);
    accessSync(file, constants.R_OK);
    return file;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InputError(`${shown}: cannot be read: ${systemReason(error)}`, 'give the path of a module');
  }
}
