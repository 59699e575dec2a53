/**
 * The text of a recording to typed events.
 */
import type { TraceEvent } from './events.js';
import { LineParser, MAX_LINE } from './line-parser.js';
import type { Recording } from './recording.js';
import { type Line, linesOf } from './text-lines.js';
import { TraceError } from './trace-error.js';

/** Bounds the memory of a recording that is held as a whole (about 300 bytes an event). */
export const MAX_EVENTS = 1_000_000;

/**
 * Parses the text of a recording. `file` names it in messages, `name` in what is made from it.
 * Throws TraceError for anything that is not a whole, ordered recording.
 */
export function parseTrace(text: string, file: string, name: string = file): Recording {
  return parseLines(linesOf([text], MAX_LINE), file, name);
}

/** The same of its lines; of those beyond `MAX_LINE` characters there may be only the beginning. */
export function parseLines(lines: Iterable<Line>, file: string, name: string): Recording {
  const parser = new LineParser(file);
  const events: TraceEvent[] = [];
  let lineNumber = 1;
  for (const [line, ended] of lines) {
    const event = parser.push(line, ended);
    if (event !== null) {
      if (events.length >= MAX_EVENTS)
        throw new TraceError(
          file,
          lineNumber,
          `more than ${MAX_EVENTS} events`,
          `expected at most that many (cut the recording)`,
        );
      events.push(event);
    }
    lineNumber++;
  }
  const { events: _, ...facts } = parser.finish();
  return { file, name, events, ...facts };
}
