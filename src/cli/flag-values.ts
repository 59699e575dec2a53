/**
 * Values of flags: text to numbers, durations and windows, each refused in one line that says what, where and
 * what to do.
 */

import { isMemoryModel, memoryModelWords } from '../memory-order/index.js';
import { shorten } from '../report/text-columns.js';
import { DURATION_WORDS, durationMs } from '../vocabulary/duration.js';
import { InputError } from '../vocabulary/errors.js';
import type { MemoryModel } from '../vocabulary/finding.js';

/** A parser for a flag that takes a whole number. */
export function wholeNumber(flag: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InputError(
      `${flag}: ${quoted(text)} is not a whole number from ${min} to ${max}`,
      `give one, such as ${flag} ${Math.max(min, 1)}`,
    );
  };
}

/** A parser for a flag that takes a duration; in milliseconds. */
export function duration(flag: string): (text: string) => number {
  return (text) => {
    const ms = durationMs(text);
    if (ms !== null) return ms;
    throw new InputError(
      `${flag}: ${quoted(text)} is not ${DURATION_WORDS}`,
      'give one such as 30s, 500ms, 2m or 1h',
    );
  };
}

const UNIT_BYTES: Readonly<Record<string, number>> = { m: 2 ** 20, g: 2 ** 30 };
const BYTES_MIN = 2 ** 20;
const BYTES_MAX = 2 ** 40;

/** `512m`, `4g`, `1.5g`: binary units. In bytes. */
export function byteSize(flag: string): (text: string) => number {
  return (text) => {
    const match = /^(\d{1,6}(?:\.\d{1,6})?)([mg])(?:i?b)?$/i.exec(text);
    const bytes =
      match === null ? Number.NaN : Math.round(Number(match[1]) * UNIT_BYTES[match[2].toLowerCase()]);
    if (bytes >= BYTES_MIN && bytes <= BYTES_MAX) return bytes;
    throw new InputError(
      `${flag}: ${quoted(text)} is not a size from 1m to 1024g`,
      `give one such as ${flag} 512m or ${flag} 4g`,
    );
  };
}

/**
 * `A..B`: lines of a recording, counted from 1, both included. Whether the file has them is for the import to
 * say.
 */
export function lineWindow(flag: string): (text: string) => string {
  return (text) => {
    const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text);
    if (match !== null && Number(match[1]) >= 1 && Number(match[1]) <= Number(match[2])) return text;
    throw new InputError(
      `${flag}: ${quoted(text)} is not a window A..B of line numbers, A not after B`,
      `give one such as ${flag} 1200..1320`,
    );
  };
}

export function memoryModel(flag: string): (text: string) => MemoryModel {
  return (text) => {
    if (isMemoryModel(text)) return text;
    throw new InputError(`${flag}: ${quoted(text)} is not a memory model`, `give ${memoryModelWords()}`);
  };
}

/** A parser for a flag that takes one of a few words. */
export function oneOf<const Word extends string>(
  flag: string,
  words: readonly Word[],
): (text: string) => Word {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new InputError(`${flag}: ${quoted(text)} is none of ${words.join(', ')}`);
  };
}

/**
 * A collector for a flag that may be repeated and may hold a comma list; a `trace:FILE` is taken whole,
 * commas and all.
 */
export function names(flag: string): (text: string, before: readonly string[] | undefined) => string[] {
  return (text, before = []) => {
    const given = (text.startsWith('trace:') ? [text] : text.split(',')).map((name) => name.trim());
    if (given.includes(''))
      throw new InputError(
        `${flag}: ${quoted(text)} holds an empty name`,
        'give one name or several with commas between',
      );
    return [...before, ...given];
  };
}

/** A path that may not be empty. */
export function path(flag: string): (text: string) => string {
  return (text) => {
    if (text !== '' && !text.includes('\0')) return text;
    throw new InputError(`${flag}: ${quoted(text)} is not a path`, 'give the path of a directory');
  };
}

export function quoted(text: string): string {
  return JSON.stringify(shorten(text, 60));
}
