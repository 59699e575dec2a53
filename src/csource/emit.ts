import { relative, resolve, sep } from 'node:path';
import type { CLine } from './dwarf/lines.js';
import { SHIMS } from './flags.js';
import type { MadeLine } from './translate/operands.js';
import type { Translation } from './translate/translate.js';

/**
 * The module that a translation becomes: a variant of the lab whose functions are those of C, with a source
 * map to the lines of C. It is a translation of the user's files, so it stays where the user's other files
 * are.
 */

export interface Naming {
  readonly variant: string;
  readonly base: string;
  readonly summary: string;
  /** Of the tree, absolute. */
  readonly root: string;
}

/** `folder`: where the module will lie, absolute, so that the map's sources are found from there. */
export function moduleText(translation: Translation, naming: Naming, folder: string): string {
  const { functions, entries, tables, stackBytes, callable } = translation;
  const lines: MadeLine[] = [];
  const plain = (text: string): void => {
    lines.push({ text, at: null });
  };
  plain('// Made by shootdown of C files: a translation of their text, under their licence.');
  plain("import { defineVariant } from 'shootdown';");
  plain("import * as lab from 'shootdown/c-runtime';");
  plain(`const callable = ${JSON.stringify(callable)};`);
  for (const made of functions) lines.push(...made.lines);
  const named = Object.entries(entries).map(([entry, name]) => `${entry}: ${name}`);
  plain(`const tables = ${JSON.stringify(tables)};`);
  plain(
    `const replace = lab.cFunctions({ tables, stackBytes: ${stackBytes}, callable, entries: { ` +
      `${named.join(', ')} } });`,
  );
  plain(
    `export const variant = defineVariant({ name: ${JSON.stringify(naming.variant)}, ` +
      `base: ${JSON.stringify(naming.base)}, summary: ${JSON.stringify(naming.summary)}, ` +
      `isKernelText: true, replace, ownWords: ${JSON.stringify(translation.own)} });`,
  );
  const own = [naming.root, SHIMS].map((root) => root + sep);
  const isOwn = ({ file }: CLine): boolean => own.some((root) => resolve(file).startsWith(root));
  // A #line may name any file of the reader's, whose lines would then be shown.
  const mapped = lines.map(({ text, at }) => ({ text, at: at !== null && isOwn(at) ? at : null }));
  const map = Buffer.from(JSON.stringify(sourceMap(mapped, folder))).toString('base64');
  plain(`//# sourceMappingURL=data:application/json;base64,${map}`);
  return `${lines.map(({ text }) => text).join('\n')}\n`;
}

/** One mapping for each line, from its first column. */
function sourceMap(lines: readonly MadeLine[], folder: string): object {
  const sources: string[] = [];
  let [lastSource, lastLine] = [0, 0];
  const mappings = lines.map(({ at }) => {
    if (at === null) return '';
    let source = sources.indexOf(at.file);
    if (source < 0) source = sources.push(at.file) - 1;
    const segment = [0, source - lastSource, at.line - 1 - lastLine, 0].map(vlq).join('');
    [lastSource, lastLine] = [source, at.line - 1];
    return segment;
  });
  const named = sources.map((file) => encodeURI(relative(folder, file)));
  return { version: 3, sources: named, names: [], mappings: mappings.join(';') };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base 64, variable length, the sign in the lowest bit (ECMA-426). */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
