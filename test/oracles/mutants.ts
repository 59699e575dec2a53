import ts from 'typescript';

/**
 * Every mutant of a source's conditions in one text: each condition becomes a call that is told its number,
 * and the number of the mutant that runs (a global) decides what it answers. So all mutants are compiled
 * once.
 *
 * Conditions are those of `if`, loops and `? :`, the operands of `&&` and `||`, and every comparison. Each is
 * negated, taken for true and for false (which drops an operand; a loop that then has no end throws), and
 * each `<`, `<=`, `>`, `>=` takes the other side of its bound.
 */

export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly condition: string;
  readonly change: 'negated' | 'true' | 'false' | 'other side of the bound';
}

const BOUNDS = new Map([
  [ts.SyntaxKind.LessThanToken, ts.SyntaxKind.LessThanEqualsToken],
  [ts.SyntaxKind.LessThanEqualsToken, ts.SyntaxKind.LessThanToken],
  [ts.SyntaxKind.GreaterThanToken, ts.SyntaxKind.GreaterThanEqualsToken],
  [ts.SyntaxKind.GreaterThanEqualsToken, ts.SyntaxKind.GreaterThanToken],
]);
const EQUALITIES = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ...[...BOUNDS.keys()],
]);
const CONNECTIVES = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken]);

/** `__mutant` is the number that runs, -1 for none. */
export const PRELUDE =
  'const __c = (n, condition) => { const m = globalThis.__mutant; ' +
  "if (m >= n && m <= n + 2 && ++globalThis.__asked > 10_000) throw new Error('a loop without an end'); " +
  'return m === n ? !condition() : m === n + 1 ? true : m === n + 2 ? false : condition(); };\n' +
  'const __b = (n, bound, other) => (globalThis.__mutant === n ? other() : bound());\n';

/** The text with its mutants in it, numbered on from `mutants`, to which they are added. */
export function withMutants(file: string, text: string, mutants: Mutant[]): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const { factory } = ts;
  const thunk = (body: ts.Expression): ts.Expression =>
    factory.createArrowFunction(
      undefined,
      undefined,
      [],
      undefined,
      undefined,
      factory.createParenthesizedExpression(body),
    );
  const call = (name: string, n: number, ...bodies: ts.Expression[]): ts.Expression =>
    factory.createCallExpression(factory.createIdentifier(name), undefined, [
      factory.createNumericLiteral(n),
      ...bodies.map(thunk),
    ]);
  const add = (node: ts.Expression, ...changes: Mutant['change'][]): number => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const first = mutants.length;
    for (const change of changes) mutants.push({ file, line, condition: node.getText(source), change });
    return first;
  };
  const result = ts.transform(source, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => {
        const visited = ts.visitEachChild(node, visit, context);
        if (!isCondition(node)) return visited;
        let made = visited as ts.Expression;
        const bound = ts.isBinaryExpression(node) ? BOUNDS.get(node.operatorToken.kind) : undefined;
        if (bound !== undefined) {
          const { left, right } = visited as ts.BinaryExpression;
          made = call(
            '__b',
            add(node, 'other side of the bound'),
            made,
            factory.createBinaryExpression(left, bound as ts.BinaryOperator, right),
          );
        }
        return call('__c', add(node, 'negated', 'true', 'false'), made);
      };
      return ts.visitNode(root, visit) as ts.SourceFile;
    },
  ]);
  return PRELUDE + ts.createPrinter().printFile(result.transformed[0]);
}

function isCondition(node: ts.Node): node is ts.Expression {
  if (!ts.isExpression(node) || ts.isParenthesizedExpression(node)) return false;
  const { parent } = node;
  if (ts.isBinaryExpression(node) && EQUALITIES.has(node.operatorToken.kind)) return true;
  if (ts.isBinaryExpression(parent) && CONNECTIVES.has(parent.operatorToken.kind)) return true;
  const holder = ts.isParenthesizedExpression(parent) ? parent.parent : parent;
  return (
    ((ts.isIfStatement(holder) || ts.isWhileStatement(holder)) && holder.expression === node) ||
    (ts.isConditionalExpression(holder) && holder.condition === node) ||
    (ts.isForStatement(holder) && holder.condition === node)
  );
}
