import { isBuiltin } from 'node:module';
import type { AnyNode } from 'acorn';
import type { SubsetOptions, SubsetViolation } from './check-subset.js';
import { Checker } from './checker.js';
import { type FunctionInfo, ModuleGraph } from './modules.js';
import { boundNames, childrenOf, isFunction, type SourceModule, withoutTypes } from './syntax.js';

/**
 * What plain programs must keep to. They are explored and run on threads but never lowered, so they may use
 * more of the language than the kernel's code: objects, closures, arrays of their own. Refused is only what
 * makes an execution differ from what the text says, or from itself: an operation without `yield*`, a plain
 * `yield`, state that outlives an execution, clocks and random numbers.
 */
export function checkEssentials(sources: readonly SourceModule[], options: SubsetOptions): SubsetViolation[] {
  const graph = new ModuleGraph(sources);
  const isChecked = options.checked ?? (() => true);
  const found: SubsetViolation[] = [];
  const pending: FunctionInfo[] = [];
  const done = new Set<FunctionInfo>();
  for (const module of graph.modules.values()) {
    if (!isChecked(module.path)) continue;
    pending.push(...module.protocol);
  }
  // What a helper keeps outlives an execution as well.
  for (const func of pending) {
    if (done.has(func) || !isChecked(func.module.path)) continue;
    done.add(func);
    const checker = new EssentialChecker(graph, options, func);
    checker.check();
    found.push(...checker.violations);
    pending.push(...checker.helpers);
  }
  return found;
}

const UNREPEATABLE = new Set([
  'Date',
  'performance',
  'crypto',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);

/** Methods of lists, maps and sets that change them. */
const CHANGES = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'copyWithin',
  'set',
  'add',
  'delete',
  'clear',
]);

/** Modules of Node that are functions of their arguments alone. */
const HARMLESS: ReadonlySet<string> = new Set(['assert', 'assert/strict', 'path', 'util', 'punycode']);

class EssentialChecker extends Checker {
  /** Plain functions of the modules that it calls. */
  readonly helpers: FunctionInfo[] = [];
  /** Names declared in the generator, its inner functions included: they are new in every execution. */
  private readonly locals = new Set<string>();
  private readonly cpu: string | null;

  constructor(graph: ModuleGraph, options: SubsetOptions, func: FunctionInfo) {
    super(graph, options, func);
    const first = func.node.params[0] as AnyNode | undefined;
    // A helper may make an operation and hand it on to who yields it.
    this.cpu = func.protocol && first?.type === 'Identifier' ? first.name : null;
  }

  check(): void {
    const { node } = this.func;
    if (node.async === true) this.report(node, 'async', 'protocol code is synchronous');
    this.declare(node);
    for (const child of childrenOf(node)) this.visit(child, node);
  }

  private declare(node: AnyNode): void {
    if (isFunction(node))
      for (const param of node.params) for (const name of boundNames(param as AnyNode)) this.locals.add(name);
    if (node.type === 'VariableDeclaration')
      for (const { id } of node.declarations) for (const name of boundNames(id)) this.locals.add(name);
    if (node.type === 'CatchClause' && node.param != null)
      for (const name of boundNames(node.param)) this.locals.add(name);
    for (const child of childrenOf(node)) this.declare(child);
  }

  private visit(node: AnyNode, parent: AnyNode): void {
    switch (node.type) {
      case 'YieldExpression':
        if (!node.delegate) this.report(node, 'plain yield', 'write yield* and an operation');
        break;
      case 'AwaitExpression':
        this.report(node, 'await', 'protocol code is synchronous');
        break;
      case 'CallExpression':
        this.visitCall(node, parent);
        break;
      case 'AssignmentExpression':
        this.checkTarget(node.left, node);
        break;
      case 'UpdateExpression':
        this.checkTarget(node.argument, node);
        break;
      case 'MemberExpression':
        if (isNamed(node.object, 'Math') && !node.computed && isNamed(node.property, 'random'))
          this.report(node, 'Math.random', 'an execution must repeat exactly: use cpu.choose(n)');
        break;
      case 'Identifier':
        if (UNREPEATABLE.has(node.name) && !this.locals.has(node.name) && isValue(node, parent))
          this.report(
            node,
            node.name,
            'an execution must repeat exactly: no clock, no timer, no surroundings',
          );
        this.checkSurroundings(node, parent);
        break;
      default:
    }
    for (const child of childrenOf(node)) this.visit(child, node);
  }

