/**
 * A recording from disk: the file, its text, its events, and its meta file if there is one.
 */
import { basename } from 'node:path';
import { refuseCompanion } from './companions.js';
import { MAX_LINE } from './line-parser.js';
import { metaPath, readMeta } from './meta.js';
import { parseLines } from './parse.js';
import { fileLines } from './read-file.js';
import type { Recording } from './recording.js';

/** The name that a recording's file gives it: the base name without `.gz` and `.trace`. */
export function recordingName(path: string): string {
  return basename(path)
    .replace(/\.gz$/, '')
    .replace(/\.trace$/, '');
}

/** Reads and parses `path` (plain or gzip). Throws TraceError for everything that can be wrong with it. */
export function readRecording(path: string): Recording {
  refuseCompanion(path);
  const recording = parseLines(fileLines(path, MAX_LINE), path, recordingName(path));
  const meta = readMeta(metaPath(path));
  return meta === undefined ? recording : { ...recording, meta };
}
