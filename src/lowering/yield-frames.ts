import type { Place } from '../vocabulary/told.js';

/**
 * Where the running generator stands, and all that called it: what lowered code tells at each `yield*`. A
 * frame is the number of its `yield*` and the values of what is still read there.
 */

export interface Frame {
  readonly site: number;
  readonly live: readonly unknown[];
}

export interface Closure {
  readonly site: number;
  /** Others may capture the same variables, which somebody assigns to. */
  readonly isShared: boolean;
  readonly captured: () => unknown[];
}

/** In the place of a value: where it is read when it is asked for. */
export class Cell {
  constructor(readonly read: () => unknown) {}
}

/** Code that is not seen through: it can be hunted and not verified. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError';

  constructor(
    readonly what: string,
    readonly place: Place | null = null,
  ) {
    super(what);
  }
}

export class Frames {
  /** From the script down to what runs. */
  stack: Frame[] = [];
  /** What the newest `yield*` is applied to. */
  newest: unknown = null;

  /** Prototypes of classes with private fields, which nobody can look into, and where they are declared. */
  readonly veiled = new WeakMap<object, Place>();

  veil(made: { readonly prototype: object }, file: string, line: number): void {
    this.veiled.set(made.prototype, { file, line });
  }

  /** By site. */
  readonly places = new Map<number, Place>();

  /** Where sites of a module stand. */
  stand(file: string, lines: readonly (readonly [site: number, line: number])[]): void {
    for (const [site, line] of lines) this.places.set(site, { file, line });
  }

  /** By function that a script made: where, and what it captures. */
  readonly closures = new WeakMap<object, Closure>();

  closure<F extends object>(site: number, isShared: boolean, made: F, captured: () => unknown[]): F {
    this.closures.set(made, { site, isShared, captured });
    return made;
  }

  /** A variable that others may assign to while its function waits. */
  cell(read: () => unknown): Cell {
    return new Cell(read);
  }

  /** Of the function that begins now. */
  get depth(): number {
    return this.stack.length;
  }

  /** The function of this depth is before `yield* value`. */
  at<T>(value: T, depth: number, site: number, live: readonly unknown[]): T {
    // What deeper functions told is over.
    this.stack.length = depth;
    this.stack.push({ site, live });
    this.newest = value;
    return value;
  }

  /** Plain objects and lists, and those in them. */
  freeze(values: readonly unknown[]): void {
    for (const value of values) {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) continue;
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) continue;
      Object.freeze(value);
      const members = Object.values(Object.getOwnPropertyDescriptors(value));
      this.freeze(members.map((member) => ('value' in member ? member.value : undefined)));
    }
  }

  /**
   * What a loop goes over, as a list: the list itself, which may become longer on the way; what a string and
   * Node's own collections and iterators give, which nobody else can change while the script is suspended.
   * Throws LoweringError for anything else, which may do more than give values.
   */
  list(given: unknown, file: string, line: number): readonly unknown[] {
    if (Array.isArray(given) && given[Symbol.iterator] === Array.prototype[Symbol.iterator]) return given;
    if (typeof given === 'string' || (typeof given === 'object' && given !== null && isOwn(given)))
      return [...(given as Iterable<unknown>)];
    return this.refuse('an operation in a loop over what is no list: give it a list', file, line);
  }

  /** A script's handler has caught something: what only this translation throws is not for it. */
  caught(error: unknown, file: string, line: number): void {
    if (error instanceof LoweringError) throw error;
    if (isOfFrozen(error)) throw new LoweringError(CHANGES_WHAT_IT_KEEPS, { file, line });
  }

  refuse(what: string, file: string, line: number): never {
    throw new LoweringError(what, { file, line });
  }
}

/** Why code is not seen through that changes what has been frozen while its script was suspended. */
export const CHANGES_WHAT_IT_KEEPS = 'it changes an object that it keeps across an operation: make a new one';

/** What is thrown where something is changed that is frozen. */
export const isOfFrozen = (error: unknown): error is TypeError =>
  error instanceof TypeError && FROZEN.test(error.message);

const FROZEN = /^Cannot (?:assign to read only|add|delete|define|redefine) property/;

/** Iterators of JavaScript's own, and collections whose iterators are; a generator runs somebody's code. */
const OWN_ITERATORS = ['', new Map(), new Set(), []].map((each) =>
  Object.getPrototypeOf(each[Symbol.iterator]()),
);

function isOwn(value: object): boolean {
  const iterator: unknown = (value as Partial<Iterable<unknown>>)[Symbol.iterator]?.();
  return typeof iterator === 'object' && OWN_ITERATORS.includes(Object.getPrototypeOf(iterator));
}

/** The one of this thread; lowered code imports it. */
export const frames = new Frames();