  /** What comes from Node's own modules (files, the clock, the host) is input from outside the words. */
  private checkSurroundings(node: AnyNode & { type: 'Identifier' }, parent: AnyNode): void {
    if (this.locals.has(node.name) || !isValue(node, parent)) return;
    const binding = this.graph.resolve(this.func.module, node.name);
    if (binding?.kind !== 'import' || !isNodeModule(binding.from)) return;
    this.report(
      node,
      node.name,
      `an execution must repeat exactly: what ${binding.from} gives is no word; read it at the top of the ` +
        'module, once',
    );
  }

  /** An operation that nobody delegates to never happens, and one more overwrites it. */
  private visitCall(node: AnyNode & { type: 'CallExpression' }, parent: AnyNode): void {
    this.visitCallee(node);
    const isDelegated = parent.type === 'YieldExpression' && parent.delegate;
    if (isDelegated) return;
    const callee = withoutTypes(node.callee as AnyNode);
    if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier') {
      const object = withoutTypes(callee.object);
      if (
        object.type === 'Identifier' &&
        object.name === this.cpu &&
        this.options.operations.has(callee.property.name)
      )
        this.report(node, 'protocol call without yield*', `cpu.${callee.property.name} never happens`);
      return;
    }
    // A generator may be kept or handed on; called for nothing it is forgotten.
    if (callee.type !== 'Identifier' || this.locals.has(callee.name) || parent.type !== 'ExpressionStatement')
      return;
    const binding = this.graph.resolve(this.func.module, callee.name);
    if (binding?.kind === 'function' && binding.func.protocol)
      this.report(node, 'protocol call without yield*', `${callee.name} never runs`);
  }

  /**
   * Calls of helpers are followed; calls that change a list or table of the module's, or of a function
   * around, are changes of it.
   */
  private visitCallee(node: AnyNode & { type: 'CallExpression' }): void {
    const callee = withoutTypes(node.callee as AnyNode);
    if (callee.type === 'Identifier' && !this.locals.has(callee.name)) {
      const binding = this.graph.resolve(this.func.module, callee.name);
      if (binding?.kind === 'function' && !binding.func.protocol) this.helpers.push(binding.func);
    }
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
      return;
    if (!CHANGES.has(callee.property.name)) return;
    const root = rootOf(callee.object);
    if (root.type !== 'Identifier') return;
    const kind = this.graph.resolve(this.func.module, root.name)?.kind;
    const isKept =
      kind === 'constant' || kind === 'mutable' || this.func.around.some((names) => names.has(root.name));
    if (isKept) this.checkTarget(root, node);
  }

  private checkTarget(target: AnyNode, at: AnyNode): void {
    const root = rootOf(target);
    if (root.type !== 'Identifier' || this.locals.has(root.name)) return;
    this.report(
      at,
      'state outside the words',
      `${root.name} would keep its value from execution to execution; use a word or a local`,
    );
  }
}

/** `node:fs` and `fs`; of the first, what bundlers leave as it is too. */
function isNodeModule(name: string): boolean {
  return isBuiltin(name) && !HARMLESS.has(name.replace(/^node:/, ''));
}

/** What a chain of members begins with. */
function rootOf(node: AnyNode): AnyNode {
  let root = withoutTypes(node);
  while (root.type === 'MemberExpression') root = withoutTypes(root.object);
  return root;
}

function isNamed(node: AnyNode, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

/** Whether an identifier stands for a value, not for a member's or property's name. */
function isValue(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent.type === 'Property') return parent.value === node;
  return true;
}
