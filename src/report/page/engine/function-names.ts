import type { AnyNode } from 'acorn';
import { childrenOf, parseModule } from '../../../subset/syntax.js';

/** A function of a module: its text, by offsets, and the name that a call stack has of it, or ''. */
interface NamedRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Tells by offset the name of the function around a place of a module: '' outside, or where it has none. */
export function functionNames(path: string, text: string): (offset: number) => string {
  const ranges: NamedRange[] = [];
  collect(parseModule({ path, text }) as AnyNode, '', ranges);
  // An inner function begins after those around it.
  ranges.sort((a, b) => a.start - b.start);
  return (offset) => ranges.findLast(({ start, end }) => start <= offset && offset < end)?.name ?? '';
}

/** `given`: what the place where the node stands would call a function without a name. */
function collect(node: AnyNode, given: string, ranges: NamedRange[]): void {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const own = 'id' in node && node.id != null ? node.id.name : given;
      ranges.push({ name: own, start: node.start, end: node.end });
      break;
    }
    case 'VariableDeclarator':
      if (node.init != null) collect(node.init, node.id.type === 'Identifier' ? node.id.name : '', ranges);
      return;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.value != null)
        collect(node.value, !node.computed && node.key.type === 'Identifier' ? node.key.name : '', ranges);
      return;
  }
  for (const child of childrenOf(node)) collect(child, '', ranges);
}
