import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type AnyNode, Parser, type Program } from 'acorn';

/** Parsing TypeScript, and visiting its tree without caring for types. */

/** A module to be checked: a path to name in messages and to resolve imports by, and its text. */
export interface SourceModule {
  readonly path: string;
  readonly text: string;
}

/** Thrown for text that is no TypeScript: `file:line: what the parser says`. */
export class SubsetSyntaxError extends Error {}

const TypeScriptParser = Parser.extend(tsPlugin());

/** What reads the text of a module. */
export function parserFor(isTypeScript: boolean): typeof Parser {
  return isTypeScript ? TypeScriptParser : Parser;
}

export function parseModule(module: SourceModule): Program {
  try {
    return TypeScriptParser.parse(module.text, {
      sourceType: 'module',
      ecmaVersion: 'latest',
      locations: true,
    });
  } catch (error) {
    const at = (error as { loc?: { line: number } }).loc;
    throw new SubsetSyntaxError(`${module.path}:${at?.line ?? 1}: ${(error as Error).message}`);
  }
}

/** Keys of nodes that hold types only. */
const TYPE_KEYS = new Set([
  'typeAnnotation',
  'returnType',
  'typeParameters',
  'typeArguments',
  'superTypeParameters',
  'superTypeArguments',
  'implements',
]);

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** The nodes directly below, in order of the text's fields; types left out. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (TYPE_KEYS.has(key)) continue;
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

/** `x as T`, `x!`, `x satisfies T`, `<T>x`: the expression itself. */
export function withoutTypes(node: AnyNode): AnyNode {
  switch (node.type as string) {
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
    case 'ParenthesizedExpression':
      return withoutTypes((node as unknown as { expression: AnyNode }).expression);
    default:
      return node;
  }
}

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** Names that a declaration's pattern binds. */
export function boundNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)));
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

export function lineOf(node: AnyNode): number {
  return node.loc?.start.line ?? 0;
}
