import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Arrow } from './rooms.js';

/**
 * Reads the arrows between the files of the project: imports of any kind, and names of files in what is
 * generated.
 */

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every source file, as paths under the root. */
export function sourceFiles(): string[] {
  const below = (directory: string): string[] =>
    readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory()
        ? below(path)
        : /\.tsx?$/.test(path) && !path.endsWith('.d.ts')
          ? [path]
          : [];
    });
  return [...below('src'), ...below('workers'), ...below('browser')];
}

/**
 * A specifier, from where it stands, as a path under the root; null for packages and for what is no file of
 * ours.
 */
function target(from: string, specifier: string): string | null {
  const path = relative(ROOT, resolve(ROOT, dirname(from), specifier)).replace(/\.js(x?)$/, '.ts$1');
  return specifier.startsWith('.') && existsSync(join(ROOT, path)) ? path : null;
}

/**
 * Text that names a source file as bundles are told of it: a path under `src` without extension. The entries
 * of threads, `../workers/NAME`, are no such names: who starts a thread calls it through its messages and
 * knows nothing of what is in it.
 */
function named(text: string): string | null {
  if (!/^[\w-]+(\/[\w-]+)*$/.test(text) || !(text.includes('/') || text === 'index')) return null;
  const path = `src/${text}.ts`;
  return existsSync(join(ROOT, path)) ? path : null;
}

/**
 * The arrows of one file. Besides import and export declarations: `import()`, `import type` within types,
 * `require`, and every string that names a source file: generated modules import by such names. A computed
 * `import()` of a file of ours would be invisible: it is an error.
 */
export function arrowsOf(from: string, text = readFileSync(join(ROOT, from), 'utf8')): Arrow[] {
  const arrows: Arrow[] = [];
  const add = (to: string | null): void => {
    if (to !== null && to !== from) arrows.push({ from, to });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined)
      add(target(from, (node.moduleSpecifier as ts.StringLiteral).text));
    else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    )
      add(target(from, node.argument.literal.text));
    else if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')
    ) {
      const [argument] = node.arguments;
      if (ts.isStringLiteralLike(argument)) add(target(from, argument.text));
    } else if (ts.isStringLiteralLike(node)) add(named(node.text));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, text, ts.ScriptTarget.Latest, true));
  return arrows;
}

/**
 * Calls of `import()` whose argument is computed, as `file:line`: whoever reads the arrows must know what
 * they load.
 */
export function computedImports(from: string, text = readFileSync(join(ROOT, from), 'utf8')): string[] {
  const source = ts.createSourceFile(from, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isImport && !ts.isStringLiteralLike(node.arguments[0]))
      found.push(`${from}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
