/**
 * Where operations are written, as src/explain/call-sites.ts tells it in Node: from call stacks, whose lines
 * and columns all browsers tell, by the table that stands behind the bundle.
 */

import { isKernelFunction, kernelSpelling, type Site } from '../../src/explain/site.js';
import type { TraceStep } from '../../src/explain/trace-step.js';
import type { SiteTellers } from '../../src/replay/watched-execution.js';
import type { SourceExcerpt } from '../../src/report/page/document.js';
import type { SiteTable } from '../../src/report/page/engine/site-table.js';

/** Behind the text that runs, since it depends on it. */
const table = (): SiteTable => (globalThis as unknown as { shootdownSites: SiteTable }).shootdownSites;

/** `:1:2345)` in V8's lines, `:1:2345` in others'. */
const POSITION = /:(\d+):(\d+)\)?$/;
const DEPTH = 60;

const known = new Map<string, Site>();
/** By line of the bundle: the columns at which places begin, added up, and those places. */
const columns = new Map<number, { readonly begins: Int32Array; readonly places: Int32Array }>();

export const siteTellers: SiteTellers = {
  kernel: () => () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = DEPTH;
    const stack = new Error().stack ?? '';
    Error.stackTraceLimit = stackTraceLimit;
    const site = known.get(stack) ?? siteOf(stack);
    known.set(stack, site);
    return site;
  },
  program() {
    throw new Error('a page runs no programs of modules');
  },
};

function siteOf(stack: string): Site {
  const { files, names, places } = table();
  const functions: string[] = [];
  let place: Site['place'] = null;
  for (const line of stack.split('\n')) {
    const match = POSITION.exec(line);
    const index = match === null ? -1 : placeAt(Number(match[1]) - 1, Number(match[2]) - 1);
    if (index < 0) continue;
    const [file, sourceLine, name] = places[index];
    if (!isKernelFunction(names[name])) continue;
    place ??= { file: files[file], line: sourceLine };
    functions.unshift(kernelSpelling(names[name]));
  }
  return { functions, place };
}

/** The index of the place at a position of the bundle, or -1. */
function placeAt(line: number, column: number): number {
  const { begins, places } = columnsOf(line);
  let low = 0;
  let high = begins.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (begins[middle] <= column) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : places[low - 1];
}

function columnsOf(line: number): { readonly begins: Int32Array; readonly places: Int32Array } {
  let found = columns.get(line);
  if (found === undefined) {
    const pairs = table().lines[line] ?? [];
    const begins = new Int32Array(pairs.length / 2);
    const places = new Int32Array(pairs.length / 2);
    let column = 0;
    for (let index = 0; index < begins.length; index++) {
      column += pairs[2 * index];
      begins[index] = column;
      places[index] = pairs[2 * index + 1];
    }
    found = { begins, places };
    columns.set(line, found);
  }
  return found;
}

/** The lines of source that the steps stand at, with those around them. */
export function excerptsOf(trace: readonly TraceStep[]): SourceExcerpt[] {
  const { files, texts } = table();
  const wanted = new Set(trace.flatMap(({ site }) => (site === null ? [] : [site.file])));
  return files.flatMap((file, index) => (wanted.has(file) ? [{ file, lines: texts[index] }] : []));
}
