/**
 * Reads the `key=value` fields of one event's text, strictly: a missing key or a value of another kind is an
 * error that names both.
 */
import { quote } from './trace-error.js';

/** What is wrong with one event's text; the parser adds file and line. */
export class FieldError extends Error {
  constructor(
    what: string,
    readonly expected: string,
  ) {
    super(what);
  }
}

const DECIMAL = /^-?\d{1,16}$/;
const HEX64 = /^0x[0-9a-f]{1,16}$/i;
const ARGUMENT_HEX64 = /^(?:0x)?[0-9a-f]{1,16}$/i;

export function fail(what: string, expected: string): never {
  throw new FieldError(what, expected);
}

/** `value` as a decimal integer in [min, 2^53). */
export function decimal(event: string, key: string, value: string, min = 0): number {
  const number = DECIMAL.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < min)
    fail(`${event} has ${key}=${quote(value)}`, `expected a decimal number`);
  return number;
}

/** `value` as 64 bits of hex with `0x`. */
export function hex(event: string, key: string, value: string): bigint {
  if (!HEX64.test(value))
    fail(`${event} has ${key}=${quote(value)}`, `expected a hexadecimal number (0x...)`);
  return BigInt(value);
}

/**
 * `value` as 64 bits of hex as system call arguments are printed: without `0x` up to 6.16, with it (but for
 * 0) since.
 */
export function argumentHex(event: string, key: string, value: string): bigint {
  if (!ARGUMENT_HEX64.test(value))
    fail(`${event} has ${key}: ${quote(value)}`, `expected a hexadecimal number, with 0x or without`);
  return BigInt(value.startsWith('0x') || value.startsWith('0X') ? value : `0x${value}`);
}

/** The fields of one event; `text` is everything after the event's name. */
export class Fields {
  readonly #event: string;
  readonly #text: string;

  constructor(event: string, text: string) {
    this.#event = event;
    this.#text = text;
  }

  /** The value of `key` up to the next blank, or undefined. */
  find(key: string): string | undefined {
    const text = this.#text;
    const wanted = `${key}=`;
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
      if (at !== 0 && text.charCodeAt(at - 1) !== 32) continue;
      const from = at + wanted.length;
      const to = text.indexOf(' ', from);
      return to === -1 ? text.slice(from) : text.slice(from, to);
    }
    return undefined;
  }

  text(key: string): string {
    return (
      this.find(key) ??
      fail(`${this.#event} without "${key}="`, `expected ${key}=VALUE in ${quote(this.#text)}`)
    );
  }

  number(key: string, min = 0): number {
    return decimal(this.#event, key, this.text(key), min);
  }

  /** A number that only some kernels' lines have; 0 without it. */
  numberIfAny(key: string): number {
    return this.find(key) === undefined ? 0 : this.number(key);
  }

  hex(key: string): bigint {
    return hex(this.#event, key, this.text(key));
  }

  /** A pointer, kept as printed but checked. */
  pointer(key: string): string {
    const value = this.text(key);
    if (!HEX64.test(value)) fail(`${this.#event} has ${key}=${quote(value)}`, `expected a pointer (0x...)`);
    return value;
  }

  /** A `u8` printed as 0 or 1. */
  flag(key: string): boolean {
    return this.number(key) !== 0;
  }
}
