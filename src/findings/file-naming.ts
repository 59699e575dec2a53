import { linkSync, lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs';
import type { Protocol } from '../machine/protocol.js';
import { NAMED, type NamingOps, NO_LINKS, TAKEN } from '../programs/naming.js';
import { errorCode } from '../vocabulary/errors.js';
import { FINDING_BYTES_MAX } from './schema.js';
import { writeSynced } from './synced-file.js';

const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
]);

/**
 * The system calls by which a file of these bytes gets its name (see programs/naming.ts). They act at once.
 */
export class FileNaming implements NamingOps {
  private reserved: string | null = null;

  constructor(
    private readonly temporary: string,
    /** The n-th name that would do, from 1. */
    readonly path: (n: number) => string,
    private readonly bytes: Buffer,
  ) {}

  *write(): Protocol<void> {
    writeSynced(this.temporary, this.bytes);
  }
  *link(n: number): Protocol<number> {
    try {
      linkSync(this.temporary, this.path(n));
      return NAMED;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') return TAKEN;
      if (code === null || !NO_HARD_LINKS.has(code)) throw error;
      return NO_LINKS;
    }
  }
  *holdsSame(n: number): Protocol<number> {
    return readExisting(this.path(n))?.equals(this.bytes) === true ? 1 : 0;
  }
  *reserve(n: number): Protocol<number> {
    const lock = `${this.path(n)}.lock`;
    try {
      mkdirSync(lock);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return 0;
      throw error;
    }
    this.reserved = lock;
    return 1;
  }
  *isTaken(n: number): Protocol<number> {
    return lstatSync(this.path(n), { throwIfNoEntry: false }) === undefined ? 0 : 1;
  }
  *rename(n: number): Protocol<void> {
    renameSync(this.temporary, this.path(n));
  }
  *release(): Protocol<void> {
    this.end();
  }

  /** Takes away a reservation that is still there, after a failure too. */
  end(): void {
    const lock = this.reserved;
    this.reserved = null;
    if (lock !== null) rmdirSync(lock);
  }
}

/** The bytes of a file that may be ours, empty for anything that cannot be, null where there is nothing. */
export function readExisting(path: string): Buffer | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isFile() || stats.size > FINDING_BYTES_MAX) return Buffer.alloc(0);
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
