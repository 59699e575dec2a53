import { types } from 'node:util';
import type { Place } from '../vocabulary/told.js';
import { CHANGES_WHAT_IT_KEEPS, isOfFrozen, LoweringError } from './lowering-error.js';
import { ModuleState } from './module-state.js';

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
  /** Of an object that is written out the method's name; else empty. */
  readonly method: string;
  /** Others may capture the same variables, which somebody assigns to, and nothing tells which. */
  readonly isShared: boolean;
  readonly captured: () => unknown[];
}

/** In the place of a value: where it is read when it is asked for. */
export class Cell {
  constructor(readonly read: () => unknown) {}
}

/** Variables that several functions may have: which, not what they hold. */
export class Shared {}

export class Frames {
  /** From the script down to what runs. */
  stack: Frame[] = [];
  /** What the newest `yield*` is applied to. */
  newest: unknown = null;

  /** Classes with private fields, and their prototypes, which nobody can look into: where they are. */
  readonly veiled = new WeakMap<object, Place>();

  /** `holder`: the prototype, or the class itself. */
  veil(holder: object, file: string, line: number): void {
    this.veiled.set(holder, { file, line });
  }

  readonly modules = new ModuleState(this.veiled);
  /** Whether a script runs, or something is judged: no module is being loaded. */
  isRunning = false;

  /** By site. */
  readonly places = new Map<number, Place>();

  /** Where sites of a module stand. */
  stand(file: string, lines: readonly (readonly [site: number, line: number])[]): void {
    for (const [site, line] of lines) this.places.set(site, { file, line });
  }

  /** By function that a script made: where, and what it captures. */
  readonly closures = new WeakMap<object, Closure>();

  closure<F extends object>(site: number, isShared: boolean, made: F, captured: () => unknown[]): F {
    this.closures.set(made, { site, method: '', isShared, captured });
    this.settle(made);
    return this.modules.capture(made, captured);
  }

  /** An object that is written out with methods of these names. */
  methods<T extends Readonly<Record<string, object>>>(
    site: number,
    isShared: boolean,
    names: readonly string[],
    made: T,
    captured: () => unknown[],
  ): T {
    for (const method of names) {
      this.closures.set(made[method], { site, method, isShared, captured });
      this.settle(made[method]);
    }
    return this.modules.capture(made, captured);
  }

  /** A class that a function makes. */
  made<T extends object>(
    _site: number,
    _isShared: boolean,
    file: string,
    line: number,
    made: T,
    captured: () => unknown[],
  ): T {
    this.settle(made);
    const members = Object.values(Object.getOwnPropertyDescriptors(made));
    if (this.isRunning && members.some(({ value }) => isChangeable(value, made)))
      this.refuse(STATIC_OBJECT, file, line);
    return this.modules.capture(made, captured);
  }

  /** What a script makes and is told by its text alone: nothing is added to it. */
  private settle(made: object): void {
    if (!this.isRunning) return;
    Object.freeze(made);
    const prototype: unknown = Object.getOwnPropertyDescriptor(made, 'prototype')?.value;
    if (typeof prototype === 'object' && prototype !== null) Object.freeze(prototype);
  }

  /** For each time that something is come to that has variables of its own. */
  shared(): Shared {
    return new Shared();
  }

  /** A variable that others may assign to while its function waits. */
  cell(read: () => unknown): Cell {
    return new Cell(read);
  }

  /**
   * A generator begins; answers its depth. Throws LoweringError where nobody runs it by `yield*`: what is
   * around it is not known then.
   */
  begun(file: string, line: number): number {
    if (this.isRunning && this.newest !== SCRIPT && !types.isGeneratorObject(this.newest))
      this.refuse('something else than yield* runs this generator: run it by yield*', file, line);
    this.newest = null;
    return this.stack.length;
  }

  /** The function of this depth is before `yield* value`. */
  at<T>(value: T, depth: number, site: number, live: readonly unknown[]): T {
    // What deeper functions told is over.
    this.stack.length = depth;
    this.stack.push({ site, live });
    this.newest = value;
    if (this.isRunning && !types.isGeneratorObject(value) && this.modules.isUsersIterator(value)) {
      const { file, line } = this.places.get(site) ?? { file: '', line: 0 };
      this.refuse('yield* over what is neither an operation nor a generator: write a function*', file, line);
    }
    return value;
  }

  /**
   * A function begins that assigns to a variable of another one. `isMadeInside`: made while a script was
   * running. Throws LoweringError where the variable outlives an execution.
   */
  changes(isMadeInside: boolean, file: string, line: number): void {
    if (this.isRunning && !isMadeInside) this.refuse(KEEPS_STATE, file, line);
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
    if (!this.isRunning) return;
    if (error instanceof LoweringError) throw error;
    if (isOfFrozen(error)) throw new LoweringError(CHANGES_WHAT_IT_KEEPS, { file, line });
  }

  /** Comes to what the text does not tell. */
  unseen(what: string, file: string, line: number): false {
    if (this.isRunning) this.refuse(what, file, line);
    return false;
  }

  /** What answers false where something is frozen throws instead. */
  strict(reflect: typeof Reflect): typeof Reflect {
    return reflect === Reflect && this.isRunning ? STRICT : reflect;
  }

  refuse(what: string, file: string, line: number): never {
    throw new LoweringError(what, { file, line });
  }
}

/** In the place of what `yield*` is applied to: the script itself begins. */
export const SCRIPT = Symbol('script');

const STATIC_OBJECT =
  'a class that a script makes has a static member which is an object: make the class at the top of the ' +
  'module';

function isChangeable(value: unknown, made: object): boolean {
  const isPrototype = value === Object.getOwnPropertyDescriptor(made, 'prototype')?.value;
  return typeof value === 'object' && value !== null && !isPrototype && !Object.isFrozen(value);
}

const strictly =
  <A extends unknown[]>(change: (...given: A) => boolean) =>
  (...given: A): true => {
    if (!change(...given)) throw new TypeError('Cannot assign to read only property, by Reflect');
    return true;
  };

const members = Object.getOwnPropertyDescriptors(Reflect);
const STRICT = Object.defineProperties({}, members) as typeof Reflect;
STRICT.set = strictly(Reflect.set);
STRICT.defineProperty = strictly(Reflect.defineProperty);
STRICT.deleteProperty = strictly(Reflect.deleteProperty);
STRICT.setPrototypeOf = strictly(Reflect.setPrototypeOf);

const KEEPS_STATE =
  'it assigns to a variable that keeps its value from execution to execution: use a word or a local';

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
