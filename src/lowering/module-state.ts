import { types } from 'node:util';
import type { Place } from '../vocabulary/told.js';
import { Builtins } from './builtins.js';
import { LoweringError } from './lowering-error.js';

/**
 * What modules hold outlives an execution: as long as nobody changes it, executions have nothing of each
 * other, and a local state is what its script's variables are. So all of it is frozen before the first script
 * begins; until then modules may fill it. What cannot be kept from changing is refused.
 */
interface Held {
  readonly value: unknown;
  /** Null: of a module of ours. */
  readonly place: Place | null;
}

export class ModuleState {
  private readonly held: Held[] = [];
  private readonly done = new WeakSet<object>();
  /** Prototypes of the classes of users' modules. */
  private readonly own = new WeakSet<object>();
  /** What functions and objects that functions made have captured. */
  private readonly captured = new WeakMap<object, () => unknown[]>();

  /**
   * `veiled`: prototypes of classes with private fields, which nobody can look into, and where they are
   * declared.
   */
  constructor(private readonly veiled: WeakMap<object, Place>) {}

  /**
   * What a module holds, and for a user's module the line of each; answers it. Of our own modules only plain
   * objects and lists are frozen.
   */
  hold<T extends readonly unknown[]>(values: T, file?: string, lines: readonly number[] = []): T {
    for (const [at, value] of values.entries())
      this.held.push({ value, place: file === undefined ? null : { file, line: lines[at] } });
    return values;
  }

  /** A user's module that was not read. */
  unread(file: string): void {
    this.unreadFile ??= file;
  }

  private unreadFile: string | null = null;

  /** A class of a user's module. */
  claim(made: { readonly prototype: object }): void {
    this.own.add(made.prototype);
  }

  /** A function or an object that a function made, which has variables of that function. */
  capture<T extends object>(made: T, captured: () => unknown[]): T {
    this.captured.set(made, captured);
    return made;
  }

  /**
   * `enginesOf`: what of a value is the engine's, and changes for nobody. Throws LoweringError for what
   * cannot be kept from changing.
   */
  freezeHeld(enginesOf: (value: object) => readonly object[]): void {
    if (this.unreadFile !== null)
      throw new LoweringError('a module has syntax that is not read: write it without decorators', {
        file: this.unreadFile,
        line: 1,
      });
    for (const { value, place } of this.held.splice(0)) this.freeze(value, place, enginesOf);
    this.builtins ??= new Builtins();
  }

  private builtins: Builtins | null = null;

  /** What of JavaScript itself is another one than before the first script; null: nothing. */
  changedBuiltin(): string | null {
    return this.builtins?.changed() ?? null;
  }

  /** Maps and sets, and what was in them: JavaScript's own methods change them all the same. */
  private readonly collections: (readonly [Collection, before: readonly unknown[]])[] = [];

  /** Whether another's methods have changed a map or a set of a module; it is put back. */
  hasChangedCollection(): boolean {
    const changed = this.collections.filter(([value, before]) => {
      const now = contentsOf(value);
      return now.length !== before.length || now.some((each, at) => !Object.is(each, before[at]));
    });
    for (const [value, before] of changed) restore(value, before);
    return changed.length > 0;
  }

  private freeze(first: unknown, place: Place | null, enginesOf: (value: object) => readonly object[]): void {
    const pending: unknown[] = [first];
    while (pending.length > 0) {
      const value = pending.pop();
      const isObject = typeof value === 'object' && value !== null;
      if ((!isObject && typeof value !== 'function') || this.done.has(value)) continue;
      if (place === null ? !isPlain(value) : !this.isUsers(value)) continue;
      this.done.add(value);
      for (const each of enginesOf(value)) this.done.add(each);
      if (place !== null) pending.push(...this.guard(value, place), ...this.capturedBy(value));
      if (!isFrozen(value)) throw alwaysChanges(value, place);
      for (const key of Reflect.ownKeys(value)) {
        const member = Reflect.getOwnPropertyDescriptor(value, key);
        pending.push(member?.value, member?.get, member?.set);
      }
    }
  }

  /** Whether it is a module's: the same in every execution, and frozen. */
  holds(value: object): boolean {
    return this.done.has(value);
  }

  /** Whether it is none of the engine's, nor of JavaScript itself. */
  private isUsers(value: object): boolean {
    if (BUILTIN.has(value)) return false;
    // The engine's own: their classes are nobody's of a user.
    return isPlain(value) || typeof value === 'function' || tagOf(value) !== 'Object' || this.isOwn(value);
  }

  /** Whether a user's module has written it; operations are of the engine's classes. */
  isUsersIterator(value: unknown): boolean {
    return typeof value === 'object' && value !== null && (isPlain(value) || this.isOwn(value));
  }

