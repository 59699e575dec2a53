import { pathToFileURL } from 'node:url';
import type { AnyNode } from 'acorn';
import { childrenOf, parseModule } from '../subset/syntax.js';

/**
 * `import.meta.url` of a module is the module's own, not the bundle's in which it runs: what it reads beside
 * itself is found. Within its line, so that lines stay what they are. A module that does not parse comes back
 * as it is.
 */
export function withOwnUrl(source: string, path: string): string {
  if (!source.includes('import.meta')) return source;
  const found: AnyNode[] = [];
  try {
    visit(parseModule({ path, text: source }), found);
  } catch {
    return source;
  }
  const url = JSON.stringify(pathToFileURL(path).href);
  let text = source;
  for (const { start, end } of found.reverse()) text = text.slice(0, start) + url + text.slice(end);
  return text;
}

function visit(node: AnyNode, found: AnyNode[]): void {
  if (
    node.type === 'MemberExpression' &&
    !node.computed &&
    node.object.type === 'MetaProperty' &&
    node.property.type === 'Identifier' &&
    node.property.name === 'url'
  )
    found.push(node);
  else for (const child of childrenOf(node)) visit(child, found);
}
