import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../architecture/arrows.js';

/** Bounds that keep files readable: lines of a file, lines of a function, columns of a line. */
export const FILE_LINES_MAX = 500;
export const FUNCTION_LINES_MAX = 70;
export const COLUMNS_MAX = 110;

const CODE = ['src', 'workers', 'browser', 'examples', 'scripts'];
const PROSE = ['README.md', 'ARCHITECTURE.md'];

/** Code and pages, as paths under the root. */
export function sizedFiles(): string[] {
  const below = (directory: string, ends: RegExp): string[] =>
    readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : below(path, ends);
      return ends.test(path) ? [path] : [];
    });
  return [
    ...CODE.flatMap((folder) => below(folder, /\.(?:tsx?|mjs|css)$/)),
    ...PROSE,
    ...below('docs', /\.md$/),
  ];
}

/** What of a file is beyond the bounds, as lines of text. */
export function tooLarge(path: string, text = readFileSync(join(ROOT, path), 'utf8')): string[] {
  const isProse = path.endsWith('.md');
  const lines = text.replace(/\n$/, '').split('\n');
  return [
    ...(lines.length > FILE_LINES_MAX && !isProse ? [`${path}: ${lines.length} lines`] : []),
    ...lines.flatMap((line, index) =>
      line.length > COLUMNS_MAX && !(isProse && isFixed(line))
        ? [`${path}:${index + 1}: ${line.length} columns`]
        : [],
    ),
    ...(isProse || path.endsWith('.css') ? [] : longFunctions(path, text)),
  ];
}

/** Rows of tables and indented text, such as commands and screens, cannot be broken. */
function isFixed(line: string): boolean {
  return line.startsWith('|') || line.startsWith('    ');
}

function longFunctions(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (at: number): number => source.getLineAndCharacterOfPosition(at).line + 1;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const [first, last] = [lineOf(node.getStart()), lineOf(node.end)];
      const lines = last - first + 1;
      if (lines > FUNCTION_LINES_MAX) found.push(`${path}:${first}: a function of ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
