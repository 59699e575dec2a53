/**
 * A recording of any length, read in parts: what is in memory is one part, never the file.
 */
import { createReadStream, statSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { refuseCompanion } from './companions.js';
import type { TraceEvent } from './events.js';
import { MAX_TEXT_BYTES, PIECE_BYTES, readStart } from './file-bytes.js';
import { type FileFacts, LineParser, MAX_LINE } from './line-parser.js';
import { metaPath, readMeta } from './meta.js';
import { isGzip, MAX_PLAUSIBLE_RATIO } from './read-file.js';
import { readRecording, recordingName } from './read-recording.js';
import type { Recording } from './recording.js';
import { LineCutter } from './text-lines.js';
import { TraceError } from './trace-error.js';

/** Events of a part: some hundred bytes each. */
export const PART_EVENTS = 50_000;

/**
 * A gzip file that packs tighter than this is not taken for larger than {@link MAX_TEXT_BYTES} by its size
 * alone.
 */
const USUAL_RATIO = 32;

/**
 * Whether the file may be too large for one piece of memory. False where it is none that has a size (a pipe),
 * or cannot be read.
 */
export function isLargeRecording(path: string): boolean {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size * (isGzip(readStart(path, 2)) ? USUAL_RATIO : 1) > MAX_TEXT_BYTES;
  } catch {
    // Whoever reads it says what is wrong with it.
    return false;
  }
}

/**
 * The recording as a whole where it is small, else in parts, each of which is a recording. Throws TraceError
 * as parsing does. `onBytes`: of the parts, how much of the file has been read by then.
 */
export async function* recordingParts(
  path: string,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Recording> {
  if (isLargeRecording(path)) yield* readParts(path, PART_EVENTS, onBytes);
  else yield readRecording(path);
}

const tooTight = (path: string, packed: number, text: number): TraceError =>
  new TraceError(
    path,
    null,
    `holds ${text} bytes in ${packed} compressed ones`,
    `expected an ftrace recording, packed as text packs`,
  );

/** The file's text in pieces, decompressed when it is gzip; null where it ends. */
async function* pieces(path: string, onBytes?: (bytes: number) => void): AsyncGenerator<string | null> {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  const source: Readable = isGzip(readStart(path, 2))
    ? pipeline(file, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined)
    : file;
  const decoder = new StringDecoder('utf8');
  let text = 0;
  try {
    for await (const piece of source as AsyncIterable<Buffer>) {
      text += piece.length;
      onBytes?.(file.bytesRead);
      if (text > MAX_TEXT_BYTES + file.bytesRead * MAX_PLAUSIBLE_RATIO)
        throw tooTight(path, file.bytesRead, text);
      yield decoder.write(piece);
    }
    yield decoder.end();
    yield null;
  } catch (error) {
    if (error instanceof TraceError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new TraceError(
      path,
      null,
      `cannot be read to its end (${code})`,
      `expected an intact recording, plain or gzip`,
    );
  }
}

/**
 * The recording's parts in file order, each of at most `size` events. What a part cannot know, such as the
 * generations and loaded mms that the parts before it showed, is for it as for any recording that begins in
 * the middle. Throws TraceError as parsing does.
 */
export async function* readParts(
  path: string,
  size = PART_EVENTS,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Recording> {
  refuseCompanion(path);
  const meta = readMeta(metaPath(path));
  const name = recordingName(path);
  const parser = new LineParser(path);
  let events: TraceEvent[] = [];
  const part = (facts: FileFacts): Recording => {
    const { events: _, ...rest } = facts;
    return { file: path, name, events, ...rest, ...(meta === undefined ? {} : { meta }) };
  };
  const cutter = new LineCutter(MAX_LINE);
  for await (const piece of pieces(path, onBytes))
    for (const [line, ended] of piece === null ? cutter.end() : cutter.push(piece)) {
      const event = parser.push(line, ended);
      if (event === null) continue;
      if (events.length >= size) {
        yield part(parser.facts());
        events = [];
      }
      events.push(event);
    }
  yield part(parser.finish());
}
