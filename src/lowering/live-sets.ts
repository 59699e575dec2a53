import type { Binding, Scope } from './scopes.js';
import { type AnyNode, boundNames } from './syntax.js';

/** Sets of variables that are live somewhere. */

export type Live = ReadonlySet<Binding>;

export const NONE: Live = new Set();

export function union(...sets: readonly Live[]): Live {
  const [first, ...rest] = sets.filter((set) => set.size > 0);
  if (first === undefined) return NONE;
  return rest.length === 0 ? first : new Set(sets.flatMap((set) => [...set]));
}

export const minus = (live: Live, one: Binding): Live => new Set([...live].filter((each) => each !== one));

/** A pattern's names get new values. */
export function without(live: Live, pattern: AnyNode, scope: Scope): Live {
  const names = boundNames(pattern);
  const killed = names.map((name) => scope.resolve(name));
  return new Set([...live].filter((binding) => !killed.includes(binding)));
}
