import type { AnyNode } from 'acorn';
import {
  boundNames,
  type FunctionNode,
  isFunction,
  parseModule,
  type SourceModule,
  withoutTypes,
} from './syntax.js';

/** What the modules under check declare, and who means whom by which name. */

/** What a name outside all functions is. */
export type Binding =
  | { readonly kind: 'function'; readonly func: FunctionInfo }
  | { readonly kind: 'constant' }
  | { readonly kind: 'mutable'; readonly why: string }
  | { readonly kind: 'class' }
  | { readonly kind: 'import'; readonly from: string; readonly name: string }
  | { readonly kind: 'type' };

/** A function that the checker may have to look into. */
export interface FunctionInfo {
  readonly name: string;
  readonly module: ModuleInfo;
  readonly node: FunctionNode;
  /** Whether it is a protocol function: a generator. */
  readonly protocol: boolean;
  /** Names of the functions around it, with what they are there; innermost first. */
  readonly around: readonly ReadonlyMap<string, 'constant' | 'mutable'>[];
  /** Methods of the same class, for calls on `this`; null outside classes. */
  readonly methods: ReadonlyMap<string, FunctionInfo> | null;
}

export interface ModuleInfo {
  readonly path: string;
  readonly body: readonly AnyNode[];
  readonly bindings: Map<string, Binding>;
  /** All generator functions of the module, wherever they stand. */
  readonly protocol: FunctionInfo[];
}

/**
 * Modules by path, and aliases: `{ flushTlbMulti: nativeFlushTlbMulti }` anywhere makes the first a name of
 * the second.
 */
export class ModuleGraph {
  readonly modules = new Map<string, ModuleInfo>();
  /** Names that some class or literal declares as a getter or setter. */
  readonly accessors = new Set<string>();
  private readonly protocolByName = new Map<string, FunctionInfo[]>();

  constructor(sources: readonly SourceModule[]) {
    for (const source of sources) this.modules.set(source.path, collect(source));
    for (const module of this.modules.values()) {
      for (const func of module.protocol) this.name(func.name, func);
    }
    for (const module of this.modules.values()) for (const node of module.body) this.findNames(module, node);
  }

  private name(name: string, func: FunctionInfo): void {
    const known = this.protocolByName.get(name) ?? [];
    if (!known.includes(func)) known.push(func);
    this.protocolByName.set(name, known);
  }

  /** Aliases and accessors, wherever they stand. */
  private findNames(module: ModuleInfo, node: AnyNode): void {
    if (
      (node.type === 'MethodDefinition' || node.type === 'Property') &&
      (node.kind === 'get' || node.kind === 'set')
    ) {
      if (node.key.type === 'Identifier' && !node.computed) this.accessors.add(node.key.name);
    }
    if (node.type === 'ObjectExpression') {
      for (const property of node.properties) {
        if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier') continue;
        const value = withoutTypes(property.value);
        if (value.type !== 'Identifier') continue;
        const binding = this.resolve(module, value.name);
        if (binding?.kind === 'function' && binding.func.protocol) this.name(property.key.name, binding.func);
      }
    }
    for (const child of childNodes(node)) this.findNames(module, child);
  }

  /**
   * The protocol functions that are called by this name through the function table; more than one if several
   * stand behind it.
   */
  protocolNamed(name: string): readonly FunctionInfo[] {
    return this.protocolByName.get(name) ?? [];
  }

  /**
   * What `name` means at the top of `module`; follows imports between the modules. Undefined: not declared
   * there.
   */
  resolve(module: ModuleInfo, name: string): Binding | undefined {
    const binding = module.bindings.get(name);
    if (binding?.kind !== 'import') return binding;
    const target = this.modules.get(resolvePath(module.path, binding.from));
    return target === undefined || binding.name === '*'
      ? binding
      : (this.resolve(target, binding.name) ?? binding);
  }

  /** The member `name` of the namespace import `namespace`, or undefined. */
  resolveMember(module: ModuleInfo, namespace: string, name: string): Binding | undefined {
    const binding = module.bindings.get(namespace);
    if (binding?.kind !== 'import' || binding.name !== '*') return undefined;
    const target = this.modules.get(resolvePath(module.path, binding.from));
    return target === undefined ? undefined : this.resolve(target, name);
  }
}

function childNodes(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object' && item !== null && typeof (item as AnyNode).type === 'string')
        children.push(item as AnyNode);
    }
  }
  return children;
}

