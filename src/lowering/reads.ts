import type { Live } from './live-sets.js';
import type { Binding, Scope, Scopes } from './scopes.js';
import { type AnyNode, boundNames, evaluated, isFunction, lineOf, Unsupported } from './syntax.js';

/** What text reads, the functions in it included. */

/**
 * What a node reads anywhere in it, the functions in it included; of a pattern (`target`) only what it
 * computes.
 */
export function readsOf(
  scopes: Scopes,
  node: AnyNode,
  around: Scope,
  target: AnyNode | null = null,
  seen = new Set<AnyNode>(),
): Live {
  const found = new Set<Binding>();
  const targets = new Set(target === null ? [] : boundNames(target));
  const visit = (at: AnyNode, outer: Scope): void => {
    const scope = scopes.within(at, outer);
    if (at.type === 'Identifier') {
      if (at.name === 'arguments') throw new Unsupported(lineOf(at), 'arguments: name the parameters');
      const binding = scope.resolve(at.name);
      if (binding === null || binding.kind === 'module' || (target !== null && targets.has(at.name))) return;
      // Declared within what is read: its own business.
      if (binding.scope !== around && binding.scope.isWithin(around)) return;
      if (binding.kind === 'variable') found.add(binding);
      else if (binding.node !== null && !seen.has(binding.node)) {
        seen.add(binding.node);
        for (const captured of readsOf(scopes, binding.node, binding.scope, null, seen)) found.add(captured);
      }
      return;
    }
    for (const child of isFunction(at) ? [...at.params, at.body] : evaluated(at))
      visit(child as AnyNode, scope);
  };
  visit(node, around);
  return found;
}

/** An arrow function has the `this` of what is around it. */
export function usesThis(node: AnyNode): boolean {
  if (node.type === 'ThisExpression' || node.type === 'Super') return true;
  if (isFunction(node) && node.type !== 'ArrowFunctionExpression') return false;
  return evaluated(node).some(usesThis);
}
