import { shorten } from '../report/text-columns.js';
import { InputError } from '../vocabulary/errors.js';

/** A litmus file's text with comments blanked, and the one way to say where something is wrong in it. */
export class Source {
  readonly text: string;

  constructor(
    readonly file: string,
    text: string,
  ) {
    // Lines stay where they are.
    this.text = text.replace(/\(\*[\s\S]*?\*\)/g, (comment) => comment.replace(/[^\n]/g, ' '));
  }

  /** `file:line`, lines from 1, of a place in the text. */
  place(offset: number): string {
    let line = 1;
    for (let i = 0; i < offset && i < this.text.length; i++) if (this.text.charCodeAt(i) === 10) line++;
    return `${this.file}:${line}`;
  }

  /** Throws InputError: `file:line: what`. */
  malformed(offset: number, what: string, remedy: string | null = null): never {
    throw new InputError(`${this.place(offset)}: ${what}`, remedy);
  }
}

/** Of a piece of a file, at most: characters of no width would not end it. */
const QUOTED_MAX = 200;

/** A piece of a file in an error. */
export function quoted(text: string): string {
  // Characters without a width, or that take six columns once they are escaped, are not to make a long line.
  const written = JSON.stringify(text.trim().replace(/\s+/g, ' ').slice(0, QUOTED_MAX));
  return `"${shorten(written.slice(1, -1), 40)}"`;
}

/** A value of a test, decimal or hexadecimal. Null for what is no int32. */
export function int32(text: string): number | null {
  const value = /^-?(?:\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : Number.NaN;
  return (value | 0) === value ? value : null;
}
