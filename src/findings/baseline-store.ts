import { statSync } from 'node:fs';
import { replaceFile, writeError } from './atomic-file.js';
import { type BaselineEntry, mergeEntries, readBaseline, serializeBaseline } from './baseline.js';
import { withFileLock } from './file-lock.js';

/**
 * Adds entries to a baseline file, made where missing, and answers how many are new in it. No entry is ever
 * removed, and what another process has added since the file was read stays: it is read again under a lock.
 * Throws InputError where what is there is no baseline.
 */
export async function addToBaseline(file: string, entries: readonly BaselineEntry[]): Promise<number> {
  try {
    return await withFileLock(file, () => {
      const exists = statSync(file, { throwIfNoEntry: false }) !== undefined;
      const before = exists ? readBaseline(file).violations : [];
      const merged = mergeEntries(before, entries);
      // Untouched where nothing changes: its bytes, its time, an order that somebody gave it.
      const had = serializeBaseline(mergeEntries(before, []));
      if (!exists || serializeBaseline(merged) !== had) replaceFile(file, serializeBaseline(merged));
      return merged.length - mergeEntries(before, []).length;
    });
  } catch (error) {
    throw writeError(error, 'the baseline', file, 'give another path with --baseline');
  }
}
