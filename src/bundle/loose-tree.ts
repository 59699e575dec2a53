import { parserFor } from '../subset/syntax.js';
import { isTypeScript } from './user-files.js';

/** A module's syntax tree as it is rewritten: whatever is in it, types too. */

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [field: string]: unknown;
}

/** Throws where the text does not parse. */
export function parse(source: string, path: string, sourceType: 'module' | 'script' = 'module'): Node {
  const options = { ecmaVersion: 'latest', sourceType, locations: true } as const;
  return parserFor(isTypeScript(path)).parse(source, options) as unknown as Node;
}

/** Null for what does not parse. */
export function parsed(source: string, path: string, sourceType?: 'module' | 'script'): Node | null {
  try {
    return parse(source, path, sourceType);
  } catch {
    return null;
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The nodes directly below. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** The node and all below it. */
export function visitAll(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) visitAll(child, visit);
}
