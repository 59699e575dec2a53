import type { Insert } from '../bundle/cover.js';
import { type Assigned, capturedBy, toldOf } from './closures.js';
import type { Scope, Scopes } from './scopes.js';
import { type AnyNode, childrenWithParams, isFunction } from './syntax.js';

/**
 * Variables that functions capture and somebody assigns to: two functions may have the same ones, or each
 * its own, which their values do not tell. So that it is told, where such variables are declared an object is
 * made each time:
 *
 *     const step = () => { n++; };
 *     {const shootdownShared7=shootdownFrames.shared(); let n = 0; const step = () => { n++; }; ... }
 */
export class SharedScopes {
  private readonly found = new Map<Scope, { readonly name: string; readonly place: Place | null }>();

  constructor(
    program: AnyNode,
    private readonly scopes: Scopes,
    { assigned }: Assigned,
    number: () => number,
  ) {
    const visit = (node: AnyNode, around: Scope): void => {
      const captured = capturedBy(toldOf(node, '')?.functions ?? [], scopes, around) ?? [];
      for (const each of captured)
        if (typeof each !== 'string' && assigned.has(each) && !this.found.has(each.scope)) {
          const place = this.placeOf(scopes.nodeOf(each.scope));
          this.found.set(each.scope, { name: `shootdownShared${number()}`, place });
        }
      const scope = scopes.within(node, around);
      for (const child of childrenWithParams(node)) visit(child, scope);
    };
    visit(program, scopes.top);
  }

  /** Of a function that stands in `around` and has variables of `scope`; null: nothing tells them. */
  nameFor(scope: Scope, around: Scope): string | null {
    const { name, place } = this.found.get(scope) ?? { name: '', place: null };
    return place !== null && around.isWithin(place.scope) ? name : null;
  }

  /** Of all that is around a place in a function. */
  namesAt(around: Scope): string[] {
    const within = [...this.found.values()].filter(
      ({ place }) =>
        place !== null && around.isWithin(place.scope) && place.scope.ofFunction === around.ofFunction,
    );
    return within.map(({ name }) => name);
  }

  inserts(): Insert[] {
    return [...this.found.values()].flatMap(({ name, place }): Insert[] =>
      place === null ? [] : [[place.at, `const ${name}=shootdownFrames.shared();`]],
    );
  }

  /** Where a scope's object can be made; null: nowhere. */
  private placeOf(node: AnyNode | null): Place | null {
    if (node === null) return null;
    const body = isFunction(node) || 'body' in node ? (node.body as AnyNode | readonly AnyNode[]) : null;
    const block = node.type === 'BlockStatement' ? node : body;
    if (block === null || !('type' in block) || block.type !== 'BlockStatement') return null;
    return { at: block.start + 1, scope: this.scopes.within(block, this.scopes.top) };
  }
}

interface Place {
  readonly at: number;
  readonly scope: Scope;
}
