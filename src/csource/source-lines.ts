import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode } from '../vocabulary/errors.js';
import type { KernelSourceRef } from '../vocabulary/finding.js';
import type { LineText } from '../vocabulary/told.js';
import { sha256 } from './tree.js';

/**
 * Lines of a kernel's C files, as they stand in the user's tree when they are shown: what was written down of
 * a run has their numbers only. A file that is not what was compiled shows none, since its lines may be
 * others by now; with `given`, a tree in the place of the one that `ref` names, what is there counts.
 */
export function sourceLines(ref: KernelSourceRef, given?: string): LineText {
  const root = resolve(given ?? ref.tree);
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const known = ref.files.find((one) => one.file === file);
    if (known === undefined) return null;
    let lines = files.get(file);
    if (lines === undefined) {
      const text = textOf(join(root, file));
      lines = text === null || (given === undefined && sha256(text) !== known.sha256) ? [] : text.split('\n');
      files.set(file, lines);
    }
    const text = (lines[line - 1] ?? '').trim().replace(/\s+/g, ' ');
    return text === '' ? null : text;
  };
}

/** Null for a file that has gone since it was compiled. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
