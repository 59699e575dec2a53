/** What every command is given, and what follows from it: colours, widths, where findings are kept. */

import type { Keeper } from '../findings/keeper.js';
import { type Colors, colorsFor } from '../report/colors.js';
import { visible } from '../report/escape.js';
import type { Engine } from './engine-api.js';
import { type CliIo, printLine } from './io.js';

const NARROWEST = 60;
const WIDEST = 120;
/** Where nobody says: what mails and most terminals have. */
const WIDTH_DEFAULT = 80;

export interface CliContext {
  readonly engine: Engine;
  readonly io: CliIo;
  /** Version of shootdown. */
  readonly version: string;
  /** The command as it was typed, to be printed beside what it came to. */
  readonly command: string;
}

/** The colours for stdout. */
export function outColors({ io }: CliContext): Colors {
  return colorsFor(io.stdout, io.env);
}

/** The colours for stderr. */
export function errColors({ io }: CliContext): Colors {
  return colorsFor(io.stderr, io.env);
}

/**
 * The terminal's columns, or what COLUMNS says, within what tables can be laid out for; 80 where there is
 * neither.
 */
export function screenWidth({ stdout, env }: CliIo): number {
  const said = /^\d{1,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : 0;
  const columns = said > 0 ? said : (stdout.columns ?? WIDTH_DEFAULT);
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** A keeper of findings that says on stderr what it could not do. */
export async function keeperOf({ io }: CliContext, directory: string): Promise<Keeper> {
  // Loaded when needed, as all is that checks files: help and lists do not wait for it.
  const { Keeper } = await import('../findings/keeper.js');
  return new Keeper(directory, (text) => {
    // A finding's text has lines of its own.
    const isFinding = text.startsWith('{');
    printLine(io.stderr, isFinding ? text : `shootdown: ${visible(text)}`);
  });
}
