import type { AnyNode } from 'acorn';
import {
  boundNames,
  childrenOf,
  type FunctionNode,
  isFunction,
  lineOf,
  withoutTypes,
} from '../subset/syntax.js';

/** What the flow analysis asks of a syntax tree. */

export type { AnyNode, FunctionNode };
export { boundNames, childrenOf, isFunction, lineOf, withoutTypes };

/** Why a function cannot be lowered: it can still be hunted. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';

  constructor(
    readonly line: number,
    what: string,
  ) {
    super(what);
  }
}

/** Children that are evaluated: names of members and keys are not. */
export function evaluated(node: AnyNode): AnyNode[] {
  if (node.type === 'MemberExpression') return node.computed ? [node.object, node.property] : [node.object];
  if (node.type === 'Property') return node.computed ? [node.key, node.value] : [node.value];
  if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition')
    return [...(node.computed ? [node.key] : []), ...(node.value == null ? [] : [node.value])];
  if (node.type === 'LabeledStatement') return [node.body];
  if (node.type === 'BreakStatement' || node.type === 'ContinueStatement') return [];
  return childrenOf(node);
}

/** The same, and parameters of a function too. */
export function childrenWithParams(node: AnyNode): AnyNode[] {
  return isFunction(node) ? [...(node.params as AnyNode[]), node.body as AnyNode] : evaluated(node);
}

/** Whether something in a node, but for the functions in it, is as the predicate says. */
export function contains(node: AnyNode, is: (node: AnyNode) => boolean): boolean {
  if (is(node)) return true;
  return !isFunction(node) && evaluated(node).some((child) => contains(child, is));
}

export function isSite(node: AnyNode): boolean {
  return node.type === 'YieldExpression';
}

const CHANGING: ReadonlySet<string> = new Set([
  'AssignmentExpression',
  'UpdateExpression',
  'CallExpression',
  'NewExpression',
  'TaggedTemplateExpression',
]);

/** Whether its evaluation may change what others read. */
export function mayChange(node: AnyNode): boolean {
  return CHANGING.has(node.type) || (node.type === 'UnaryExpression' && node.operator === 'delete');
}
