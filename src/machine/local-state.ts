/**
 * What a class has whose objects code keeps across operations, and whose fields are not to be looked into:
 * a method that answers, as text, all that tells one of them from another while the code goes on. What two
 * objects with the same text do must be the same.
 */
export const LOCAL_STATE: unique symbol = Symbol('local state');

export interface HasLocalState {
  [LOCAL_STATE](): string;
}

export function hasLocalState(value: object): value is HasLocalState {
  return LOCAL_STATE in value;
}
