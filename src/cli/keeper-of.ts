/** A keeper of findings that says on stderr what it could not do. */

import { Keeper } from '../findings/keeper.js';
import { visible } from '../report/escape.js';
import type { CliContext } from './context.js';
import { printLine } from './io.js';

export function keeperOf({ io }: CliContext, directory: string): Keeper {
  return new Keeper(directory, (text) => {
    // A finding's text has lines of its own.
    const isFinding = text.startsWith('{');
    printLine(io.stderr, isFinding ? text : `shootdown: ${visible(text)}`);
  });
}
