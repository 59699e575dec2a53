import type { Place, Told } from './told.js';

/**
 * The ways in which the world outside can fail us; none is a bug of shootdown. Anything else that is thrown
 * is one. The message is one line of what is wrong, where, and what to do: `FILE:LINE: what; remedy`.
 */
abstract class OutsideError extends Error {
  /** `told`: what is kept when the error leaves a thread, which loses its class. */
  constructor(
    readonly what: string,
    readonly remedy: string | null = null,
    readonly place: Place | null = null,
    told?: Told,
  ) {
    const where = place === null ? '' : `${place.file}:${place.line}: `;
    const message = where + what + (remedy === null ? '' : `; ${remedy}`);
    super(message, told === undefined ? undefined : { cause: told });
  }
}

/** Something the user gave us is not usable: a bad file, name or value. The command line exits 2. */
export class InputError extends OutsideError {
  override readonly name: string = 'InputError';
}

/** Code that verify does not see through; it can be hunted. */
export class NotVerifiableError extends InputError {
  override readonly name = 'NotVerifiableError';

  /** `name`: of the program, or variant. */
  constructor(name: string, what: string, place: Place | null) {
    super(`"${name}" cannot be verified: ${what}`, 'it can still be hunted', place);
  }
}

/**
 * Thrown for a definition (a variant, scenario or program of a user's module) that makes no sense. Where it
 * comes out of that module it becomes an InputError with its place. `program`: the plain program that it is
 * of.
 */
export class DefinitionError extends OutsideError {
  override readonly name: string = 'DefinitionError';

  constructor(what: string, program: string | null = null, remedy: string | null = null) {
    super(what, remedy, null, { told: 'definition', program });
  }
}

/**
 * The machine that we run on refused: a directory that cannot be written, a full disk, a worker that died.
 * The command line exits 3.
 */
export class InfrastructureError extends OutsideError {
  override readonly name = 'InfrastructureError';
}

/** A program that we have started was ended by others, by a signal that may have been meant for us too. */
export class ProgramEndedError extends InfrastructureError {
  /** `how`: its end in words, `was ended by SIGKILL`. */
  constructor(program: string, how: string) {
    super(`${program} ${how}`, 'run this again');
  }
}

/** The `code` of a system error (`ENOENT`, ...), or null. */
export function errorCode(error: unknown): string | null {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return null;
}

/** Why a system call failed, in words for the codes that people meet. */
export function systemReason(error: unknown): string {
  const code = errorCode(error);
  if (code !== null && code in SYSTEM_REASONS) return `${SYSTEM_REASONS[code]} (${code})`;
  if (code !== null) return code;
  return error instanceof Error ? error.message : String(error);
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not become that large',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'something else is there already',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'input/output error',
  ENOMEM: 'out of memory',
  EBUSY: 'it is in use',
  ETXTBSY: 'it is being executed',
  ESTALE: 'the network file system has lost it',
  ETIMEDOUT: 'the file system does not answer',
  EMLINK: 'too many links',
  ENOTEMPTY: 'the directory is not empty',
  ENXIO: 'no such device, or a pipe that nobody reads',
  ENODEV: 'no such device',
  EPIPE: 'nobody reads it any more',
  EINVAL: 'the file system refuses it',
  ENOTSUP: 'the file system cannot do that',
  EOPNOTSUPP: 'the file system cannot do that',
};
