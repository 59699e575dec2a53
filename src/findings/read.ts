/** Reads a finding file: bytes from anywhere in, a checked finding or an InputError out. */

import { fstatSync, openSync, readSync, statSync } from 'node:fs';
import { InputError, systemReason } from '../vocabulary/errors.js';
import type { Finding } from '../vocabulary/finding.js';
import { FINDING_BYTES_MAX, parseFinding } from './schema.js';
import { closeQuietly } from './synced-file.js';

const REMEDY = 'give the path of a finding that "shootdown hunt" wrote';

export function readFinding(file: string): Finding {
  return parseFinding(readText(file, 'a finding', REMEDY), file);
}

/**
 * The text of a file of at most a finding's size. `what` is the kind of file, `remedy` what to do about one
 * that cannot be read.
 */
export function readText(file: string, what: string, remedy: string): string {
  return decodeUtf8(readBounded(file, what, remedy), file, remedy);
}

/** The bytes of a regular file of at most so many. Throws InputError. */
export function readBounded(
  file: string,
  what: string,
  remedy: string,
  bytesMax = FINDING_BYTES_MAX,
): Buffer {
  let descriptor: number;
  try {
    // Before the open: opening a pipe that nobody writes to would wait for ever.
    if (!statSync(file).isFile()) throw new InputError(`${file}: not a regular file`, remedy);
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: cannot be read: ${systemReason(error)}`, remedy);
  }
  try {
    const { size } = fstatSync(descriptor);
    if (size > bytesMax) {
      throw new InputError(`${file}: ${size} bytes is too large for ${what} (at most ${bytesMax})`, remedy);
    }
    const bytes = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const count = readSync(descriptor, bytes, length, size - length, length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: cannot be read: ${systemReason(error)}`, remedy);
  } finally {
    closeQuietly(descriptor);
  }
}

function decodeUtf8(bytes: Buffer, file: string, remedy: string): string {
  try {
    // Fatal: a replacement character in a name would silently make it another name. A byte order mark is
    // dropped by the decoder.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}: not UTF-8 text`, remedy);
  }
}
