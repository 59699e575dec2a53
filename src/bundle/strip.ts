import { childrenOf, type Node, parse } from './loose-tree.js';

/**
 * Turns protocol code into plain functions: the `*` of generators and every `yield*` become blanks. The text
 * keeps its length and its lines, so that places in it, source maps and stacks stay those of the file.
 *
 *     function* f(cpu) { const x = yield* cpu.readOnce(a); }
 *     function  f(cpu) { const x =        cpu.readOnce(a); }
 *
 * `yield*` binds more loosely than anything but a comma, so what it applies to still stands on its own when
 * it is gone. Two places would change their meaning and are refused: a line break after `return yield*`, and
 * a statement that begins with a bracket after it.
 */

/** Code that cannot be stripped; the message is one line and names the place. */
export class StripError extends Error {
  override readonly name = 'StripError';
}

const GENERATORS = new Set(['FunctionDeclaration', 'FunctionExpression']);

/**
 * The stripped text of a TypeScript or JavaScript module. Throws StripError, also where the text does not
 * parse.
 */
export function stripGenerators(source: string, file: string): string {
  const blanks: [from: number, to: number][] = [];
  const fail = (at: number, what: string): never => {
    throw new StripError(`${file}:${source.slice(0, at).split('\n').length}: ${what}`);
  };
  const visit = (node: Node, parent: Node | null): void => {
    if (node.type === 'YieldExpression') {
      if (node.delegate !== true)
        fail(node.start, 'a bare yield cannot be stripped; protocol code only delegates (yield*)');
      const argument = node.argument as Node;
      const star = skipSpace(source, node.start + 'yield'.length);
      const after = source.slice(star + 1, argument.start);
      if (after.includes('\n') && parent?.type === 'ReturnStatement')
        fail(node.start, 'a line break after "return yield*" would end the return');
      const first = source[skipSpace(source, star + 1)];
      if (parent?.type === 'ExpressionStatement' && '([`+-'.includes(first))
        fail(
          node.start,
          `a statement may not begin with "yield* ${first}": without the yield it would join the ` +
            'line before it',
        );
      blanks.push([node.start, node.start + 'yield'.length], [star, star + 1]);
    } else if (GENERATORS.has(node.type) && node.generator === true) {
      // A method's star stands before its name, which belongs to the property that holds the function.
      const holder =
        parent !== null &&
        parent.value === node &&
        (parent.method === true || parent.type === 'MethodDefinition')
          ? parent
          : node;
      const star = holder === node ? source.indexOf('*', node.start) : source.indexOf('*', holder.start);
      if (star < 0 || star >= node.end) fail(node.start, 'the star of a generator was not found');
      blanks.push([star, star + 1]);
    }
    for (const child of childrenOf(node)) visit(child, node);
  };
  visit(parseOrRefuse(source, file), null);
  let text = '';
  let from = 0;
  for (const [start, end] of blanks.sort((a, b) => a[0] - b[0])) {
    text += source.slice(from, start) + ' '.repeat(end - start);
    from = end;
  }
  return text + source.slice(from);
}

function parseOrRefuse(source: string, file: string): Node {
  try {
    return parse(source, file);
  } catch (error) {
    throw new StripError(`${file}: ${(error as Error).message}`);
  }
}

function skipSpace(source: string, at: number): number {
  while (/\s/.test(source[at])) at++;
  return at;
}
