import type { Insert } from '../bundle/cover.js';
import type { Binding, Scope, Scopes } from './scopes.js';
import { type AnyNode, boundNames, evaluated, isFunction } from './syntax.js';

/**
 * A function that a script makes and hands to another is a new one in every execution, so that no state in
 * which it is kept were ever met again. What tells it is its place in the text and what it captures, as long
 * as nobody assigns to that:
 *
 *     yield* waitUntil(cpu, [a, b], (x, y) => x + y > limit)
 *     yield* waitUntil(cpu, [a, b], shootdownFrames.closure(7, (x, y) => x + y > limit, () => [limit]))
 *
 * One that captures a variable that is assigned to may share it with others, which nobody can see: no script
 * may keep it across an operation. Of one that captures `this`, of methods and of classes only a module is
 * told what they have.
 */
export function closureInserts(
  program: AnyNode,
  scopes: Scopes,
  { assigned }: Assigned,
  number: () => number,
  isUsers = true,
): Insert[] {
  const inserts: Insert[] = [];
  const visit = (node: AnyNode, around: Scope, isInside: boolean, isMethod: boolean): void => {
    const captured = isInside && !isMethod && isPlainClosure(node) ? capturedBy(node, scopes, around) : null;
    if (captured !== null) {
      const names = [...captured].map(({ name }) => name).join(',');
      const isShared = [...captured].some((binding) => assigned.has(binding));
      const call = `shootdownFrames.closure(${number()},${isShared},`;
      if (node.type === 'FunctionDeclaration' && node.id !== null)
        inserts.push([node.start, `${call}${node.id.name},()=>[${names}]);`]);
      else {
        inserts.push([node.start, `${call}(`]);
        inserts.push([node.end, `),()=>[${names}])`, node.start]);
      }
    } else if (isUsers && isInside && isHolder(node)) inserts.push(...holderInserts(node, scopes, around));
    const scope = scopes.within(node, around);
    const within = isInside || isFunction(node);
    for (const child of childrenWithParams(node)) visit(child, scope, within, hasMethod(node));
  };
  visit(program, scopes.top, false, false);
  return inserts;
}

/**
 * What has variables of a function around it and is no plain closure: what a module keeps of it is frozen too
 * (module-state.ts).
 */
function isHolder(node: AnyNode): boolean {
  return (
    (node.type === 'ObjectExpression' && node.properties.some(hasMethod)) ||
    node.type === 'ClassExpression' ||
    node.type === 'ClassDeclaration' ||
    node.type === 'ArrowFunctionExpression'
  );
}

function holderInserts(node: AnyNode, scopes: Scopes, around: Scope): Insert[] {
  const { captured, hasThis } = surroundingsOf(node, scopes, around);
  const isArrow = node.type === 'ArrowFunctionExpression';
  const names = [...[...captured].map(({ name }) => name), ...(isArrow && hasThis ? ['this'] : [])];
  if (names.length === 0) return [];
  const end = `,()=>[${names.join(',')}])`;
  if (node.type === 'ClassDeclaration')
    return [[node.end, `;shootdownFrames.modules.capture(${node.id?.name}${end};`, node.start]];
  return [
    [node.start, 'shootdownFrames.modules.capture(('],
    [node.end, `)${end}`, node.start],
  ];
}

function isPlainClosure(node: AnyNode): boolean {
  return isFunction(node) && node.async !== true;
}

/** Methods and accessors cannot be wrapped: their text begins with their name. */
function hasMethod(node: AnyNode): boolean {
  return (
    node.type === 'MethodDefinition' || (node.type === 'Property' && (node.method || node.kind !== 'init'))
  );
}

/** Bindings of functions around it that it reads; null: also something that is no binding. */
function capturedBy(closure: AnyNode, scopes: Scopes, around: Scope): ReadonlySet<Binding> | null {
  const { captured, hasThis, hasArguments } = surroundingsOf(closure, scopes, around);
  return hasThis || hasArguments ? null : captured;
}

interface Surroundings {
  readonly captured: ReadonlySet<Binding>;
  readonly hasThis: boolean;
  readonly hasArguments: boolean;
}

function surroundingsOf(node: AnyNode, scopes: Scopes, around: Scope): Surroundings {
  const captured = new Set<Binding>();
  let hasThis = false;
  let hasArguments = false;
  const visit = (at: AnyNode, scope: Scope): void => {
    if (at.type === 'ThisExpression' || at.type === 'Super') hasThis = true;
    if (at.type === 'Identifier') {
      const binding = scope.resolve(at.name);
      if (binding === null && at.name === 'arguments') hasArguments = true;
      if (binding !== null && binding.kind !== 'module' && around.resolve(at.name) === binding)
        captured.add(binding);
    }
    const inner = scopes.within(at, scope);
    for (const child of childrenWithParams(at)) visit(child, inner);
  };
  visit(node, around);
  return { captured, hasThis, hasArguments };
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

function childrenWithParams(node: AnyNode): AnyNode[] {
  return isFunction(node) ? [...(node.params as AnyNode[]), node.body as AnyNode] : evaluated(node);
}
