/**
 * Names of files on their way to becoming findings, reports or baselines: hidden, never `.json`, and told
 * from anybody else's.
 */

import { createHash, randomBytes } from 'node:crypto';

const NAME = /^\.(.{1,240})\.\d{1,10}\.[0-9a-f]{8}\.tmp$/;
/** A file system takes names of 255 bytes; what is added to a name here has at most 32. */
const NAME_BYTES_MAX = 255 - 32;
const HASH_DIGITS = 12;

export function temporaryName(of: string): string {
  return `.${fitting(of)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
}

/** Whether it is a name that temporaryName makes; with `of`, one that it makes of that. */
export function isTemporaryName(name: string, of?: string): boolean {
  const made = NAME.exec(name);
  return made !== null && (of === undefined || made[1] === fitting(of));
}

/** A name with room for what is added to it: as it is, or its beginning and a hash of the whole. */
export function fitting(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES_MAX) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  let begin = name.slice(0, NAME_BYTES_MAX - HASH_DIGITS - 1);
  while (Buffer.byteLength(begin) > NAME_BYTES_MAX - HASH_DIGITS - 1)
    begin = [...begin].slice(0, -1).join('');
  return `${begin}-${hash}`;
}
