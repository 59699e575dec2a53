import type { Condition } from './condition.js';
import { int32, quoted, type Source } from './test-text.js';

/** Reads what follows the code of a litmus test: `locations [x; 0:EAX;]`, `filter ...`, and the condition. */

const TOKEN = /\s*(\/\\|\\\/|=>|[()[\];=~]|[^\s()[\];=~/\\]+)/y;
/** Deeper nesting is nobody's condition. */
const DEPTH_MAX = 64;
/** More comparisons are nobody's either; each is one deeper in what is judged. */
const ATOMS_MAX = 1_000;

export class ConditionParser {
  private offset: number;
  private depth = 0;
  private atoms = 0;

  /** Reads from `offset` of the source to its end. */
  constructor(
    private readonly source: Source,
    offset: number,
  ) {
    this.offset = offset;
  }

  /** Where the next token begins. */
  get place(): number {
    const { text } = this.source;
    let at = this.offset;
    while (at < text.length && /\s/.test(text[at])) at++;
    return at;
  }

  /** The next token; empty at the end. */
  peek(): string {
    TOKEN.lastIndex = this.offset;
    const match = TOKEN.exec(this.source.text);
    if (match !== null) return match[1];
    if (this.place < this.source.text.length) this.unexpected(this.source.text[this.place]);
    return '';
  }

  take(): string {
    const token = this.peek();
    this.offset = this.place + token.length;
    return token;
  }

  /** Takes the token if it is the next one. */
  takes(token: string): boolean {
    if (this.peek() !== token) return false;
    this.take();
    return true;
  }

  /** `[x; 0:EAX;]` */
  locations(): string[] {
    const names: string[] = [];
    this.expect('[');
    while (!this.takes(']')) {
      names.push(this.nameOf(this.take()));
      if (this.peek() !== ']') this.expect(';');
    }
    return names;
  }

  /** Binding, from loose to tight: `=>`, `\/`, `/\`, `not`. */
  condition(): Condition {
    const left = this.disjunction();
    return this.takes('=>') ? { kind: 'implies', left, right: this.condition() } : left;
  }

  private disjunction(): Condition {
    let left = this.conjunction();
    while (this.takes('\\/')) left = { kind: 'or', left, right: this.conjunction() };
    return left;
  }

  private conjunction(): Condition {
    let left = this.atom();
    while (this.takes('/\\')) left = { kind: 'and', left, right: this.atom() };
    return left;
  }

  private atom(): Condition {
    if (++this.depth > DEPTH_MAX)
      this.source.malformed(this.place, `a condition nests deeper than ${DEPTH_MAX}`);
    if (++this.atoms > ATOMS_MAX)
      this.source.malformed(this.place, `more than ${ATOMS_MAX} parts are too many for a condition`);
    const condition = this.simple();
    this.depth--;
    return condition;
  }

  private simple(): Condition {
    if (this.takes('not') || this.takes('~')) return { kind: 'not', part: this.atom() };
    if (this.takes('(')) {
      const inner = this.condition();
      this.expect(')');
      return inner;
    }
    if (this.takes('true')) return { kind: 'constant', value: true };
    if (this.takes('false')) return { kind: 'constant', value: false };
    const isBracketed = this.takes('[');
    const name = this.nameOf(this.take());
    if (isBracketed) this.expect(']');
    this.expect('=');
    const at = this.place;
    const text = this.take();
    const value = int32(text);
    if (value === null)
      this.source.malformed(at, `${quoted(text)} is no 32-bit number; a condition compares with numbers`);
    return { kind: 'equals', name, value };
  }

  private nameOf(token: string): string {
    const match = /^(?:(\d{1,3}):%?)?(\w+)$/.exec(token);
    if (match === null || /^\d/.test(match[2])) return this.unexpected(token);
    return match[1] === undefined ? match[2] : `${Number(match[1])}:${match[2]}`;
  }

  private expect(token: string): void {
    if (!this.takes(token)) this.unexpected(this.peek(), `where "${token}" belongs`);
  }

  unexpected(token: string, why = 'where a register (0:EAX), a location (x) or "(" belongs'): never {
    const what = token === '' ? 'the file ends' : quoted(token);
    return this.source.malformed(Math.max(0, this.place - 1), `${what} ${why}`);
  }
}
