/**
 * The heads of a line, as tracers print them: ftrace's own text and `trace-cmd report` (`comm-pid [cpu] flags
 * time: event: fields`), and `perf script` (`comm pid [cpu] time: system:event: fields`).
 */

/** A line's head, and the text after its time. */
export interface Head {
  readonly comm: string;
  readonly pid: number;
  readonly cpu: number;
  readonly flags: string;
  readonly whole: string;
  /** Digits after the point; undefined when the clock counts ticks. */
  readonly fraction: string | undefined;
  readonly text: string;
}

/** Task, CPU, flags and time. Task names are bounded so that a hostile line cannot make the match slow. */
const FTRACE = joined(
  /^ {0,32}(.{1,64}?)-(\d{1,10}) {1,16}(?:\([ \d-]{1,12}\) {1,8})?/,
  /\[(\d{1,4})\] {1,8}(?:([A-Za-z.\d#]{3,8}) {1,12})?(\d{1,20})(?:\.(\d{1,9}))?: (.*)$/,
);
/** perf prints pid/tid or the tid alone, and may print a count of the event before its name. */
const PERF = joined(
  /^[ \t]{0,64}(.{1,64}?) {1,32}(?:\d{1,10}\/ {0,10})?(\d{1,10}) {1,32}/,
  /\[(\d{1,4})\] {1,32}(?:([A-Za-z.\d#]{3,8}) {1,12})?(\d{1,20})\.(\d{1,9}): {1,32}/,
  /(?:\d{1,20} {1,8})?[a-z][\w-]{0,63}:(\w{1,64}: {0,32}.*)$/,
);

function joined(...parts: readonly RegExp[]): RegExp {
  return new RegExp(parts.map(({ source }) => source).join(''), 'u');
}

type Reader = (line: string) => Head | null;

function reader(pattern: RegExp): Reader {
  return (line) => {
    const match = pattern.exec(line);
    if (match === null) return null;
    return {
      comm: match[1] ?? '',
      pid: Number(match[2]),
      cpu: Number(match[3]),
      flags: match[4] ?? '',
      whole: match[5] ?? '',
      fraction: match[6],
      text: match[7] ?? '',
    };
  };
}

/** Every tracer's reader; a file is of one, so the one that read the last line is tried first. */
export class Heads {
  private readers: Reader[] = [reader(FTRACE), reader(PERF)];

  /** The line's head; null when no tracer prints such a line. */
  read(line: string): Head | null {
    const head = this.readers[0]?.(line) ?? null;
    if (head !== null) return head;
    for (let at = 1; at < this.readers.length; at++) {
      const other = this.readers[at]?.(line) ?? null;
      if (other === null) continue;
      this.readers = [...this.readers.slice(at), ...this.readers.slice(0, at)];
      return other;
    }
    return null;
  }
}
