import { Cpu } from '../machine/cpu.js';
import { operationNames } from '../subset/check-subset.js';
import { childrenOf, type Node, parsed } from './loose-tree.js';

/**
 * Turns the delegation of protocol code into plain yields, for bundles in which millions of executions run: a
 * chain of `yield*` is resumed from the outside in at every operation, a stack that the machine keeps
 * (machine/generator-stack.ts) at its innermost function only.
 *
 *     function* f(cpu) { const x = yield* g(cpu); }
 *     function* f(cpu) { const x = yield  g(cpu); }
 *
 * Both yields bind alike. What is done at once on every CPU needs none, in the project's own protocol code:
 *
 *     const x = yield* cpu.peek(a);
 *     const x =  cpu.peek(a).value;
 *
 * The text keeps its length and its lines, so that places in it and source maps stay those of the file. What
 * is left delegating is slower and as right.
 */

/** What a module's generators are: protocol code all of them, or those that show it. */
export type Generators = 'protocol' | 'mixed';

const OPERATIONS: ReadonlySet<string> = operationNames(Cpu);
/**
 * Operations that answer at once on every CPU that flat code runs on. The CPU that only says what it would do
 * (explore/effect/cpus.ts) ends a step with each of the others that are no instructions.
 */
export const AT_ONCE: ReadonlySet<string> = new Set([
  'peek',
  'ownRegister',
  'event',
  'barrier',
  'smpRmb',
  'smpWmb',
]);
/** A module that resumes generators itself expects of them what it wrote. */
const DRIVES = /\.next\s*\(/;

/**
 * The flat text of a TypeScript or JavaScript module. One that does not parse comes back as it is: the
 * bundler says what is wrong with it.
 */
export function flatten(source: string, path: string, generators: Generators): string {
  if (!source.includes('yield') || (generators === 'mixed' && DRIVES.test(source))) return source;
  const program = parsed(source, path);
  if (program === null) return source;
  let text = '';
  let from = 0;
  for (const [at, removed, inserted] of edits(program, source, generators).sort((a, b) => a[0] - b[0])) {
    text += source.slice(from, at) + inserted;
    from = at + removed;
  }
  return text + source.slice(from);
}

type Edit = readonly [at: number, removed: number, inserted: string];

function edits(program: Node, source: string, generators: Generators): Edit[] {
  const found: Edit[] = [];
  const isOwn = generators === 'protocol';
  const functionsIn = (node: Node): void => {
    const delegations: Node[] = [];
    // Without the functions within it: each decides for itself.
    const visit = (child: Node): void => {
      if (isFunction(child)) {
        functionsIn(child);
        return;
      }
      if (child.type === 'YieldExpression' && child.delegate === true) delegations.push(child);
      for (const grandchild of childrenOf(child)) visit(grandchild);
    };
    for (const child of childrenOf(node)) visit(child);
    if (isOwn || isProtocol(node, delegations))
      for (const delegation of delegations) found.push(...editsOf(delegation, source, isOwn));
  };
  functionsIn(program);
  return found;
}

function editsOf(delegation: Node, source: string, isOwn: boolean): Edit[] {
  const argument = delegation.argument as Node;
  const after = delegation.start + 'yield'.length;
  const star = after + source.slice(after).search(/\S/);
  // A plain yield ends where its line does; and a comment may stand before the star.
  if (source[star] !== '*' || /[\n\r]/.test(source.slice(star, argument.start))) return [];
  if (star !== after || !isOwn || !isAtOnce(argument)) return [[star, 1, ' ']];
  return [
    [delegation.start, 'yield*'.length, ''],
    [argument.end, 0, '.value'],
  ];
}

function isAtOnce(node: Node): boolean {
  const { object, property } = node.type === 'CallExpression' ? (node.callee as Node) : node;
  return (object as Node | undefined)?.name === 'cpu' && AT_ONCE.has(String((property as Node).name));
}

/**
 * A generator that takes a CPU by that name, or does an operation. Any other may be for loops to go through.
 */
function isProtocol(func: Node, delegations: readonly Node[]): boolean {
  const [first] = (func.params as Node[] | undefined) ?? [];
  return first?.name === 'cpu' || delegations.some(({ argument }) => isOperation(argument as Node));
}

function isOperation({ type, callee }: Node): boolean {
  if (type !== 'CallExpression' || (callee as Node).type !== 'MemberExpression') return false;
  return OPERATIONS.has(String(((callee as Node).property as Node).name));
}

function isFunction(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}
