import { namesIn } from './condition.js';
import { parseInstruction } from './instructions.js';
import {
  type Instruction,
  type LitmusTest,
  type Quantifier,
  registerName,
  SkippedTest,
} from './litmus-test.js';
import { ConditionParser } from './parse-condition.js';
import { int32, quoted, Source } from './test-text.js';

/** Reads herd7's litmus tests for X86 and X86_64. */

const THREADS_MAX = 8;
const INSTRUCTIONS_MAX = 64;
const TAIL = /^[ \t]*(?:~\s*exists|exists|forall|locations|filter)\b/m;

/**
 * A test out of a file's text. Throws InputError (`file:line: what`) for text that is no litmus test,
 * SkippedTest for one of another architecture, with an instruction that is not modelled, or with arrays.
 */
export function parseLitmus(text: string, file: string): LitmusTest {
  const source = new Source(file, text);
  const { arch, name, end } = header(source);
  const open = source.text.indexOf('{', end);
  if (open < 0) source.malformed(end, 'no initial state follows', 'write { } where all is 0');
  const close = source.text.indexOf('}', open);
  if (close < 0) source.malformed(open, 'the initial state has no end: "}" is missing');
  // Not after the closing brace: an array's own comes first.
  const inner = source.text.slice(open + 1, close);
  if (/=\s*\{/.test(inner)) {
    const place = source.place(open + 1 + inner.search(/\S+\s*=\s*\{/));
    throw new SkippedTest(`${place}: the initial state has an array; single words are modelled`);
  }
  const initial = initialState(source, open + 1, close);
  const tail = TAIL.exec(source.text.slice(close))?.index;
  if (tail === undefined)
    return source.malformed(
      source.text.length,
      'no condition follows the code',
      'write exists, ~exists or forall',
    );
  const tailAt = close + tail;
  const threads = code(source, close + 1, tailAt, arch);
  const test = { name, arch, initial, threads, ...judgement(source, tailAt) };
  for (const observed of test.observed) requireThread(source, tailAt, observed, threads.length);
  for (const named of Object.keys(initial)) requireThread(source, open, named, threads.length);
  return test;
}

function header(source: Source): { arch: LitmusTest['arch']; name: string; end: number } {
  // Not with blanks at the end taken off in the pattern: of a long line of blanks it would try each.
  const match = /^\s*([A-Za-z]\w*)[ \t]+(\S[^\n]*)(?:\n|$)/.exec(source.text);
  if (match === null)
    source.malformed(0, 'a litmus test begins with its architecture and its name, such as "X86 SB"');
  const [whole, arch, name] = match;
  if (arch !== 'X86' && arch !== 'X86_64') {
    if (!source.text.includes('{'))
      source.malformed(0, `${quoted(whole)} is no litmus test; one begins like "X86 SB"`);
    throw new SkippedTest(`${source.file}: a test for ${arch}; X86 and X86_64 are explored`);
  }
  return { arch, name: name.trimEnd().slice(0, 100), end: whole.length };
}

/** `x=1; 0:EAX=2; int y = 3; [z]=4` */
function initialState(source: Source, from: number, to: number): Record<string, number> {
  const initial: Record<string, number> = {};
  let at = from;
  for (const setting of source.text.slice(from, to).split(';')) {
    const place = at + (setting.length - setting.trimStart().length);
    at += setting.length + 1;
    const text = setting.trim();
    if (text === '') continue;
    const match = /^(?:[a-z]\w*\s+)?\[?((?:(\d{1,3}):)?%?([A-Za-z_]\w*))\]?\s*(?:=\s*([-\w]+))?$/.exec(text);
    if (match === null)
      source.malformed(place, `${quoted(text)} is no initial value`, 'write x=1 or 0:EAX=1');
    const value = int32(match[4] ?? '0');
    if (value === null)
      throw new SkippedTest(
        `${source.place(place)}: the initial value ${quoted(match[4])} is no 32-bit number`,
      );
    initial[match[2] === undefined ? match[3] : registerName(Number(match[2]), match[3])] = value;
  }
  return initial;
}

/** Columns of instructions under ` P0 | P1 ;`. */
function code(source: Source, from: number, to: number, arch: LitmusTest['arch']): Instruction[][] {
  const threads: Instruction[][] = [];
  let at = from;
  for (const line of source.text.slice(from, to).split('\n')) {
    const place = at;
    at += line.length + 1;
    if (line.trim() === '') continue;
    if (!/;\s*$/.test(line)) source.malformed(place, `a line of code ends in ";"; this is ${quoted(line)}`);
    const cells = line.replace(/;\s*$/, '').split('|');
    if (threads.length === 0) {
      if (!cells.every((cell, thread) => cell.trim() === `P${thread}`))
        source.malformed(place, `the code begins with its threads, " P0 | P1 ;"; this is ${quoted(line)}`);
      if (cells.length > THREADS_MAX)
        source.malformed(place, `${cells.length} threads are too many; at most ${THREADS_MAX}`);
      threads.push(...cells.map(() => []));
      continue;
    }
    if (cells.length > threads.length)
      source.malformed(place, `${cells.length} columns, and there are ${threads.length} threads`);
    for (const [thread, cell] of cells.entries()) {
      if (cell.trim() !== '') threads[thread].push(parseInstruction(source, place, cell.trim(), arch));
      if (threads[thread].length > INSTRUCTIONS_MAX)
        source.malformed(
          place,
          `more than ${INSTRUCTIONS_MAX} instructions in a thread are too many to explore`,
        );
    }
  }
  if (threads.length === 0) source.malformed(to, 'no code; it begins with " P0 | P1 ;"');
  return threads;
}

function judgement(
  source: Source,
  from: number,
): Pick<LitmusTest, 'observed' | 'filter' | 'quantifier' | 'condition' | 'conditionText'> {
  const parser = new ConditionParser(source, from);
  const shown = parser.takes('locations') ? parser.locations() : [];
  const filter = parser.takes('filter') ? parser.condition() : null;
  const start = parser.place;
  const quantifier = quantifierOf(parser);
  const condition = parser.condition();
  const conditionText = source.text.slice(start, parser.place).trim().replace(/\s+/g, ' ');
  if (parser.peek() !== '') parser.unexpected(parser.peek(), 'behind the end of the condition');
  return {
    observed: inHerdsOrder([...shown, ...namesIn(condition)]),
    filter,
    quantifier,
    condition,
    conditionText,
  };
}

function quantifierOf(parser: ConditionParser): Quantifier {
  const isNegated = parser.takes('~');
  const word = parser.peek();
  if (word !== 'exists' && (word !== 'forall' || isNegated))
    parser.unexpected(word, 'where exists, ~exists or forall belongs');
  parser.take();
  return isNegated ? '~exists' : word;
}

/** Registers by thread and name, then locations by name. */
function inHerdsOrder(names: readonly string[]): string[] {
  const key = (name: string): string => (name.includes(':') ? `0${name.padStart(40, '0')}` : `1${name}`);
  return [...new Set(names)].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function requireThread(source: Source, offset: number, name: string, threads: number): void {
  const [thread, register] = name.split(':');
  if (register !== undefined && Number(thread) >= threads)
    source.malformed(
      offset,
      `${quoted(name)} is a register of thread ${thread}, and there are ${threads} threads`,
    );
}
