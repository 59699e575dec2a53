import { types } from 'node:util';
import { LoweringError } from '../lowering/lowering-error.js';
import { Cell, type Frame, type Frames, Shared } from '../lowering/yield-frames.js';
import { hasLocalState, LOCAL_STATE } from '../machine/local-state.js';
import type { Place } from '../vocabulary/told.js';

/**
 * What the variables of a suspended script hold, as a text that is equal for equal values: objects by what is
 * in them now, and by which of them are the same one. What an expression had read of them before is kept by
 * itself (lowering/kept-values.ts), so that the script goes on by nothing else.
 */
export class LocalValues {
  private readonly numbers = new WeakMap<object, number>();
  private readonly symbols = new Map<symbol, number>();
  private next = 0;

  /** `statics`: objects that are the same in every execution and never change. */
  constructor(
    statics: readonly object[],
    private readonly veiled: WeakMap<object, Place>,
    private readonly closures: Frames['closures'],
    private readonly places: Frames['places'],
    private readonly modules: Frames['modules'],
  ) {
    for (const each of statics) this.numberOf(each);
    this.statics = new Set(statics);
    this.newAt = null;
  }

  private readonly statics: ReadonlySet<object>;

  /** Throws LoweringError for a value that cannot be looked into. */
  textOf(stack: readonly Frame[]): string {
    const seen = new Map<object, number>();
    return stack.map((frame) => this.frame(frame, seen)).join('');
  }

  /** Where a function or a class that nobody has met was told last; null: nowhere since this was asked. */
  takeNew(): number | null {
    const site = this.newAt;
    this.newAt = null;
    return site;
  }

  private newAt: number | null = null;
  private site = 0;

  private frame({ site, live }: Frame, seen: Map<object, number>): string {
    this.site = site;
    try {
      return `${site}(${live.map((value) => this.value(value, seen)).join(',')})`;
    } catch (error) {
      if (!(error instanceof LoweringError) || error.place !== null) throw error;
      throw new LoweringError(error.what, this.places.get(site) ?? null);
    }
  }

  private value(value: unknown, seen: Map<object, number>): string {
    switch (typeof value) {
      case 'number':
        return Object.is(value, -0) ? '-0' : String(value);
      case 'boolean':
      case 'undefined':
        return String(value);
      case 'string':
        return JSON.stringify(value);
      case 'bigint':
        return `${value}n`;
      case 'function':
        return this.closure(value, seen);
      case 'object':
        return value === null ? 'null' : this.object(value, seen);
      case 'symbol': {
        const registered = Symbol.keyFor(value);
        return registered === undefined ? `y${this.numberOf(value)}` : `Y${JSON.stringify(registered)}`;
      }
      default:
        throw new LoweringError(`a script keeps a ${typeof value} across an operation: keep numbers`);
    }
  }

  private closure(value: object, seen: Map<object, number>): string {
    const made = this.closures.get(value);
    // Who else has the variables, and changes them, is not to be seen.
    if (made?.isShared === true)
      throw new LoweringError(
        'a script keeps a function across an operation that has a variable which is assigned to: keep ' +
          'numbers',
      );
    const captured = made === undefined ? null : valuesOf(made.captured);
    if (made !== undefined && Reflect.ownKeys(value).some((key) => !OF_FUNCTIONS.has(key)))
      throw new LoweringError('a script keeps a function with members across an operation: keep numbers');
    if (made === undefined || captured === null) return `f${this.numberOf(value)}`;
    const before = seen.get(value);
    if (before !== undefined) return `@${before}`;
    seen.set(value, seen.size);
    const method = made.method === '' ? '' : JSON.stringify(made.method);
    const values = captured.map((each) => this.value(each, seen)).join(',');
    return `c${made.site}${method}(${values})`;
  }

  private cell({ read }: Cell, seen: Map<object, number>): string {
    const values = valuesOf(() => [read()]);
    return values === null ? 'unset' : this.value(values[0], seen);
  }

