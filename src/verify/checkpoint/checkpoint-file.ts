import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeStale } from '../../findings/stale-files.js';
import {
  closeQuietly,
  makeDirectories,
  removeQuietly,
  syncDirectory,
  writeAll,
} from '../../findings/synced-file.js';
import { temporaryName } from '../../findings/temporary-name.js';
import { InputError, systemReason } from '../../vocabulary/errors.js';
import type { RecordReader, RecordWriter } from './records.js';

/**
 * The file of a kept search: a line of JSON that says whose it is, records, and a hash of all of it. It is
 * written beside its place and takes the place of the one before when it is on the disk: whoever is killed
 * leaves the one or the other, whole.
 */

const FORMAT = 'shootdown-kept-search';
const HASH_BYTES = 32;
const LINE_BYTES_MAX = 1 << 20;
/** Node reads, writes and hashes no more than 2 GiB at once. */
const CHUNK_BYTES = 1 << 24;
/** Of a record: kind and length, as two words of 64 bits. */
const HEAD_BYTES = 16;
const VALUE = 1;
const WORDS = 2;
const REMEDY = 'take it away, or give another directory with --state';

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

/** A file that is whole, opened to be read once. */
export class CheckpointReader implements RecordReader {
  readonly key: CheckpointKey;
  private at: number;

  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
  ) {
    const { key, length } = keyOf(file, descriptor);
    this.key = key;
    this.at = length;
  }

  /** Throws InputError for what is no such file, or not whole. */
  static open(file: string): CheckpointReader {
    let descriptor: number;
    try {
      descriptor = openSync(file, 'r');
    } catch (error) {
      throw new InputError(`${file}: cannot be read: ${systemReason(error)}`, REMEDY);
    }
    try {
      const reader = new CheckpointReader(file, descriptor);
      if (!isWhole(descriptor))
        throw new InputError(`${file}: a kept search that is cut short or damaged`, REMEDY);
      return reader;
    } catch (error) {
      closeQuietly(descriptor);
      throw error;
    }
  }

  value<Value>(): Value {
    const bytes = Buffer.alloc(this.head(VALUE));
    this.read(bytes);
    return JSON.parse(bytes.toString('utf8')) as Value;
  }

  words(into: Int32Array): void {
    const length = this.head(WORDS);
    if (length > into.byteLength) throw new Error(`${this.file}: more words than there is room for`);
    this.read(new Uint8Array(into.buffer, into.byteOffset, length));
  }

  close(): void {
    closeQuietly(this.descriptor);
  }

  private head(kind: number): number {
    const head = Buffer.alloc(HEAD_BYTES);
    this.read(head);
    if (head.readBigUInt64LE(0) !== BigInt(kind)) throw new Error(`${this.file}: records in another order`);
    return Number(head.readBigUInt64LE(8));
  }

  private read(bytes: Uint8Array): void {
    for (const chunk of chunksOf(bytes)) {
      readAll(this.descriptor, chunk, this.at);
      this.at += chunk.length;
    }
  }
}

function* chunksOf({ buffer, byteOffset, length }: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < length; at += CHUNK_BYTES)
    yield Buffer.from(buffer, byteOffset + at, Math.min(CHUNK_BYTES, length - at));
}

/** The line that a file begins with, whether the rest is whole or not. */
function keyOf(file: string, descriptor: number): { readonly key: CheckpointKey; readonly length: number } {
  const refuse = (): InputError => new InputError(`${file}: no search that verify has kept`, REMEDY);
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) throw refuse();
  const bytes = Buffer.alloc(Math.min(LINE_BYTES_MAX, stats.size));
  readAll(descriptor, bytes, 0);
  const end = bytes.indexOf('\n');
  if (end < 0) throw refuse();
  try {
    const { format, ...key } = JSON.parse(bytes.subarray(0, end).toString('utf8'));
    if (format === FORMAT && typeof key.options === 'object') return { key, length: end + 1 };
  } catch {
    // Not ours, as anything else that is no JSON.
  }
  throw refuse();
}

function isWhole(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size < HASH_BYTES) return false;
  const hash: Hash = createHash('sha256');
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
  const end = size - HASH_BYTES;
  for (let at = 0; at < end; at += CHUNK_BYTES) {
    const bytes = chunk.subarray(0, Math.min(CHUNK_BYTES, end - at));
    readAll(descriptor, bytes, at);
    hash.update(bytes);
  }
  const told = Buffer.alloc(HASH_BYTES);
  readAll(descriptor, told, end);
  return hash.digest().equals(told);
}

function readAll(descriptor: number, into: Buffer, from: number): void {
  for (let done = 0; done < into.length; ) {
    const count = readSync(descriptor, into, done, into.length - done, from + done);
    if (count === 0) throw new Error('a file has become shorter while it was read');
    done += count;
  }
}
