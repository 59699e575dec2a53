import { readFileSync } from 'node:fs';
import { childrenOf, isNode, type Node, parsed } from '../bundle/loose-tree.js';
import { displayPath, isUserFile } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';

/**
 * Imports whose file is only known when they run. No bundler reads what they load, so no hash has it, and a
 * worker finds something else there or nothing. Source text that is made at run time may hold one and is
 * refused with them.
 */

/** What no parse is needed for: most files have none of these words. */
const SUSPECT = /\bimport\s*(?:\/[*/]|\()|\brequire\b|\beval\b|\bFunction\b/;

/** Throws InputError for the first computed import of these files; of packages only what would run. */
export function refuseComputedImports(paths: readonly string[]): void {
  for (const path of paths) {
    const source = readFileSync(path, 'utf8');
    if (!SUSPECT.test(source)) continue;
    const root = tree(source, path);
    const found = root === null ? firstInText(source, path) : firstIn(root, isUserFile(path));
    if (found === null) continue;
    const { line, mistake } = found;
    throw new InputError(mistake.what, mistake.remedy, { file: displayPath(path), line });
  }
}

interface Mistake {
  readonly what: string;
  readonly remedy: string;
}

const COMPUTED: Mistake = {
  what: 'what this import() loads is only known when it runs',
  remedy: 'write the file name in quotes',
};

interface Found {
  readonly line: number;
  readonly mistake: Mistake;
}

/** What the parser does not know (JSX) is searched as text: a comment that looks like one is refused too. */
function firstInText(source: string, path: string): Found | null {
  const at = /\.[cm]?[jt]sx?$/.test(path)
    ? source.search(/\bimport\s*\(\s*[^\s'"]|\beval\s*\(|\bFunction\s*\(/)
    : -1;
  return at < 0 ? null : { line: source.slice(0, at).split('\n').length, mistake: COMPUTED };
}

function firstIn(root: Node, isOwn: boolean): Found | null {
  const open: Node[] = [root];
  let first: Found | null = null;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const mistake = mistakeOf(node, isOwn);
    const { line } = node.loc.start;
    if (mistake !== null && (first === null || line < first.line)) first = { line, mistake };
    open.push(...childrenOf(node));
  }
  return first;
}

function mistakeOf(node: Node, isOwn: boolean): Mistake | null {
  if (node.type === 'ImportExpression' && !isLiteral(node.source)) return COMPUTED;
  if (!isOwn || (node.type !== 'CallExpression' && node.type !== 'NewExpression')) return null;
  const callee = node.callee as Node;
  if (callee.type !== 'Identifier') return null;
  const [first] = node.arguments as readonly unknown[];
  if (callee.name === 'require' && !isLiteral(first))
    return {
      what: 'what this require() loads is only known when it runs',
      remedy: 'import the file by its name',
    };
  if (callee.name === 'eval' || callee.name === 'Function')
    return {
      what: `${callee.name} runs text that no finding names`,
      remedy: 'write the code into the module',
    };
  return null;
}

function isLiteral(node: unknown): boolean {
  if (!isNode(node)) return false;
  return (
    node.type === 'Literal' ||
    (node.type === 'TemplateLiteral' && (node.expressions as readonly unknown[]).length === 0)
  );
}

/** Null where it does not parse: JSON, JSX. CommonJS of a package may be no module. */
function tree(source: string, path: string): Node | null {
  return parsed(source, path) ?? parsed(source, path, 'script');
}
