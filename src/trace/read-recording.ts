/**
 * A recording from disk: the file, its text, its events, and its meta file if there is one.
 */
import { basename } from 'node:path';
import { refuseCompanion } from './companions.js';
import { metaPath, readMeta } from './meta.js';
import { parseTrace } from './parse.js';
import { readBytes, textOf } from './read-file.js';
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
  const recording = parseTrace(textOf(readBytes(path), path), path, recordingName(path));
  const meta = readMeta(metaPath(path));
  return meta === undefined ? recording : { ...recording, meta };
}
