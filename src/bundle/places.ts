import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainError } from '../seal/thrown.js';
import { InfrastructureError, InputError } from '../vocabulary/errors.js';
import { type Place as DisplayedPlace, toldBy } from '../vocabulary/told.js';
import { displayPath, isUserFile, sourceName, writtenName } from './user-files.js';

/** From a stack of a bundle to the line of the user's file that threw. */

/** `at f (/path:1:2)` or `at /path:1:2`; a path may have brackets of its own. */
const FRAME = /(?:\(|^at (?:async )?)((?:file:\/\/)?(?:[A-Za-z]:)?[\\/].*?):(\d+):(\d+)\)?$/;

export interface Place {
  readonly path: string;
  readonly line: number;
}

export class BundlePlaces {
  private map: SourceMap | null = null;

  /** `outfile`: the bundle, its map beside it. */
  constructor(private readonly outfile: string) {}

  /**
   * Where a frame of a stack was written, or null. Frames that a source map has been applied to already are
   * taken as they are.
   */
  place(frame: string): Place | null {
    const match = FRAME.exec(frame.trim());
    if (match === null) return null;
    const path = pathOf(match[1]);
    if (path === null) return null;
    const line = Number(match[2]);
    return path === this.outfile ? this.mapped(line, Number(match[3])) : { path, line };
  }

  /** The innermost place in a user's file. */
  userPlace(stack: string): Place | null {
    for (const frame of stack.split('\n')) {
      if (!/^\s+at /.test(frame)) continue;
      const place = this.place(frame);
      if (place !== null && isUserFile(place.path) && existsSync(place.path)) return place;
    }
    return null;
  }

  /** Reads the map now: the bundle will not stay. */
  keep(): this {
    this.readMap();
    return this;
  }

  /** The place in the source of a place in this bundle; null for any other. */
  written(path: string, line: number, column: number): Place | null {
    return path === this.outfile ? this.mapped(line, column) : null;
  }

  private readMap(): SourceMap {
    this.map ??= new SourceMap(
      JSON.parse(readFileSync(`${this.outfile}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0],
    );
    return this.map;
  }

  private mapped(line: number, column: number): Place | null {
    const entry = this.readMap().findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return null;
    // A source map names its sources as URLs: spaces, umlauts and per cents are encoded there.
    return {
      path: resolve(dirname(this.outfile), decodeURIComponent(entry.originalSource)),
      line: entry.originalLine + 1,
    };
  }
}

/**
 * Where a place of a call stack of this process was written: in the loaded bundle the line of the module, in
 * the package's JavaScript the line of the TypeScript that it carries too, elsewhere the place itself.
 */
export function writtenAt(place: Place, column: number, loaded: BundlePlaces | null): Place {
  const { path, line } = place;
  return loaded?.written(path, line, column) ?? shippedAt(path, line, column) ?? place;
}

/** By path: the package's own files do not change while it runs. Null for one without a map. */
const shipped = new Map<string, BundlePlaces | null>();

function shippedAt(path: string, line: number, column: number): Place | null {
  let places = shipped.get(path);
  if (places === undefined) {
    const hasMap = path.endsWith('.js') && sourceName(path) !== null && existsSync(`${path}.map`);
    places = hasMap ? new BundlePlaces(path) : null;
    shipped.set(path, places);
  }
  return places?.written(path, line, column) ?? null;
}

/** Users' modules, as far as places are told. */
export interface UserModules {
  /** Absolute paths. */
  readonly paths: readonly string[];
  readonly places: BundlePlaces | null;
}

/**
 * An error of this process that came out of a loaded module, as the InputError that it is; any other as it
 * is.
 */
export function asInputError(error: unknown, { places, paths }: UserModules): unknown {
  if (places === null || error instanceof InputError || error instanceof InfrastructureError) return error;
  return userError(error, places, paths) ?? error;
}

/**
 * `my.ts:12: threw TypeError: ...` for an error that a user's code threw; null for any other. `paths`: the
 * modules.
 */
export function userError(
  thrown: unknown,
  places: BundlePlaces,
  paths: readonly string[],
): InputError | null {
  const error = plainError(thrown);
  const told = toldBy(error);
  if (told?.told === 'loop') {
    const what = 'this loop turns without end and without an operation';
    return new InputError(what, 'let it end, or wait with cpu.condLoadAcquire', told.place);
  }
  const place = error.stack === undefined ? null : places.userPlace(error.stack);
  const message = firstLine(error.message);
  if (place === null) {
    if (told?.told === 'no-error') return thrownSomewhere(message, paths);
    if (told === null) return null;
    // Of a program, but not thrown within its text: what its assertion answers.
    if (told.program !== null) return new InputError(message, null, definedAt(told.program, paths));
    // Ours, of a module that has the stack written as it likes.
    return paths.length === 0 ? null : new InputError(`${paths.map(displayPath).join(', ')}: ${message}`);
  }
  // Our own errors say what is wrong; of others the class is told too.
  const what = told === null ? `threw ${error.name}: ${message}` : message;
  return new InputError(what, null, { file: displayPath(place.path), line: place.line });
}

/** Null for a URL that is no file's: a stack may hold whatever a module puts there. */
function pathOf(name: string): string | null {
  if (!name.startsWith('file://')) return name;
  try {
    return fileURLToPath(name);
  } catch {
    return null;
  }
}

/**
 * What kernel code threw that is not the module's, while it ran a variant of a module: built-in variants
 * throw nothing there, so it met what the module's functions answered or stored. `what`: the variant and the
 * scenario.
 */
export function variantError(
  error: unknown,
  places: BundlePlaces,
  paths: readonly string[],
  what: string,
): InputError | null {
  if (!(error instanceof Error) || error.stack === undefined || paths.length === 0) return null;
  const place = error.stack
    .split('\n')
    .flatMap((frame) => (/^\s+at /.test(frame) ? (places.place(frame) ?? []) : []))[0];
  const name = place === undefined ? null : writtenName(place.path);
  if (place === undefined || name === null) return null;
  const at = `src/${name}.ts:${place.line}`;
  const why = `${what}: kernel code cannot go on at ${at}: ${firstLine(error.message)}`;
  return new InputError(
    `${paths.map(displayPath).join(', ')}: ${why}`,
    "see what the variant's functions answer and store",
  );
}

/** Only users' code throws what is no Error; where its line is not known the modules are named. */
function thrownSomewhere(message: string, paths: readonly string[]): InputError | null {
  if (paths.length === 0) return null;
  return new InputError(
    `${paths.map(displayPath).join(', ')}: ${message}`,
    'throw an Error, to be told its line',
  );
}

/** The first line of what others have written. */
function firstLine(text: string): string {
  return text.split('\n')[0];
}

/**
 * Where a loaded module first has this text in quotes, which is where it is likely to define what bears the
 * name.
 */
function definedAt(name: string, paths: readonly string[]): DisplayedPlace | null {
  for (const path of paths) {
    const lines = readFileSync(path, 'utf8').split('\n');
    const line = lines.findIndex((text) =>
      ["'", '"', '`'].some((quote) => text.includes(quote + name + quote)),
    );
    if (line >= 0) return { file: displayPath(path), line: line + 1 };
  }
  return null;
}
