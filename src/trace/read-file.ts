/**
 * A recording's bytes to text: plain or gzip, from a file or a pipe, never more than a stated size.
 */
import { StringDecoder } from 'node:string_decoder';
import { constants, gunzipSync } from 'node:zlib';
import { MAX_TEXT_BYTES, mib, PIECE_BYTES, piecesOf, readBytes, readStart } from './file-bytes.js';
import { type Line, linesOf } from './text-lines.js';
import { TraceError } from './trace-error.js';

/**
 * How much a gzip file may hold when it is packed tighter than {@link MAX_PLAUSIBLE_RATIO}: ftrace text packs
 * 10 to 20 times.
 */
const MAX_TEXT_BYTES_WHEN_IMPLAUSIBLE = 32 * 1024 * 1024;
export const MAX_PLAUSIBLE_RATIO = 100;

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

/**
 * The lines of a file's text, as `textOf` has it; those longer than `unitsMax` characters come as
 * `LineCutter` says. Neither the text nor the bytes of a plain file are ever in memory as a whole. Throws
 * TraceError where it is read.
 */
export function fileLines(path: string, unitsMax: number, what?: string): Generator<Line> {
  const isPacked = isGzip(readStart(path, 2));
  const bytes = isPacked
    ? cut(plainBytes(readBytes(path, undefined, what), path))
    : piecesOf(path, undefined, what);
  return linesOf(decoded(bytes), unitsMax);
}

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function* decoded(pieces: Iterable<Buffer>): Generator<string> {
  const decoder = new StringDecoder('utf8');
  for (const piece of pieces) yield decoder.write(piece);
  yield decoder.end();
}

/** The bytes themselves, or what is in them when they are gzip. Throws TraceError as `textOf` does. */
function plainBytes(bytes: Buffer, name: string): Buffer {
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