  private isOwn(value: object): boolean {
    for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at))
      if (this.own.has(at) || isMadeFree(at)) return true;
    return false;
  }

  /** Whether a user's class gives it the name that it calls itself. */
  private isTaggedByOwn(value: object): boolean {
    for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at))
      if (Object.hasOwn(at, Symbol.toStringTag)) return at === value || this.own.has(at);
    return true;
  }

  private capturedBy(value: object): readonly unknown[] {
    try {
      return this.captured.get(value)?.() ?? [];
    } catch {
      // Declared further down, and without a value yet.
      return [];
    }
  }

  /** Sees to it that what freezing leaves open cannot change; answers what is in it. */
  private guard(value: object, held: Place): readonly unknown[] {
    const isClass = typeof value === 'function';
    for (
      let at: object | null = isClass ? value : Object.getPrototypeOf(value);
      at !== null;
      at = Object.getPrototypeOf(at)
    ) {
      const place = this.veiled.get(at);
      if (place !== undefined)
        throw new LoweringError(
          'a module keeps an object with private fields: write private in its place',
          place,
        );
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isInherited = prototype !== null && this.isOwn(prototype as object);
    const inherited = isInherited && !isConstructors(prototype as object) ? [prototype] : [];
    if (types.isProxy(value)) throw alwaysChanges(value, held);
    if (isClass && isBound(value))
      throw new LoweringError('a module keeps a bound function: write an arrow that calls it', held);
    const [referent] = WEAK_REF.has(prototype) ? [(value as WeakRef<object>).deref()] : [];
    const changes = CHANGES.find(([is]) => is(value));
    if (changes !== undefined) {
      const [, names, isWeak] = changes;
      for (const name of names) Object.defineProperty(value, name, { value: refuseChange });
      if (isWeak) return inherited;
      const contents = contentsOf(value as Collection);
      this.collections.push([value as Collection, contents]);
      return [...inherited, ...contents];
    }
    if (isOpen(value) || (!KEEPABLE.has(tagOf(value)) && !this.isTaggedByOwn(value)))
      throw alwaysChanges(value, held);
    return [...inherited, referent];
  }
}

function alwaysChanges(value: object, held: Place | null): LoweringError {
  const what = `what a module keeps can always change (${tagOf(value)}): keep a list of numbers`;
  return new LoweringError(what, held);
}

/** Freezes it; false: nobody can. */
function isFrozen(value: object): boolean {
  try {
    Object.freeze(value);
  } catch {
    return false;
  }
  return true;
}

type Collection = Map<unknown, unknown> | Set<unknown>;

/** Of a set each member, twice, of a map keys and values. */
function contentsOf(value: Collection): unknown[] {
  if (types.isMap(value)) return [...Map.prototype.keys.call(value), ...Map.prototype.values.call(value)];
  const members = [...Set.prototype.values.call(value)];
  return [...members, ...members];
}

function restore(value: Collection, contents: readonly unknown[]): void {
  const keys = contents.slice(0, contents.length / 2);
  if (types.isMap(value)) {
    Map.prototype.clear.call(value);
    for (const [at, key] of keys.entries()) Map.prototype.set.call(value, key, contents[keys.length + at]);
    return;
  }
  Set.prototype.clear.call(value);
  for (const key of keys) Set.prototype.add.call(value, key);
}

function refuseChange(): never {
  throw new TypeError('Cannot add property to what a module keeps');
}

/** Collections, the methods that change them, and whether nobody can look into them. */
const CHANGES: readonly (readonly [
  is: (value: object) => boolean,
  names: readonly string[],
  isWeak: boolean,
])[] = [
  [types.isMap, ['set', 'delete', 'clear'], false],
  [types.isSet, ['add', 'delete', 'clear'], false],
  [types.isWeakMap, ['set', 'delete'], true],
  [types.isWeakSet, ['add', 'delete'], true],
];

/** Whether it changes although it is frozen. */
function isOpen(value: object): boolean {
  return (
    types.isDate(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isGeneratorObject(value) ||
    types.isProxy(value) ||
    / Iterator$|^Iterator Helper$/.test(tagOf(value))
  );
}

/** What of Node's or JavaScript's own keeps nothing that freezing leaves open. */
const KEEPABLE: ReadonlySet<string> = new Set([
  ...['Object', 'Array', 'Arguments', 'Error', 'RegExp', 'Promise', 'Module', 'WeakRef'],
  ...['Number', 'String', 'Boolean', 'Symbol', 'BigInt', 'Map', 'Set', 'WeakMap', 'WeakSet'],
  ...['Function', 'GeneratorFunction', 'AsyncFunction', 'AsyncGeneratorFunction'],
  // Prototypes of such functions call themselves so.
  ...['Generator', 'AsyncGenerator'],
]);

const WEAK_REF: ReadonlySet<unknown> = new Set([WeakRef.prototype]);

const textOf = (value: object): string => Function.prototype.toString.call(value);

const isBound = ({ name }: { readonly name: string }): boolean => name.startsWith('bound ');

/**
 * What an object has inherited from that no class made: another object, or what a function that is called
 * with new has for its objects. The engine's own are all made by classes.
 */
function isMadeFree(prototype: object): boolean {
  if (BUILTIN.has(prototype) || typeof prototype === 'function') return false;
  return !Object.hasOwn(prototype, 'constructor')
    ? Object.getPrototypeOf(prototype) === Object.prototype
    : isConstructors(prototype);
}

/** Whether a function that is called with new has it for its objects. */
function isConstructors(prototype: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof made === 'function' && !BUILTIN.has(made) && !textOf(made).startsWith('class');
}

/** What JavaScript itself has, which the engine uses too. */
const BUILTIN: ReadonlySet<object> = new Set(
  Object.values(Object.getOwnPropertyDescriptors(globalThis)).flatMap(({ value }) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [];
    const members = Object.values(Object.getOwnPropertyDescriptors(value)).map((member) => member.value);
    return [value, ...members.filter((each) => typeof each === 'function' || each === value.prototype)];
  }),
);

function isPlain(value: object): boolean {
  if (typeof value === 'function') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);
