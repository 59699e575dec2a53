import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeStale } from '../../findings/stale-files.js';
import { makeDirectories, removeQuietly, syncDirectory, writeAll } from '../../findings/synced-file.js';
import { temporaryName } from '../../findings/temporary-name.js';
import type { RecordWriter } from './records.js';

/**
 * The file of a kept search: a line of JSON that says whose it is, records, and a hash of all of it. It is
 * written beside its place and takes the place of the one before when it is on the disk: whoever is killed
 * leaves the one or the other, whole.
 */

export const FORMAT = 'shootdown-kept-search';
/** Node reads, writes and hashes no more than 2 GiB at once. */
export const CHUNK_BYTES = 1 << 24;
/** Of a record: kind and length, as two words of 64 bits. */
export const HEAD_BYTES = 16;
export const VALUE = 1;
export const WORDS = 2;

/** Whose search it is; only the same one may go on with it. */
export interface CheckpointKey {
  /** Hash of all code that searches, of modules too. */
  readonly code: string;
  /** Hash of the program's name, or of variant and scenario. */
  readonly subject: string;
  /** What it was asked: in words, compared one by one. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Writes a file whose records `fill` makes; answers how many bytes it has. Throws system errors, and leaves
 * what was there before then.
 */
export function writeCheckpoint(file: string, key: CheckpointKey, fill: (to: RecordWriter) => void): number {
  makeDirectories(dirname(file));
  removeStale(dirname(file), basename(file));
  const temporary = join(dirname(file), temporaryName(basename(file)));
  try {
    const bytes = writeRecords(temporary, key, fill);
    renameSync(temporary, file);
    syncDirectory(dirname(file));
    return bytes;
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function writeRecords(path: string, key: CheckpointKey, fill: (to: RecordWriter) => void): number {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    const hash = createHash('sha256');
    let written = 0;
    const write = (bytes: Uint8Array): void => {
      for (const chunk of chunksOf(bytes)) {
        hash.update(chunk);
        writeAll(descriptor, chunk);
      }
      written += bytes.length;
    };
    const record = (kind: number, bytes: Uint8Array): void => {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeBigUInt64LE(BigInt(kind), 0);
      head.writeBigUInt64LE(BigInt(bytes.length), 8);
      write(head);
      write(bytes);
    };
    write(Buffer.from(`${JSON.stringify({ format: FORMAT, ...key })}\n`, 'utf8'));
    fill({
      value: (value) => record(VALUE, Buffer.from(JSON.stringify(value), 'utf8')),
      words: (array, used) => record(WORDS, new Uint8Array(array.buffer, array.byteOffset, used * 4)),
    });
    const digest = hash.digest();
    writeAll(descriptor, digest);
    fsyncSync(descriptor);
    return written + digest.length;
  } finally {
    closeSync(descriptor);
  }
}

export function* chunksOf({ buffer, byteOffset, length }: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < length; at += CHUNK_BYTES)
    yield Buffer.from(buffer, byteOffset + at, Math.min(CHUNK_BYTES, length - at));
}
