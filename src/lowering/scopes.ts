import { type AnyNode, boundNames, childrenOf, isFunction } from './syntax.js';

/** Which declaration a name means, in one module. */

export interface Binding {
  readonly name: string;
  /**
   * `module`: of the module's top, which is made once and never changes. `closure`: a function or class,
   * which is what it is by what it captures.
   */
  readonly kind: 'module' | 'variable' | 'closure';
  readonly scope: Scope;
  /** Of a closure: its text. */
  readonly node: AnyNode | null;
  /** Where in the text it has a value from; 0: everywhere. */
  readonly from: number;
}

export class Scope {
  private readonly names = new Map<string, Binding>();

  constructor(
    readonly parent: Scope | null,
    readonly isFunction: boolean,
  ) {}

  declare(name: string, closure: AnyNode | null, from = 0): void {
    const kind = this.parent === null ? 'module' : closure === null ? 'variable' : 'closure';
    this.names.set(name, { name, kind, scope: this, node: closure, from });
  }

  /** What no text declares. */
  add(binding: Binding): void {
    this.names.set(binding.name, binding);
  }

  /** Null for what is declared nowhere in the module: a global. */
  resolve(name: string): Binding | null {
    return this.names.get(name) ?? this.parent?.resolve(name) ?? null;
  }

  /** The function's, or the module's, that it belongs to. */
  get ofFunction(): Scope {
    return this.isFunction || this.parent === null ? this : this.parent.ofFunction;
  }

  isWithin(other: Scope): boolean {
    return this === other || (this.parent?.isWithin(other) ?? false);
  }
}

const OPENS = new Set([
  'BlockStatement',
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
  'SwitchStatement',
  'CatchClause',
  'StaticBlock',
  'TSModuleBlock',
]);

/** The scopes that nodes of a module open. */
export class Scopes {
  /** The module's own. */
  readonly top = new Scope(null, true);
  private readonly opened = new Map<AnyNode, Scope>();

  constructor(program: AnyNode) {
    this.opened.set(program, this.top);
    for (const child of childrenOf(program)) this.visit(child, this.top);
  }

  /** The scope in which a node's children stand, given the one in which the node does. */
  within(node: AnyNode, around: Scope): Scope {
    return this.opened.get(node) ?? around;
  }

  /** The node that opens a scope; null: the module's. */
  nodeOf(scope: Scope): AnyNode | null {
    return this.nodes.get(scope) ?? null;
  }

  private readonly nodes = new Map<Scope, AnyNode>();

  private visit(node: AnyNode, around: Scope): void {
    this.declare(node, around);
    if (isFunction(node)) {
      const scope = this.open(node, around, true);
      if (node.type === 'FunctionExpression' && node.id != null) scope.declare(node.id.name, node);
      for (const param of node.params) {
        for (const name of boundNames(param as AnyNode)) scope.declare(name, null);
        this.visit(param as AnyNode, scope);
      }
      // The body's declarations are the function's.
      this.opened.set(node.body, scope);
      if (node.body.type !== 'BlockStatement') this.visit(node.body, scope);
      else for (const statement of node.body.body) this.visit(statement, scope);
      return;
    }
    const scope = OPENS.has(node.type) ? this.open(node, around, false) : around;
    if (node.type === 'CatchClause' && node.param != null)
      for (const name of boundNames(node.param)) scope.declare(name, null);
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  private open(node: AnyNode, around: Scope, isFunctionScope: boolean): Scope {
    const scope = new Scope(around, isFunctionScope);
    this.opened.set(node, scope);
    this.nodes.set(scope, node);
    return scope;
  }

  private declare(node: AnyNode, scope: Scope): void {
    if (node.type === 'VariableDeclaration') {
      for (const { id, init, end } of node.declarations) {
        const isClosure =
          node.kind === 'const' && init != null && id.type === 'Identifier' && isFunction(init);
        for (const name of boundNames(id)) scope.declare(name, isClosure ? (init as AnyNode) : null, end);
      }
    } else if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id != null)
      scope.declare(node.id.name, node);
    else if (node.type === 'ImportDeclaration')
      for (const { local } of node.specifiers) scope.declare(local.name, null);
  }
}
