/**
 * CI systems take lines of a job's output for commands: `::set-env name=A::b` where a line begins,
 * `##[error]` and `##vso[...]` anywhere in it. Names, files and errors of others may hold such text. What is
 * printed passes here, and a character that would complete a command becomes its JSON escape, which in a JSON
 * document means the same; only our own commands (`workflow-command.ts`) are printed past it.
 */

/**
 * A line begins after either kind of line break. What stands before its first printable ASCII character is no
 * protection: readers trim blanks, and paint disappears.
 */
const LINE_START = '[\\r\\n](?:\\u001b\\[[\\d;]*[A-Za-z]|[^\\u0021-\\u007e\\r\\n])*';
const COMMAND = new RegExp(`(${LINE_START}:):|(##(?:vso|teamcity)?)\\[`, 'gi');
const OPEN_LINE = new RegExp(`^${LINE_START}:?$`);
/** What may begin a command in the middle of a line. */
const BEGUN = /#{1,2}[a-z]{0,8}$/i;

/** One stream's text, in the pieces in which it is written. */
export class CommandBreaker {
  /**
   * How the line that is being written began, or its last characters, as far as the next piece may complete a
   * command.
   */
  private tail = '\n';

  /** The piece, with whatever would complete a command escaped. */
  broken(text: string): string {
    const { tail } = this;
    const whole = (tail + text).replace(COMMAND, (_, start: string | undefined, name: string) =>
      start === undefined ? `${name}\\u005b` : `${start}\\u003a`,
    );
    this.note(text);
    // Only the last character of a match is changed, and no match ends within the tail.
    return whole.slice(tail.length);
  }

  /** A piece that is written as it is. */
  note(text: string): void {
    const line = `${this.tail}${text}`.split(/(?=[\r\n])/).at(-1) ?? '';
    const blanks = /[^:]*/.exec(line)?.[0] ?? '';
    // Of a line that has not begun yet only that counts, however long it is; `x` is a line that has.
    if (OPEN_LINE.test(line)) this.tail = line.length === blanks.length ? '\n' : '\n:';
    else this.tail = `x${BEGUN.exec(line)?.[0] ?? ''}`;
  }
}

/** A whole text, as it is written to a file. */
export function withoutForeignCommands(text: string): string {
  return new CommandBreaker().broken(text);
}
