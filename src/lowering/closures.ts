import type { Insert } from '../bundle/cover.js';
import type { Binding, Scope, Scopes } from './scopes.js';
import type { SharedScopes } from './shared-scopes.js';
import { type AnyNode, boundNames, childrenWithParams, isFunction, lineOf } from './syntax.js';

/**
 * A function that a script makes and hands to another is a new one in every execution, so that no state in
 * which it is kept were ever met again. What tells it is its place in the text and what it captures:
 *
 *     yield* waitUntil(cpu, [a, b], (x, y) => x + y > limit)
 *     yield* waitUntil(cpu, [a, b], shootdownFrames.closure(7, (x, y) => x + y > limit, () => [limit]))
 *
 * So it is with an object that is written out with methods. With a variable that is assigned to it captures
 * which one that is (shared-scopes.ts); where nothing tells, no script may keep it across an operation. Of
 * classes only a module is told what they have.
 */
export function closureInserts(
  program: AnyNode,
  scopes: Scopes,
  { assigned }: Assigned,
  shared: SharedScopes,
  file: string,
  number: () => number,
): Insert[] {
  const inserts: Insert[] = [];
  const exported = new Set<AnyNode | null | undefined>();
  const visit = (node: AnyNode, around: Scope, isInside: boolean, isMethod: boolean): void => {
    if (isInside && !isMethod) {
      const what = toldOf(node, file);
      const captured = what === null ? null : capturedBy(what.functions, scopes, around);
      if (what !== null && captured !== null) {
        const changing = captured.filter((each) => each !== THIS && assigned.has(each)) as Binding[];
        const told = [...new Set(changing.map(({ scope }) => shared.nameFor(scope, around)))];
        const isShared = told.includes(null);
        const names = [...captured.map((each) => (each === THIS ? THIS : each.name)), ...told].join(',');
        const call = `shootdownFrames.${what.how}(${number()},${isShared},${what.more}`;
        inserts.push(...toldInserts(node, call, names, exported.has(node)));
      }
    }
    const scope = scopes.within(node, around);
    if (node.type === 'ExportNamedDeclaration') exported.add(node.declaration);
    // A block of the module, or a field, has variables of its own too.
    const within = isInside || isFunction(node) || scope !== scopes.top || node.type === 'PropertyDefinition';
    for (const child of childrenWithParams(node)) visit(child, scope, within, hasMethod(node));
  };
  visit(program, scopes.top, false, false);
  return inserts;
}

interface Told {
  readonly how: 'closure' | 'methods' | 'made';
  readonly more: string;
  /** Whose variables are told. */
  readonly functions: readonly AnyNode[];
}

/** What is told of a node; null: nothing. */
export function toldOf(node: AnyNode, file: string): Told | null {
  if (isFunction(node)) return node.async === true ? null : { how: 'closure', more: '', functions: [node] };
  if (node.type === 'ClassExpression' || node.type === 'ClassDeclaration')
    return { how: 'made', more: `${JSON.stringify(file)},${lineOf(node)},`, functions: [node] };
  if (node.type !== 'ObjectExpression') return null;
  const methods = methodsOf(node);
  if (methods.size === 0) return null;
  return {
    how: 'methods',
    more: `${JSON.stringify([...methods.keys()])},`,
    functions: [...methods.values()],
  };
}

/** Methods by name; none where something else in the object may have the name. */
function methodsOf({ properties }: AnyNode & { type: 'ObjectExpression' }): ReadonlyMap<string, AnyNode> {
  const methods = new Map<string, AnyNode>();
  const names = new Set<string>();
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed) return new Map();
    const { key } = property;
    const name = key.type === 'Identifier' ? key.name : String((key as { value?: unknown }).value);
    if (names.has(name)) return new Map();
    names.add(name);
    if (property.method) methods.set(name, property.value);
  }
  return methods;
}

function toldInserts(node: AnyNode, call: string, names: string, isExported: boolean): Insert[] {
  const { start, end } = node;
  const captured = `()=>[${names}]);`;
  // A function has its name from the beginning, a class from its end on; nothing stands behind export.
  if (node.type === 'FunctionDeclaration' && node.id !== null && !isExported)
    return [[start, `${call}${node.id.name},${captured}`]];
  if (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration')
    return [[end, `;${call}${node.id?.name},${captured}`, start]];
  return [
    [start, `${call}(`],
    [end, `),()=>[${names}])`, start],
  ];
}

/** Methods and accessors cannot be wrapped: their text begins with their name. */
function hasMethod(node: AnyNode): boolean {
  return (
    node.type === 'MethodDefinition' || (node.type === 'Property' && (node.method || node.kind !== 'init'))
  );
}

const THIS = 'this';

/**
 * Bindings of functions around them that they read, and whether they have their `this`; null: also their
 * `arguments`.
 */
export function capturedBy(
  nodes: readonly AnyNode[],
  scopes: Scopes,
  around: Scope,
): readonly (Binding | typeof THIS)[] | null {
  const captured = new Set<Binding | typeof THIS>();
  let hasArguments = false;
  const visit = (at: AnyNode, scope: Scope, isOwn: boolean): void => {
    if ((at.type === 'ThisExpression' || at.type === 'Super') && !isOwn) captured.add(THIS);
    if (at.type === 'Identifier') {
      const binding = scope.resolve(at.name);
      if (binding === null && at.name === 'arguments' && !isOwn) hasArguments = true;
      if (binding !== null && binding.kind !== 'module' && around.resolve(at.name) === binding)
        captured.add(binding);
    }
    const inner = scopes.within(at, scope);
    const hasOwn = isOwn || (isFunction(at) && at.type !== 'ArrowFunctionExpression') || isClassBody(at);
    for (const child of childrenWithParams(at)) visit(child, inner, hasOwn);
  };
  for (const node of nodes) visit(node, around, false);
  return hasArguments ? null : [...captured];
}

/** Its methods and fields have a `this` of their own. */
function isClassBody({ type }: AnyNode): boolean {
  return type === 'ClassBody';
}

/** Variables that something is assigned to after they were made. */
export interface Assigned {
  readonly assigned: ReadonlySet<Binding>;
  /** Of them those that a function within theirs assigns to: they change while theirs waits for it. */
  readonly fromWithin: ReadonlySet<Binding>;
}

export function assignedBindings(program: AnyNode, scopes: Scopes): Assigned {
  const assigned = new Set<Binding>();
  const fromWithin = new Set<Binding>();
  const note = (target: AnyNode, scope: Scope): void => {
    for (const name of boundNames(target)) {
      const binding = scope.resolve(name);
      if (binding === null) continue;
      assigned.add(binding);
      if (binding.kind === 'variable' && binding.scope.ofFunction !== scope.ofFunction)
        fromWithin.add(binding);
    }
  };
  const visit = (node: AnyNode, around: Scope): void => {
    const scope = scopes.within(node, around);
    if (node.type === 'AssignmentExpression') note(node.left as AnyNode, scope);
    if (node.type === 'UpdateExpression') note(node.argument as AnyNode, scope);
    if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && isTarget(node.left as AnyNode))
      note(node.left as AnyNode, scope);
    for (const child of childrenWithParams(node)) visit(child, scope);
  };
  visit(program, scopes.top);
  return { assigned, fromWithin };
}

function isTarget(node: AnyNode): boolean {
  return node.type !== 'VariableDeclaration';
}
