/**
 * Where the operations of a bundled engine are written: call stacks in a browser have places of the bundle
 * only, in whatever words the browser has for functions.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../vocabulary/package-root.js';
import { functionNames } from './function-names.js';
import { type Segment, segmentsOf } from './mappings.js';

/** A line of protocol source, and the function around it. */
export type SitePlace = readonly [file: number, line: number, name: number];

/** Compact, since a page carries it. */
export interface SiteTable {
  /** Paths under the package's root. */
  readonly files: readonly string[];
  readonly names: readonly string[];
  readonly places: readonly SitePlace[];
  /**
   * By line of the bundle: columns, each as the distance from the last, and the index of the place that
   * begins there; -1: text that is no protocol.
   */
  readonly lines: readonly (readonly number[])[];
  /** By file: pairs of line and text, of the lines that operations are on and those around them. */
  readonly texts: readonly (readonly (readonly [line: number, text: string])[])[];
}

/** Lines that are shown on either side of one. */
const AROUND = 2;
/** On a line of its own where an expression takes several. */
const OPERATION = /\byield\b|\bcpu\./;
const PROTOCOL = /(?:^|\/)(src\/(?:kernel|backends|rules)\/.*)$/;

export function siteTable(map: {
  readonly sources: readonly string[];
  readonly mappings: string;
}): SiteTable {
  const table = new TableMaker(map.sources);
  return table.made(segmentsOf(map.mappings));
}

interface Source {
  /** Index in the table. */
  readonly file: number;
  readonly text: readonly string[];
  /** Offset at which each line begins. */
  readonly offsets: readonly number[];
  readonly nameAt: (offset: number) => string;
}

class TableMaker {
  private readonly files: string[] = [];
  private readonly names = new Map<string, number>();
  private readonly places = new Map<string, number>();
  private readonly placed: SitePlace[] = [];
  /** By index in the map: null for a source that is no protocol. */
  private readonly sources: readonly (Source | null)[];

  constructor(sources: readonly string[]) {
    this.sources = sources.map((source) => this.read(source));
  }

  made(lines: readonly (readonly Segment[])[]): SiteTable {
    const columns = lines.map((segments) => this.columnsOf(segments));
    const shown = this.sources.flatMap((source) => (source === null ? [] : [this.shownOf(source)]));
    return {
      ...{ files: this.files, names: [...this.names.keys()], places: this.placed, lines: columns },
      texts: shown,
    };
  }

  private read(path: string): Source | null {
    const name = PROTOCOL.exec(path)?.[1];
    if (name === undefined) return null;
    const text = readFileSync(fileURLToPath(new URL(name, packageRoot())), 'utf8');
    const lines = text.split('\n');
    const offsets: number[] = [];
    let offset = 0;
    for (const line of lines) {
      offsets.push(offset);
      offset += line.length + 1;
    }
    this.files.push(name);
    return { file: this.files.length - 1, text: lines, offsets, nameAt: functionNames(name, text) };
  }

  /** Runs of segments at one place are one. */
  private columnsOf(segments: readonly Segment[]): number[] {
    const columns: number[] = [];
    let [before, last] = [-1, 0];
    for (const segment of segments) {
      const place = this.placeOf(segment);
      if (place === before) continue;
      columns.push(segment.column - last, place);
      [before, last] = [place, segment.column];
    }
    return columns;
  }

  private placeOf({ source: index, sourceLine, sourceColumn }: Segment): number {
    const source = this.sources[index] ?? null;
    if (source === null) return -1;
    const name = source.nameAt(source.offsets[sourceLine] + sourceColumn);
    const place: SitePlace = [source.file, sourceLine + 1, indexIn(this.names, name)];
    const known = this.places.size;
    const found = indexIn(this.places, place.join());
    if (found === known) this.placed.push(place);
    return found;
  }

  private shownOf({ file, text }: Source): (readonly [number, string])[] {
    const wanted = new Set<number>();
    for (const [of, line] of this.placed) {
      if (of !== file || !OPERATION.test(text[line - 1])) continue;
      for (let near = line - AROUND; near <= line + AROUND; near++) wanted.add(near);
    }
    return [...wanted]
      .filter((line) => line >= 1 && line <= text.length)
      .sort((a, b) => a - b)
      .map((line) => [line, text[line - 1]] as const);
  }
}

/** The index of a key among all that were asked for. */
function indexIn(known: Map<string, number>, key: string): number {
  const index = known.get(key) ?? known.size;
  known.set(key, index);
  return index;
}
