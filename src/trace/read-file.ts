/**
 * A recording's bytes to text: plain or gzip, from a file or a pipe, never more than a stated size.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { TraceError } from './trace-error.js';

/**
 * Most bytes of text that are held at once: ten times a recording of 40,000 events. What may hold more is
 * read in parts; a small file that holds more than text can be packed to is refused, so that no file costs
 * much more than its size lets expect.
 */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;
/**
 * How much a gzip file may hold when it is packed tighter than {@link MAX_PLAUSIBLE_RATIO}: ftrace text packs
 * 10 to 20 times.
 */
const MAX_TEXT_BYTES_WHEN_IMPLAUSIBLE = 32 * 1024 * 1024;
export const MAX_PLAUSIBLE_RATIO = 100;

const mib = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MiB`;

/** What the operating system said, without the path (the message already begins with it). */
function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'EACCES') return 'permission denied';
  return code ?? 'unknown error';
}

/**
 * All bytes of the regular file `path`. Reads in pieces and stops at the limit, whatever a file says of its
 * size. Throws TraceError when the file cannot be read or is larger than `limit` bytes; `what` it should be
 * is for the message.
 */
export function readBytes(
  path: string,
  limit: number = MAX_TEXT_BYTES,
  what = 'an ftrace recording',
): Buffer {
  let total = 0;
  let descriptor: number | undefined;
  try {
    // Before the open: opening a pipe that nobody writes to would wait for ever, and hear no signal.
    const stats = statSync(path);
    if (!stats.isFile())
      throw new TraceError(
        path,
        null,
        `cannot be read (is ${stats.isDirectory() ? 'a directory' : 'no regular file'})`,
        `expected ${what}`,
      );
    descriptor = openSync(path, 'r');
    // In one piece, with room for a byte more: pieces and what they make together would take twice as much.
    let bytes = Buffer.allocUnsafe(Math.min(stats.size, limit) + 1);
    for (;;) {
      const got = readSync(descriptor, bytes, total, bytes.length - total, null);
      if (got === 0) return bytes.subarray(0, total);
      total += got;
      if (total > limit) break;
      // It holds more than it says, as files of the system do.
      if (total === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(total)]);
    }
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError(path, null, `cannot be read (${reason(error)})`, `expected ${what}`);
  } finally {
    closeQuietly(descriptor);
  }
  throw new TraceError(path, null, `is larger than ${mib(limit)}`, `expected ${what} of at most that size`);
}

/** Of a file that was read: whatever a close fails with, its bytes are there. */
function closeQuietly(descriptor: number | undefined): void {
  try {
    if (descriptor !== undefined) closeSync(descriptor);
  } catch {
    // It is gone all the same.
  }
}

/** The first bytes of a file; none where it cannot be read. */
export function readStart(path: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0));
  } catch {
    return bytes.subarray(0, 0);
  } finally {
    closeQuietly(descriptor);
  }
}

/** Whether `bytes` begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Why gzip data broke off, with the line it had come to. `name` is the file's name for the message. */
function gunzipFailure(bytes: Buffer, name: string, error: unknown, limit: number): TraceError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new TraceError(
      name,
      null,
      `holds more than ${mib(limit)} of text in ${bytes.length} compressed bytes`,
      `expected an ftrace recording (at most ${mib(MAX_TEXT_BYTES)}, packed as text packs)`,
    );
  }
  if (code === 'Z_BUF_ERROR') {
    let readable = 0;
    try {
      // What is there up to the break, only to say how far the file is whole.
      readable = countLines(
        gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit }),
      );
    } catch {
      // The break itself could not be read: line 1 stands for "before the first whole line".
    }
    return new TraceError(
      name,
      readable + 1,
      `compressed data ends early after ${readable} whole lines`,
      `expected the rest of the gzip file`,
    );
  }
  return new TraceError(
    name,
    null,
    `gzip data is damaged (${code ?? 'unknown error'})`,
    `expected an intact gzip file`,
  );
}

/**
 * The text of a recording's bytes, decompressed when they are gzip. UTF-8; bytes that are not become U+FFFD
 * (a task's name may hold anything). Throws TraceError for broken gzip data and for more text than the limits
 * above.
 */
export function textOf(bytes: Buffer, name: string): string {
  return plainBytes(bytes, name).toString('utf8');
}

/** The bytes themselves, or what is in them when they are gzip. Throws TraceError as `textOf` does. */
export function plainBytes(bytes: Buffer, name: string): Buffer {
  if (!isGzip(bytes)) return bytes;
  const limit = Math.min(
    MAX_TEXT_BYTES,
    Math.max(bytes.length * MAX_PLAUSIBLE_RATIO, MAX_TEXT_BYTES_WHEN_IMPLAUSIBLE),
  );
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw gunzipFailure(bytes, name, error, limit);
  }
}
