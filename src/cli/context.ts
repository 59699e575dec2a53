/** What every command is given. */

import type { Colors } from '../report/colors.js';
import { colorsFor } from '../report/colors.js';
import type { Engine } from './engine-api.js';
import type { CliIo } from './io.js';

export interface CliContext {
  readonly engine: Engine;
  readonly io: CliIo;
  /** Version of shootdown. */
  readonly version: string;
}

/** The colours for stdout. */
export function outColors({ io }: CliContext): Colors {
  return colorsFor(io.stdout, io.env);
}

/** The colours for stderr. */
export function errColors({ io }: CliContext): Colors {
  return colorsFor(io.stderr, io.env);
}
