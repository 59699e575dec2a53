import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundlePlaces, writtenAt } from '../bundle/places.js';
import { isUserFile } from '../bundle/user-files.js';
import type { Place } from '../vocabulary/told.js';
import { isKernelFunction, kernelSpelling, type Site } from './site.js';

/** Sites of operations, from call stacks of this process. */

/** A line of a call stack: the function as V8 names it, empty for one without a name, and the file. */
interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

const DEPTH = 40;
const FRAME = /^\s*at (?:async )?(?:(\S+)(?: \[as [^\]]*\])? \()?(.*?):(\d+):(\d+)\)?$/;
/** Where the program's code is handed its turn: what is below is no longer the program. */
const RESUMED = /(?:^|\.)_?Generator(?:Stack|Code)\d*\.(?:resume|settle)$/;

/**
 * Call stacks, innermost function first, without the functions that ask. Reading one is slow, above all where
 * source maps are on; a program has few different ones, and a long execution comes by each of them any number
 * of times.
 */
class CallStacks {
  private readonly known = new Map<string, readonly Frame[]>();

  constructor(private readonly loaded: BundlePlaces | null) {}

  /** To be called by what the recorder calls. */
  frames(): readonly Frame[] {
    const { stackTraceLimit, prepareStackTrace } = Error;
    Error.stackTraceLimit = DEPTH;
    let isNamed: boolean[] = [];
    Error.prepareStackTrace = (_error, sites) => {
      isNamed = sites.map((site) => hasOwnName(site.getFunctionName() ?? ''));
      return sites.map(positionOf).join(' ');
    };
    const key = String(new Error().stack);
    Error.prepareStackTrace = prepareStackTrace;
    let frames = this.known.get(key);
    if (frames === undefined) {
      // This method, its caller, the recorder, and the operation that tells it.
      frames = this.read(new Error().stack ?? '', isNamed).slice(4);
      this.known.set(key, frames);
    }
    Error.stackTraceLimit = stackTraceLimit;
    return frames;
  }

  /**
   * `isNamed`: by frame; where source maps are on, V8 calls a function without a name by what stands around
   * it (`length` in `Array.from({ length: 2 }, () => function* ...)`).
   */
  private read(stack: string, isNamed: readonly boolean[]): Frame[] {
    const frames: Frame[] = [];
    for (const [index, text] of stack.split('\n').slice(1).entries()) {
      const match = FRAME.exec(text);
      if (match === null) continue;
      if (RESUMED.test(match[1] ?? '')) break;
      const place = { path: fileOf(match[2]), line: Number(match[3]) };
      const written = writtenAt(place, Number(match[4]), this.loaded);
      frames.push({ name: isNamed[index] ? (match[1] ?? '') : '', file: written.path, line: written.line });
    }
    return frames;
  }
}

/** V8 also guesses names, from what a function without one is assigned to or listed in: `x.cpus.length`. */
function hasOwnName(name: string): boolean {
  return name !== '' && !name.includes('.');
}

/** Where a frame stands in what runs: no source map is asked. */
function positionOf(site: NodeJS.CallSite): string {
  return `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
}

function fileOf(location: string): string {
  if (!location.startsWith('file://')) return location;
  try {
    return fileURLToPath(location);
  } catch {
    return location;
  }
}

/** The function's own name; empty for one that has none. */
function ownName(name: string): string {
  const last = name.split('.').at(-1) ?? name;
  return last === '<anonymous>' || last === '<computed>' ? '' : last;
}

/**
 * Tells the site of an operation of the simulated kernel, or of what a user's variant has in its place.
 * `loaded`: places of the modules that this process evaluated.
 */
export function kernelSites(loaded: BundlePlaces | null): () => Site {
  const stacks = new CallStacks(loaded);
  return () => {
    const functions: string[] = [];
    let place: Place | null = null;
    for (const { name, file, line } of stacks.frames()) {
      const own = ownName(name);
      if (!isKernelFunction(own)) continue;
      const isKernel = /[\\/]src[\\/](?:kernel|backends|rules)[\\/]/.test(file);
      if (!isKernel && !isUserFile(file)) continue;
      place ??= isKernel
        ? {
            file: file
              .replace(/^.*?[\\/](src[\\/](?:kernel|backends|rules)[\\/])/, '$1')
              .replaceAll('\\', '/'),
            line,
          }
        : placeOf({ name, file, line });
      functions.unshift(kernelSpelling(own));
    }
    return { functions, place };
  };
}

/**
 * Tells the site of an operation of any other program: its functions keep their names, its files are told
 * from the working directory.
 */
export function programSites(loaded: BundlePlaces | null): () => Site {
  const stacks = new CallStacks(loaded);
  return () => {
    // The handler that a program gets for an interrupt of which it says nothing is not its text.
    const frames = stacks
      .frames()
      .filter(({ name, file }) => !(ownName(name) === 'onlyIret' && /plain-program\.[jt]s$/.test(file)));
    const functions = frames
      .map(({ name }) => ownName(name))
      .filter((name) => name !== '' && name !== 'next');
    return { functions: functions.reverse(), place: frames.length === 0 ? null : placeOf(frames[0]) };
  };
}

/** A file of a kernel's source tree, from the tree's root on. */
const IN_TREE = /[\\/]((?:(?:arch[\\/]x86|include|kernel|mm)[\\/][^:]*|lib[\\/]llist)\.[ch])$/;

/** Never absolute; null for text that is in no file. */
function placeOf({ file, line }: Frame): Place | null {
  if (!isAbsolute(file)) return null;
  const inTree = IN_TREE.exec(file);
  if (inTree !== null) return { file: inTree[1].replaceAll('\\', '/'), line };
  const path = relative(process.cwd(), file);
  return isAbsolute(path) ? null : { file: path.replaceAll('\\', '/'), line };
}
