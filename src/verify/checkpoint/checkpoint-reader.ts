import { createHash } from 'node:crypto';
import { fstatSync, openSync, readSync, statSync } from 'node:fs';
import { closeQuietly } from '../../findings/synced-file.js';
import { errorCode, InputError, systemReason } from '../../vocabulary/errors.js';
import {
  CHUNK_BYTES,
  type CheckpointKey,
  chunksOf,
  FORMAT,
  HEAD_BYTES,
  VALUE,
  WORDS,
} from './checkpoint-file.js';
import type { RecordReader } from './records.js';

/** The file of a kept search (checkpoint-file.ts), read. */

const HASH_BYTES = 32;
const LINE_BYTES_MAX = 1 << 20;
const REMEDY = 'take it away, or give another directory with --state';

interface Opened {
  readonly file: string;
  readonly descriptor: number;
}

/** A file that is whole, opened to be read once. */
export class CheckpointReader implements RecordReader {
  readonly key: CheckpointKey;
  private at: number;

  private constructor(private readonly opened: Opened) {
    const { key, length } = keyOf(opened);
    this.key = key;
    this.at = length;
  }

  /** Throws InputError for what cannot be read, is no such file, or not whole. */
  static open(file: string): CheckpointReader {
    const descriptor = answerOf(file, () => {
      // Before the open: to open a pipe that nobody writes to would wait for ever.
      if (!statSync(file).isFile()) throw notKept(file);
      return openSync(file, 'r');
    });
    try {
      const opened = { file, descriptor };
      const reader = new CheckpointReader(opened);
      if (!isWhole(opened)) throw damaged(file);
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
    if (length > into.byteLength) throw new Error(`${this.opened.file}: more words than there is room for`);
    this.read(new Uint8Array(into.buffer, into.byteOffset, length));
  }

  close(): void {
    closeQuietly(this.opened.descriptor);
  }

  private head(kind: number): number {
    const head = Buffer.alloc(HEAD_BYTES);
    this.read(head);
    if (head.readBigUInt64LE(0) !== BigInt(kind))
      throw new Error(`${this.opened.file}: records in another order`);
    return Number(head.readBigUInt64LE(8));
  }

  private read(bytes: Uint8Array): void {
    for (const chunk of chunksOf(bytes)) {
      readAll(this.opened, chunk, this.at);
      this.at += chunk.length;
    }
  }
}

/** What a system call answers; throws InputError where it fails. */
function answerOf<Answer>(file: string, call: () => Answer): Answer {
  try {
    return call();
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InputError(`${file}: cannot be read: ${systemReason(error)}`, REMEDY);
  }
}

const notKept = (file: string): InputError =>
  new InputError(`${file}: no search that verify has kept`, REMEDY);
const damaged = (file: string): InputError =>
  new InputError(`${file}: a kept search that is cut short or damaged`, REMEDY);

/** The line that a file begins with, whether the rest is whole or not. */
function keyOf(opened: Opened): { readonly key: CheckpointKey; readonly length: number } {
  const bytes = Buffer.alloc(Math.min(LINE_BYTES_MAX, sizeOf(opened)));
  readAll(opened, bytes, 0);
  const end = bytes.indexOf('\n');
  if (end < 0) throw notKept(opened.file);
  try {
    const { format, ...key } = JSON.parse(bytes.subarray(0, end).toString('utf8'));
    if (format === FORMAT && typeof key.options === 'object' && key.options !== null)
      return { key, length: end + 1 };
  } catch {
    // Not ours, as anything else that is no JSON.
  }
  throw notKept(opened.file);
}

function isWhole(opened: Opened): boolean {
  const size = sizeOf(opened);
  if (size < HASH_BYTES) return false;
  const hash = createHash('sha256');
  const end = size - HASH_BYTES;
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, end));
  for (let at = 0; at < end; at += CHUNK_BYTES) {
    const bytes = chunk.subarray(0, Math.min(CHUNK_BYTES, end - at));
    readAll(opened, bytes, at);
    hash.update(bytes);
  }
  const told = Buffer.alloc(HASH_BYTES);
  readAll(opened, told, end);
  return hash.digest().equals(told);
}

const sizeOf = ({ file, descriptor }: Opened): number => answerOf(file, () => fstatSync(descriptor).size);

function readAll({ file, descriptor }: Opened, into: Buffer, from: number): void {
  for (let done = 0; done < into.length; ) {
    const left = into.length - done;
    const count = answerOf(file, () => readSync(descriptor, into, done, left, from + done));
    // It has become shorter while it was read.
    if (count === 0) throw damaged(file);
    done += count;
  }
}
