/** How wide what is printed for people may be. */

import type { CliIo } from './io.js';

const NARROWEST = 60;
const WIDEST = 120;
/** Where nobody says: what mails and most terminals have. */
const DEFAULT = 80;

/** The terminal's columns, or what COLUMNS says, within what tables can be laid out for; 80 where there is neither. */
export function screenWidth({ stdout, env }: CliIo): number {
  const said = /^\d{1,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : 0;
  const columns = said > 0 ? said : (stdout.columns ?? DEFAULT);
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
