/** The mappings of a source map (ECMA-426): where in its sources each place of a text was written. */

export interface Segment {
  /** From 0, as source maps count. */
  readonly column: number;
  /** Index of the source, -1 for text that is of none; line and column from 0. */
  readonly source: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CONTINUES = 32;

/** By generated line, its segments in order. */
export function segmentsOf(mappings: string): Segment[][] {
  let [source, sourceLine, sourceColumn] = [0, 0, 0];
  return mappings.split(';').map((line) => {
    let column = 0;
    return line.split(',').flatMap((text) => {
      const [moved, ...from] = numbersOf(text);
      if (moved === undefined) return [];
      column += moved;
      if (from.length < 3) return [{ column, source: -1, sourceLine: 0, sourceColumn: 0 }];
      source += from[0];
      sourceLine += from[1];
      sourceColumn += from[2];
      return [{ column, source, sourceLine, sourceColumn }];
    });
  });
}

/** Numbers in base 64, variable in length, the sign in the lowest bit. */
function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const char of text) {
    const digit = DIGITS.indexOf(char);
    value += (digit & (CONTINUES - 1)) << shift;
    shift += 5;
    if ((digit & CONTINUES) !== 0) continue;
    numbers.push((value & 1) === 0 ? value >> 1 : -(value >> 1));
    [value, shift] = [0, 0];
  }
  return numbers;
}