  private object(value: object, seen: Map<object, number>): string {
    if (value instanceof Cell) return this.cell(value, seen);
    // What a module holds may be told from its equal by who compares the two.
    if (this.statics.has(value) || this.modules.holds(value)) return `s${this.numberOf(value)}`;
    const before = seen.get(value);
    if (before !== undefined) return `@${before}`;
    seen.set(value, seen.size);
    if (value instanceof Shared) return 'v';
    if (hasLocalState(value)) return `l{${value[LOCAL_STATE]()}}`;
    if (types.isProxy(value) || types.isWeakMap(value) || types.isWeakSet(value))
      throw new LoweringError('a script keeps a proxy or a weak collection across an operation: keep a list');
    if (types.isMap(value) || types.isSet(value)) return this.collection(value, seen);
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag === 'Error' && value instanceof Error) return this.error(value, seen);
    if (tag !== 'Object' && tag !== 'Array')
      throw new LoweringError(
        `what a script keeps across an operation is not seen through (${tag}): keep a list`,
      );
    const prototype: unknown = Object.getPrototypeOf(value);
    const kind = prototype === null ? 'null' : `f${this.numberOf(prototype as object)}`;
    for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
      const place = this.veiled.get(at as object);
      if (place !== undefined)
        throw new LoweringError(
          'an object with private fields is kept across an operation: write private in its place',
          place,
        );
    }
    const members = Reflect.ownKeys(value).map((key) => {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      if (typeof key === 'symbol' || property === undefined || !('value' in property))
        throw new LoweringError(
          `a script keeps an object with the accessor ${String(key)} across an operation: keep numbers`,
        );
      return `${JSON.stringify(key)}${attributesOf(property)}:${this.value(property.value, seen)}`;
    });
    return `${kind}${sealOf(value)}{${members.join(',')}}`;
  }

  /** What is in it, in the order in which it came there, in which it is gone through. */
  private collection(value: Map<unknown, unknown> | Set<unknown>, seen: Map<object, number>): string {
    const members = [...value.entries()].map(
      ([key, held]) => `${this.value(key, seen)}:${types.isMap(value) ? this.value(held, seen) : ''}`,
    );
    if (Reflect.ownKeys(value).length > 0 || Object.getPrototypeOf(value) !== plainOf(value))
      throw new LoweringError('a script keeps a Map or Set of a class of its own: keep a plain one');
    return `${types.isMap(value) ? 'map' : 'set'}${sealOf(value)}{${members.join(',')}}`;
  }

  /** Where it was made, which is part of it too, differs from one way to a state to another. */
  private error(value: Error, seen: Map<object, number>): string {
    const members = Object.entries(Object.getOwnPropertyDescriptors(value))
      .filter(([key]) => key !== 'stack')
      .map(([key, { value: held }]) => `${JSON.stringify(key)}:${this.value(held, seen)}`);
    return `e${this.numberOf(Object.getPrototypeOf(value))}{${members.join(',')}}`;
  }

  private numberOf(value: object | symbol): number {
    const known = typeof value === 'symbol' ? this.symbols.get(value) : this.numbers.get(value);
    if (known !== undefined) return known;
    this.newAt = this.site;
    if (typeof value === 'symbol') this.symbols.set(value, this.next);
    else this.numbers.set(value, this.next);
    return this.next++;
  }
}

const plainOf = (value: Map<unknown, unknown> | Set<unknown>): object =>
  types.isMap(value) ? Map.prototype : Set.prototype;

/** What functions have from the beginning. */
const OF_FUNCTIONS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype']);

/** Whether something can still be done to an object; an ordinary one is as good as empty here. */
function sealOf(value: object): string {
  if (Object.isExtensible(value)) return '';
  return Object.isFrozen(value) ? '!' : Object.isSealed(value) ? '|' : '-';
}

function attributesOf({ writable, enumerable, configurable }: PropertyDescriptor): string {
  return `${writable ? '' : 'w'}${enumerable ? '' : 'e'}${configurable ? '' : 'c'}`;
}

/** Null where a variable that is captured is declared further down and has no value yet. */
function valuesOf(captured: () => unknown[]): unknown[] | null {
  try {
    return captured();
  } catch {
    return null;
  }
}
