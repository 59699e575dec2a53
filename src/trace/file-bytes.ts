/**
 * A file's bytes, whole or in pieces: of a regular file only, and never more than a stated size.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { TraceError } from './trace-error.js';

/**
 * Most bytes of text that are held at once: ten times a recording of 40,000 events. What may hold more is
 * read in parts; a small file that holds more than text can be packed to is refused, so that no file costs
 * much more than its size lets expect.
 */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;
/** Bytes that are read at once where a file is read in pieces. */
export const PIECE_BYTES = 64 * 1024;
const RECORDING = 'an ftrace recording';

export const mib = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MiB`;

/** What the operating system said, without the path (the message already begins with it). */
function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'EACCES') return 'permission denied';
  return code ?? 'unknown error';
}

/** Throws TraceError for what is no regular file, and system errors. */
function opened(path: string, what: string): { readonly descriptor: number; readonly size: number } {
  // Before the open: opening a pipe that nobody writes to would wait for ever, and hear no signal.
  const stats = statSync(path);
  if (!stats.isFile())
    throw new TraceError(
      path,
      null,
      `cannot be read (is ${stats.isDirectory() ? 'a directory' : 'no regular file'})`,
      `expected ${what}`,
    );
  return { descriptor: openSync(path, 'r'), size: stats.size };
}

function unreadable(path: string, what: string, error: unknown): TraceError {
  if (error instanceof TraceError) return error;
  return new TraceError(path, null, `cannot be read (${reason(error)})`, `expected ${what}`);
}

function tooLarge(path: string, what: string, limit: number): TraceError {
  const expected = `expected ${what} of at most that size`;
  return new TraceError(path, null, `is larger than ${mib(limit)}`, expected);
}

/**
 * All bytes of the regular file `path`. Reads in pieces and stops at the limit, whatever a file says of its
 * size. Throws TraceError when the file cannot be read or is larger than `limit` bytes; `what` it should be
 * is for the message.
 */
export function readBytes(path: string, limit = MAX_TEXT_BYTES, what = RECORDING): Buffer {
  let total = 0;
  let descriptor: number | undefined;
  try {
    const file = opened(path, what);
    descriptor = file.descriptor;
    // In one piece, with room for a byte more: pieces and what they make together would take twice as much.
    let bytes = Buffer.allocUnsafe(Math.min(file.size, limit) + 1);
    for (;;) {
      const got = readSync(descriptor, bytes, total, bytes.length - total, null);
      if (got === 0) return bytes.subarray(0, total);
      total += got;
      if (total > limit) break;
      // It holds more than it says, as files of the system do.
      if (total === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(total)]);
    }
  } catch (error) {
    throw unreadable(path, what, error);
  } finally {
    closeQuietly(descriptor);
  }
  throw tooLarge(path, what, limit);
}

/** The same in pieces, each of which is there until the next is asked for. */
export function* piecesOf(path: string, limit = MAX_TEXT_BYTES, what = RECORDING): Generator<Buffer> {
  let descriptor: number | undefined;
  try {
    descriptor = opened(path, what).descriptor;
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let total = 0;
    for (;;) {
      const got = readSync(descriptor, piece, 0, PIECE_BYTES, null);
      if (got === 0) return;
      total += got;
      if (total > limit) throw tooLarge(path, what, limit);
      yield piece.subarray(0, got);
    }
  } catch (error) {
    throw unreadable(path, what, error);
  } finally {
    closeQuietly(descriptor);
  }
}

/** Of a file that was read: whatever a close fails with, its bytes are there. */
function closeQuietly(descriptor: number | undefined): void {
  try {
    if (descriptor !== undefined) closeSync(descriptor);
  } catch {
    // It is gone all the same.
  }
}

/** The first bytes of a regular file; none where it cannot be read. */
export function readStart(path: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let descriptor: number | undefined;
  try {
    descriptor = opened(path, RECORDING).descriptor;
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0));
  } catch {
    return bytes.subarray(0, 0);
  } finally {
    closeQuietly(descriptor);
  }
}
