import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../findings/read.js';
import { isObject, parseJson } from '../findings/schema.js';
import { InputError, systemReason } from '../vocabulary/errors.js';

/** Litmus tests on disk: a `.litmus` file, a directory of them, or a collection in JSON. */

export interface LitmusSource {
  /** The file, as the user reaches it. */
  readonly file: string;
  readonly text: string;
}

const BYTES_MAX = 64 * 1024;
const FILES_MAX = 20_000;
/** Of all tests together: a directory of small files may hold gigabytes. */
const TOTAL_UNITS_MAX = 64 * 1024 * 1024;
const REMEDY = 'give a .litmus file, a directory of them, or a collection in JSON';

/**
 * The tests of a path, in order of their names; of a directory also those in directories below it. Throws
 * InputError.
 */
export function litmusSources(path: string): LitmusSource[] {
  const files = isDirectory(path) ? filesUnder(path) : [path];
  if (files.length === 0)
    throw new InputError(`${path}: no .litmus file and no collection is in it; ${REMEDY}`);
  let units = 0;
  return files.flatMap((file) => {
    const tests = file.endsWith('.json') ? collection(file) : [single(file)];
    units += tests.reduce((sum, { text }) => sum + text.length, 0);
    if (units > TOTAL_UNITS_MAX)
      throw new InputError(`${path}: more than ${TOTAL_UNITS_MAX} characters of tests`, 'give fewer');
    return tests;
  });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${systemReason(error)}; ${REMEDY}`);
  }
}

function filesUnder(directory: string): string[] {
  // With types no link to a directory is followed: two links to where they lie would have no end.
  const entries: Entry[] = readdirSync(directory, { recursive: true, withFileTypes: true });
  const names = entries.map(({ parentPath, name }) => join(parentPath, name));
  const tests = names.filter((name) => name.endsWith('.litmus'));
  // Where there are tests, JSON beside them is something else.
  const files = tests.length > 0 ? tests : names.filter((name) => name.endsWith('.json'));
  if (files.length > FILES_MAX)
    throw new InputError(`${directory}: more than ${FILES_MAX} tests`, 'give a smaller directory');
  return files.sort();
}

interface Entry {
  readonly parentPath: string;
  readonly name: string;
}

function single(file: string): LitmusSource {
  const text = readText(file, 'a litmus test', REMEDY);
  if (text.length > BYTES_MAX)
    throw new InputError(`${file}: more than ${BYTES_MAX} bytes are too large for a litmus test; ${REMEDY}`);
  return { file, text };
}

/** `{"tests": [{"litmus": "X86 SB\n..."}]}`: what collections of herd7's results look like here. */
function collection(file: string): LitmusSource[] {
  const bad = (): never => {
    throw new InputError(
      `${file}:1: no collection of litmus tests: {"tests": [{"litmus": "X86 SB ..."}]} is expected`,
    );
  };
  const what = 'a collection of litmus tests';
  const value = parseJson(readText(file, what, REMEDY), file, what, REMEDY);
  const tests: unknown = isObject(value) ? value.tests : null;
  if (!Array.isArray(tests)) return bad();
  if (tests.length > FILES_MAX)
    throw new InputError(`${file}: more than ${FILES_MAX} tests`, 'give a smaller collection');
  return tests.map((test: unknown) => {
    const text: unknown = isObject(test) ? test.litmus : null;
    if (typeof text !== 'string' || text.length > BYTES_MAX) return bad();
    return { file, text };
  });
}
