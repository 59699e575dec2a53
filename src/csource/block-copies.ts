/**
 * Structures that are filled or copied as a whole, in the compiler's own language: word for word, as a
 * machine of 32-bit words does it. Left alone the code generator takes 64 bits at a time.
 */

const CALL = /^(\s*)(?:tail )?call void @llvm\.(memcpy|memset)\.[\w.]+\((.*), i32 (\d+), i1 false\)([^()]*)$/;
/** What may stand between an argument's type and its value. */
const ATTRIBUTES = /^(?:(?:noalias|nocapture|noundef|nonnull|writeonly|readonly|align \d+|\w+\(\d+\))\s+)*/;
const WORD_BYTES = 4;
/** A kernel's structures that are copied; a page is left to whoever meets it. */
const BYTES_MAX = 256;

interface Pointer {
  readonly type: string;
  readonly value: string;
}

/** The code with what is aligned and made of whole words copied word for word. */
export function withWordCopies(code: string): string {
  let made = 0;
  return code
    .split('\n')
    .map((line) => {
      const match = CALL.exec(line);
      if (match === null) return line;
      const [, indent, what, given, length, after] = match;
      const [to, from] = argumentsOf(given);
      const bytes = Number(length);
      const isOfWords = bytes % WORD_BYTES === 0 && bytes <= BYTES_MAX && isAligned(to);
      if (!isOfWords || (what === 'memset' ? from !== 'i8 0' : !isAligned(from))) return line;
      const source = what === 'memset' ? null : pointer(from);
      const name = `%lab.copy.${made++}`;
      return words(bytes)
        .flatMap((at) => copied(`${name}.${at}`, pointer(to), source, at))
        .map((one) => `${indent}${one}${after}`)
        .join('\n');
    })
    .join('\n');
}

function words(bytes: number): number[] {
  return Array.from({ length: bytes / WORD_BYTES }, (_, word) => word * WORD_BYTES);
}

/** One word `at` so many bytes; without a source it becomes 0. */
function copied(name: string, to: Pointer, from: Pointer | null, at: number): string[] {
  const [stored, storedLines] = wordOf(`${name}.to`, to, at);
  if (from === null) return [...storedLines, `store i32 0, ${stored}, align 4`];
  const [loaded, loadedLines] = wordOf(`${name}.from`, from, at);
  return [
    ...loadedLines,
    `${name}.word = load i32, ${loaded}, align 4`,
    ...storedLines,
    `store i32 ${name}.word, ${stored}, align 4`,
  ];
}

/** Pointers have types up to clang 14 and none since 15. */
function wordOf(name: string, { type, value }: Pointer, at: number): readonly [string, string[]] {
  const moved = `${name} = getelementptr i8, ${type} ${value}, i32 ${at}`;
  if (type === 'ptr') return [`ptr ${name}`, [moved]];
  return [`i32* ${name}.word`, [moved, `${name}.word = bitcast i8* ${name} to i32*`]];
}

function pointer(argument: string): Pointer {
  const type = argument.slice(0, argument.indexOf(' '));
  return { type, value: argument.slice(type.length + 1).replace(ATTRIBUTES, '') };
}

function isAligned(argument: string): boolean {
  return Number(/\balign (\d+)/.exec(argument)?.[1] ?? 1) % WORD_BYTES === 0;
}

/** Split at commas that are in no brackets. */
function argumentsOf(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const letter = text[at] ?? ',';
    if ('([{<'.includes(letter)) depth++;
    else if (')]}>'.includes(letter)) depth--;
    else if (letter === ',' && depth === 0) {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return found;
}
