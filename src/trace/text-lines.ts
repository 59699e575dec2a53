/**
 * Lines out of text that comes in pieces: what is in memory is a piece, and the beginning of the line that it
 * ends in.
 */

/** A line without its end, and whether it has one in the file. */
export type Line = readonly [line: string, ended: boolean];

const BYTE_ORDER_MARK = 0xfeff;

export class LineCutter {
  private rest = '';
  private begun = false;

  /**
   * No file is in memory as a line: what is longer than `unitsMax` characters is told as a line without an
   * end as soon as it is known, and again with each piece until it ends, with something left out of it.
   */
  constructor(private readonly unitsMax: number) {}

  /** The lines that end in the next piece. */
  *push(piece: string): Generator<Line> {
    const text = this.rest + piece;
    let at = !this.begun && text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    this.begun ||= text !== '';
    for (let newline = text.indexOf('\n', at); newline !== -1; newline = text.indexOf('\n', at)) {
      yield [withoutReturn(text.slice(at, newline)), true];
      at = newline + 1;
    }
    this.rest = text.slice(at, at + this.unitsMax + 1);
    if (this.rest.length > this.unitsMax) yield [this.rest, false];
  }

  /** What stands behind the last end of a line. */
  *end(): Generator<Line> {
    if (this.rest !== '') yield [withoutReturn(this.rest), false];
  }
}

/** Files of other systems have one before each end of a line. */
function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The lines of text in pieces. */
export function* linesOf(pieces: Iterable<string>, unitsMax: number): Generator<Line> {
  const cutter = new LineCutter(unitsMax);
  for (const piece of pieces) yield* cutter.push(piece);
  yield* cutter.end();
}
