import type { AnyNode } from 'acorn';

/** Syntax that protocol code does without, and what to write instead. */

/**
 * Syntax that is refused wherever it stands, by node type: the construct's name, and what to write instead.
 */
export const FORBIDDEN: Readonly<Record<string, readonly [construct: string, message: string]>> = {
  TryStatement: ['try', 'operations do not throw; there is nothing to catch'],
  ThrowStatement: ['throw', 'use cpu.assert'],
  AwaitExpression: ['await', 'protocol code is synchronous'],
  ObjectExpression: [
    'object literal',
    'locals are numbers and immutable handles; state is in words of memory',
  ],
  ArrayExpression: ['array literal', 'locals are numbers and immutable handles; state is in words of memory'],
  TemplateLiteral: ['template literal', 'locals are numbers and immutable handles'],
  TaggedTemplateExpression: ['template literal', 'locals are numbers and immutable handles'],
  SpreadElement: ['spread', 'name the arguments'],
  ChainExpression: ['optional chaining', 'test for undefined'],
  ClassDeclaration: ['class', 'declare it outside protocol functions'],
  ClassExpression: ['class', 'declare it outside protocol functions'],
  NewExpression: ['new', 'state is in words of memory'],
  ForInStatement: ['for-in', 'loop over numbers'],
  WithStatement: ['with', 'not in a module'],
  ImportExpression: ['import()', 'import at the top of the module'],
  MetaProperty: ['meta property', 'nothing here depends on the module'],
  Super: ['super', 'call protocol functions by name'],
  DebuggerStatement: ['debugger', 'it is no operation'],
  TSEnumDeclaration: ['enum', 'declare it outside protocol functions'],
};

/** Syntax that is allowed and needs no look of its own; its parts are visited. */
export const PLAIN = new Set([
  'BlockStatement',
  'ExpressionStatement',
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'SwitchCase',
  'ReturnStatement',
  'EmptyStatement',
  'BinaryExpression',
  'LogicalExpression',
  'ConditionalExpression',
  'SequenceExpression',
  'VariableDeclarator',
  'BreakStatement',
  'ContinueStatement',
  'LabeledStatement',
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
]);

export const BINARY_REFUSED: Readonly<Record<string, string>> = {
  in: 'handles have fixed members',
  instanceof: 'locals are numbers and immutable handles',
  '**': 'numbers are int32',
};

/** Whether the parent cuts a quotient down to an int32: `(a / b) | 0`. */
export function isTruncated(parent: AnyNode): boolean {
  return (
    parent.type === 'BinaryExpression' &&
    parent.operator === '|' &&
    parent.right.type === 'Literal' &&
    parent.right.value === 0
  );
}
