/** Conditions over final states: `0:EAX=1 /\ not (x=2 \/ [y]=1)`. */

export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  /** `name` is a register (`0:EAX`) or a location (`x`). */
  | { readonly kind: 'equals'; readonly name: string; readonly value: number }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'and' | 'or' | 'implies'; readonly left: Condition; readonly right: Condition };

export function holds(condition: Condition, valueAt: (name: string) => number): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'equals':
      return valueAt(condition.name) === condition.value;
    case 'not':
      return !holds(condition.part, valueAt);
    case 'and':
      return holds(condition.left, valueAt) && holds(condition.right, valueAt);
    case 'or':
      return holds(condition.left, valueAt) || holds(condition.right, valueAt);
    case 'implies':
      return !holds(condition.left, valueAt) || holds(condition.right, valueAt);
  }
}

/** The registers and locations that a condition speaks of. */
export function namesIn(condition: Condition): string[] {
  switch (condition.kind) {
    case 'constant':
      return [];
    case 'equals':
      return [condition.name];
    case 'not':
      return namesIn(condition.part);
    default:
      return [...namesIn(condition.left), ...namesIn(condition.right)];
  }
}
