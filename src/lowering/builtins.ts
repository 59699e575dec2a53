/**
 * What JavaScript itself has: the global object, and what its names mean, with prototypes. It cannot be
 * frozen, for the engine runs on it too; so it is looked at whether scripts have changed it.
 */
export class Builtins {
  private readonly holders: readonly Holder[];

  constructor() {
    // Others are of whoever runs this, as a test runner's.
    const names = Object.entries(Object.getOwnPropertyDescriptors(globalThis)).filter(([name]) =>
      /^[A-Z]/.test(name),
    );
    const values = names.map(([, { value }]) => value).filter((value) => Object(value) === value) as object[];
    const prototypes = values.flatMap((value) => {
      const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value;
      return typeof prototype === 'object' && prototype !== null ? [prototype] : [];
    });
    this.holders = [...new Set([globalThis, ...values, ...prototypes])].map(held);
    // Functions get no members of a script's: there are too many to be looked at.
    for (const { members } of this.holders)
      for (const [, { value }] of members)
        if (typeof value === 'function' && !Object.hasOwn(value, 'prototype'))
          Object.preventExtensions(value);
  }

  /** The name of a member that was another one; it is put back. Null: there is none. */
  changed(): string | null {
    for (const { holder, keys, members } of this.holders) {
      const now = keysOf(holder);
      const added = now.length === keys.size ? undefined : now.find((key) => !keys.has(key));
      if (added !== undefined) {
        Reflect.deleteProperty(holder, added);
        return String(added);
      }
      for (const [key, before] of members)
        if (!Object.is(Object.getOwnPropertyDescriptor(holder, key)?.value, before.value)) {
          Reflect.defineProperty(holder, key, before);
          return String(key);
        }
    }
    return null;
  }
}

interface Holder {
  readonly holder: object;
  readonly keys: ReadonlySet<string | symbol>;
  readonly members: readonly (readonly [key: string | symbol, before: PropertyDescriptor])[];
}

/**
 * But for symbols of the global object, by which loaders keep what is theirs, and what bundles have put there
 * (bundle/guard-loops.ts, bundle/note-throws.ts).
 */
const keysOf = (holder: object): (string | symbol)[] =>
  Reflect.ownKeys(holder).filter(
    (key) => holder !== globalThis || (typeof key === 'string' && !key.startsWith('shootdown')),
  );

/** Some of Node's get their value when they are first read: those are let be. */
function held(holder: object): Holder {
  const keys = keysOf(holder);
  const members = keys.flatMap((key) => {
    const member = Object.getOwnPropertyDescriptor(holder, key);
    return member !== undefined && 'value' in member && member.configurable ? [[key, member] as const] : [];
  });
  return { holder, keys: new Set(keys), members };
}
