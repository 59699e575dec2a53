import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { errorCode, InfrastructureError } from '../vocabulary/errors.js';

/** How long a reader of a pipe may take no byte. Signals are not heard meanwhile, so it is short. */
const PATIENCE_MS = 5_000;
const POLL_MS = 10;

/**
 * Writes to what is no regular file: a pipe, a terminal, /dev/null. Never waits without end: a pipe that
 * nobody reads is refused. Throws InfrastructureError and system errors.
 */
export function writeSpecial(path: string, bytes: Uint8Array): void {
  const descriptor = openWithoutWaiting(path);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  try {
    let idleMs = 0;
    for (let written = 0; written < bytes.length; ) {
      try {
        written += writeSync(descriptor, bytes, written);
        idleMs = 0;
      } catch (error) {
        if (errorCode(error) !== 'EAGAIN') throw error;
        if (idleMs >= PATIENCE_MS)
          throw new InfrastructureError(`${path}: its reader has taken nothing for ${PATIENCE_MS / 1_000} s`);
        Atomics.wait(pause, 0, 0, POLL_MS);
        idleMs += POLL_MS;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function openWithoutWaiting(path: string): number {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENXIO')
      throw new InfrastructureError(`${path}: a pipe that nobody reads, or a device that is not there`);
    throw error;
  }
}
