import type { Insert } from '../bundle/cover.js';
import type { Scope, Scopes } from './scopes.js';
import { type AnyNode, childrenWithParams, lineOf } from './syntax.js';

/**
 * What gets by what is frozen, or by the text: `Reflect` answers false where an assignment throws, `eval`
 * sees variables that no text names, and `RegExp.$1` keeps what nobody has named.
 *
 *     Reflect.set(state, 'n', 1);
 *     shootdownFrames.strict(Reflect).set(state, 'n', 1);
 */
export function strictInserts(program: AnyNode, scopes: Scopes, file: string): Insert[] {
  const inserts: Insert[] = [];
  const visit = (node: AnyNode, around: Scope): void => {
    const scope = scopes.within(node, around);
    const unseen = (what: string): void => {
      const told = `${JSON.stringify(what)},${JSON.stringify(file)},${lineOf(node)}`;
      inserts.push([node.start, `(shootdownFrames.unseen(${told})||`], [node.end, ')', node.start]);
    };
    const isGlobal = (child: AnyNode | null | undefined, name: string): child is AnyNode =>
      child?.type === 'Identifier' && child.name === name && scope.resolve(name) === null;
    if (node.type === 'CallExpression' && isGlobal(node.callee as AnyNode, 'eval'))
      unseen('eval: write the code out');
    if (isOfLastMatch(node) && isGlobal(node.object, 'RegExp'))
      unseen('it reads what a regular expression matched last: keep what match answers');
    for (const value of valuesIn(node))
      if (isGlobal(value, 'Reflect'))
        inserts.push([value.start, 'shootdownFrames.strict('], [value.end, ')', value.start]);
    for (const child of childrenWithParams(node)) visit(child, scope);
  };
  visit(program, scopes.top);
  return inserts;
}

const LAST_MATCH = /^(?:\$\d|input|lastMatch|lastParen|leftContext|rightContext)$/;

function isOfLastMatch(node: AnyNode): node is AnyNode & { type: 'MemberExpression' } {
  if (node.type !== 'MemberExpression' || node.computed) return false;
  return node.property.type === 'Identifier' && LAST_MATCH.test(node.property.name);
}

/** Children that are values, and neither names nor types. */
function valuesIn(node: AnyNode): readonly (AnyNode | null | undefined)[] {
  switch (node.type) {
    case 'MemberExpression':
      return [node.object];
    case 'VariableDeclarator':
      return [node.init];
    case 'AssignmentExpression':
      return [node.right];
    case 'CallExpression':
      return node.arguments;
    case 'Property':
      return node.shorthand ? [] : [node.value];
    default:
      return [];
  }
}
