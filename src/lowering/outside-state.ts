import type { Insert } from '../bundle/cover.js';
import type { Binding, Scope, Scopes } from './scopes.js';
import { type AnyNode, boundNames, evaluated, type FunctionNode, isFunction, lineOf } from './syntax.js';

/**
 * Functions that assign to variables of others, or of their module. Where those were made before the script
 * began, they keep a value from execution to execution, which no state shows: refused as soon as a script
 * comes there.
 *
 *     function counter() { let n = 0; return () => { n++; }; }
 *     function counter() {const shootdownMade7=shootdownFrames.isRunning; let n = 0; return () => {
 *     shootdownFrames.changes(shootdownMade7,"a.ts",1); n++; }; }
 */
export function outsideInserts(
  program: AnyNode,
  scopes: Scopes,
  file: string,
  number: () => number,
): Insert[] {
  const search = new Search(scopes);
  search.visit(program, scopes.top, [null]);
  const inserts: Insert[] = [];
  const flags = new Map<FunctionNode, string>();
  for (const { node, owner, line } of search.found) {
    let flag = 'false';
    if (owner !== null && owner.body.type === 'BlockStatement' && node.start >= owner.body.start) {
      flag = flags.get(owner) ?? `shootdownMade${number()}`;
      if (!flags.has(owner)) inserts.push([owner.body.start + 1, `const ${flag}=shootdownFrames.isRunning;`]);
      flags.set(owner, flag);
    }
    const call = `shootdownFrames.changes(${flag},${JSON.stringify(file)},${line})`;
    const body = isFunction(node) ? (node.body as AnyNode) : node;
    if (body.type === 'BlockStatement' || body.type === 'StaticBlock')
      inserts.push([body.start + 1, `${call};`]);
    else {
      inserts.push([body.start, `(${call},(`]);
      inserts.push([body.end, '))', body.start]);
    }
  }
  return inserts;
}

/** What runs when it is called: a function, or what a field of a class gets. */
interface Change {
  readonly node: AnyNode;
  /** Whose variable it assigns to; null: the module's. */
  readonly owner: FunctionNode | null;
  readonly line: number;
}

class Search {
  readonly found: Change[] = [];
  private readonly ownerOf = new Map<Scope, FunctionNode>();
  private readonly known = new Map<AnyNode, Set<FunctionNode | null>>();

  constructor(private readonly scopes: Scopes) {}

  /** `around`: the functions that it stands in, innermost first; null: the module. */
  visit(node: AnyNode, outer: Scope, around: readonly (AnyNode | null)[]): void {
    const scope = this.scopes.within(node, outer);
    if (isFunction(node)) this.ownerOf.set(scope, node);
    const target = targetOf(node);
    if (target !== null) for (const name of boundNames(target)) this.note(scope.resolve(name), node, around);
    const within = isFunction(node) ? [node, ...around] : around;
    const children = isFunction(node)
      ? [...(node.params as AnyNode[]), node.body as AnyNode]
      : evaluated(node);
    for (const child of children) {
      const isField = node.type === 'PropertyDefinition' && child === node.value;
      this.visit(child, scope, isField ? [child, ...within] : within);
    }
  }

  private note(binding: Binding | null, node: AnyNode, around: readonly (AnyNode | null)[]): void {
    const [func] = around;
    if (binding === null || func === null) return;
    const owner = this.ownerOf.get(binding.scope.ofFunction) ?? null;
    if (owner === func) return;
    const owners = this.known.get(func) ?? new Set();
    if (owners.has(owner)) return;
    this.known.set(func, owners.add(owner));
    this.found.push({ node: func, owner, line: lineOf(node) });
  }
}

/** What a node assigns to. */
function targetOf(node: AnyNode): AnyNode | null {
  if (node.type === 'AssignmentExpression') return node.left as AnyNode;
  if (node.type === 'UpdateExpression') return node.argument as AnyNode;
  if (node.type === 'ForOfStatement' || node.type === 'ForInStatement')
    return node.left.type === 'VariableDeclaration' ? null : (node.left as AnyNode);
  return null;
}
