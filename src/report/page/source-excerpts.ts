/** The lines of protocol source that a page shows beside steps. */

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TraceStep } from '../../explain/trace-step.js';
import { packageRoot } from '../../vocabulary/package-root.js';
import type { Place } from '../../vocabulary/told.js';
import type { SourceExcerpt } from './document.js';

/** Lines on either side of one. */
const AROUND = 3;
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** Files that are not there, or not as long as they were, have no excerpt. */
export function sourceExcerpts(steps: readonly TraceStep[]): SourceExcerpt[] {
  const wanted = new Map<string, Set<number>>();
  for (const { site, judgedAt } of steps)
    for (const place of [site, judgedAt ?? null]) if (place !== null) want(wanted, place);
  return [...wanted].flatMap(([file, lines]) => {
    const text = textOf(file);
    if (text === null) return [];
    const known = [...lines].filter((line) => line >= 1 && line <= text.length).sort((a, b) => a - b);
    return [{ file, lines: known.map((line) => [line, text[line - 1]] as const) }];
  });
}

function want(wanted: Map<string, Set<number>>, { file, line }: Place): void {
  const lines = wanted.get(file) ?? new Set();
  wanted.set(file, lines);
  for (let near = line - AROUND; near <= line + AROUND; near++) lines.add(near);
}

/** A kernel's C text is not copied into what is kept; our own sources and users' modules are. */
const SHOWN = /\.[cm]?[jt]sx?$/;

/** Our own sources are told from the package's root, users' from the working directory. */
function textOf(file: string): string[] | null {
  if (!SHOWN.test(file)) return null;
  const isOurs = /^src\/(?:kernel|backends|rules)\//.test(file);
  const path = isOurs ? fileURLToPath(new URL(file, packageRoot())) : file;
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > FILE_BYTES_MAX) return null;
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return null;
  }
}
