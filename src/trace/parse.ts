/**
 * The text of a recording to typed events.
 */
import type { TraceEvent } from './events.js';
import { EXPECTED_LINE, LineParser, MAX_LINE } from './line-parser.js';
import type { Recording } from './recording.js';
import { quote, TraceError } from './trace-error.js';

/** Bounds the memory of a recording that is held as a whole (about 300 bytes an event). */
export const MAX_EVENTS = 1_000_000;

const BYTE_ORDER_MARK = 0xfeff;
const CARRIAGE_RETURN = 13;

/** The line of `text` from `at`, without its end; and where the next begins, -1 when this one has no end. */
function lineAt(
  text: string,
  at: number,
  lineNumber: number,
  file: string,
): readonly [line: string, next: number] {
  const newline = text.indexOf('\n', at);
  const end = newline === -1 ? text.length : newline;
  if (end - at > MAX_LINE)
    throw new TraceError(
      file,
      lineNumber,
      `a line of ${end - at} characters beginning ${quote(text.slice(at, at + 100))}`,
      EXPECTED_LINE,
    );
  const line = text.slice(at, end > at && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end);
  return [line, newline === -1 ? -1 : newline + 1];
}

/**
 * Parses the text of a recording. `file` names it in messages, `name` in what is made from it.
 * Throws TraceError for anything that is not a whole, ordered recording.
 */
export function parseTrace(text: string, file: string, name: string = file): Recording {
  const parser = new LineParser(file);
  const events: TraceEvent[] = [];
  let lineNumber = 1;
  let at = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  while (at !== -1 && at < text.length) {
    const [line, next] = lineAt(text, at, lineNumber, file);
    const event = parser.push(line, next !== -1);
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
    at = next;
  }
  const { events: _, ...facts } = parser.finish();
  return { file, name, events, ...facts };
}