/** `./x.js` as `from` writes it, seen from `path`; the sources are TypeScript. */
function resolvePath(path: string, from: string): string {
  if (!from.startsWith('.')) return from;
  const parts = path.split('/').slice(0, -1);
  for (const part of from.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}

function collect(source: SourceModule): ModuleInfo {
  const program = parseModule(source);
  const module: ModuleInfo = { path: source.path, body: program.body, bindings: new Map(), protocol: [] };
  for (const statement of program.body) declare(module, statement);
  for (const statement of program.body) findFunctions(module, statement, [], null, null);
  return module;
}

/** Enters what a top-level statement declares. Functions are entered when they are found. */
function declare(module: ModuleInfo, statement: AnyNode): void {
  switch (statement.type as string) {
    case 'ImportDeclaration': {
      const { specifiers, source } = statement as Extract<AnyNode, { type: 'ImportDeclaration' }>;
      for (const specifier of specifiers) {
        const name =
          specifier.type === 'ImportSpecifier'
            ? specifier.imported.type === 'Identifier'
              ? specifier.imported.name
              : String(specifier.imported.value)
            : specifier.type === 'ImportNamespaceSpecifier'
              ? '*'
              : 'default';
        module.bindings.set(specifier.local.name, { kind: 'import', from: String(source.value), name });
      }
      return;
    }
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration': {
      const { declaration } = statement as unknown as { declaration?: AnyNode | null };
      if (declaration !== null && declaration !== undefined) declare(module, declaration);
      return;
    }
    case 'VariableDeclaration': {
      const { kind, declarations } = statement as Extract<AnyNode, { type: 'VariableDeclaration' }>;
      for (const { id, init } of declarations) {
        for (const name of boundNames(id)) {
          const why = kind !== 'const' ? `declared with ${kind}` : mutableValue(init ?? null);
          module.bindings.set(name, why === null ? { kind: 'constant' } : { kind: 'mutable', why });
        }
      }
      return;
    }
    case 'ClassDeclaration': {
      const name = (statement as Extract<AnyNode, { type: 'ClassDeclaration' }>).id?.name;
      if (name !== undefined) module.bindings.set(name, { kind: 'class' });
      return;
    }
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration': {
      const name = (statement as unknown as { id: { name: string } }).id.name;
      module.bindings.set(name, {
        kind: (statement.type as string) === 'TSEnumDeclaration' ? 'constant' : 'type',
      });
      return;
    }
    default:
  }
}

/**
 * Why the value of a top-level `const` can change, or null: numbers, texts and `as const` literals cannot.
 */
function mutableValue(init: AnyNode | null): string | null {
  if (init === null) return null;
  if (init.type === 'NewExpression') return 'made with new';
  // `as const` and a frozen literal say that nobody writes to it; a bare literal does not.
  if (init.type === 'ObjectExpression' || init.type === 'ArrayExpression')
    return 'a literal without "as const"';
  return null;
}

type Around = readonly ReadonlyMap<string, 'constant' | 'mutable'>[];

/**
 * Finds every function; generators become protocol functions whatever they stand in, others can be called by
 * name from those.
 */
function findFunctions(
  module: ModuleInfo,
  node: AnyNode,
  around: Around,
  methods: Map<string, FunctionInfo> | null,
  givenName: string | null,
): void {
  if (isFunction(node)) {
    const name =
      node.type === 'ArrowFunctionExpression'
        ? (givenName ?? 'arrow function')
        : (node.id?.name ?? givenName ?? 'function*');
    const func: FunctionInfo = { name, module, node, protocol: node.generator === true, around, methods };
    if (func.protocol) module.protocol.push(func);
    if (methods !== null) methods.set(name, func);
    const declared = node.type === 'FunctionDeclaration' ? node.id?.name : (givenName ?? undefined);
    if (around.length === 0 && methods === null && declared !== undefined)
      module.bindings.set(declared, { kind: 'function', func });
    // What stands inside a protocol function is no function of its own: the checker refuses it as a closure.
    if (func.protocol) return;
    const inner = [namesOf(node), ...around];
    for (const child of [...node.params, node.body]) findFunctions(module, child, inner, null, null);
    return;
  }
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    const own = new Map<string, FunctionInfo>();
    for (const member of node.body.body) {
      const key = (member as unknown as { key?: AnyNode }).key;
      const value = (member as unknown as { value?: AnyNode | null }).value;
      if (value === null || value === undefined) continue;
      findFunctions(
        module,
        value,
        around,
        member.type === 'MethodDefinition' ? own : null,
        key?.type === 'Identifier' ? key.name : null,
      );
    }
    return;
  }
  if (node.type === 'VariableDeclarator' && node.init !== null && node.init !== undefined) {
    findFunctions(
      module,
      withoutTypes(node.init),
      around,
      null,
      node.id.type === 'Identifier' ? node.id.name : null,
    );
    return;
  }
  if (node.type === 'Property') {
    const name = !node.computed && node.key.type === 'Identifier' ? node.key.name : null;
    const value = withoutTypes(node.value);
    // A property's function is no top-level binding of that name.
    findFunctions(module, value, isFunction(value) && around.length === 0 ? [new Map()] : around, null, name);
    return;
  }
  for (const child of childNodes(node)) findFunctions(module, child, around, null, null);
}

/** Everything that a set-up function declares, whatever block it stands in. */
function namesOf(func: FunctionNode): Map<string, 'constant' | 'mutable'> {
  const names = new Map<string, 'constant' | 'mutable'>();
  for (const param of func.params) for (const name of boundNames(param)) names.set(name, 'constant');
  const visit = (node: AnyNode): void => {
    if (node.type === 'VariableDeclaration') {
      for (const { id } of node.declarations)
        for (const name of boundNames(id)) names.set(name, node.kind === 'const' ? 'constant' : 'mutable');
    }
    if (node.type === 'AssignmentExpression')
      for (const name of boundNames(node.left)) names.set(name, 'mutable');
    if (isFunction(node) && node !== func) {
      if (node.type === 'FunctionDeclaration' && node.id !== null) names.set(node.id.name, 'constant');
      return;
    }
    for (const child of childNodes(node)) visit(child);
  };
  visit(func.body);
  return names;
}
