import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { takeClaim } from '../programs/claims.js';
import { InfrastructureError } from '../vocabulary/errors.js';
import { type Claim, ClaimFiles } from './claim-files.js';
import { makeDirectories } from './synced-file.js';
import { fitting } from './temporary-name.js';

/** How long another process may write the file before this one gives up. */
const WAIT_MS = 15_000;
const POLL_MS = 25;

/**
 * Runs `work` while no other process does for the same file, under whatever name it goes: what is read in it
 * is still there when it is written. A lock whose owner was killed is taken over (programs/claims.ts).
 * Throws InfrastructureError where another process goes on holding it.
 */
export async function withFileLock<T>(file: string, work: () => T, waitMs = WAIT_MS): Promise<T> {
  // Of a directory that is new, nobody else syncs the name: it is there when the file comes.
  makeDirectories(dirname(file));
  const real = statSync(file, { throwIfNoEntry: false }) === undefined ? file : realpathSync(file);
  const claims = new ClaimFiles(join(dirname(real), `.${fitting(basename(real))}.lock`));
  try {
    const taking = takeClaim(claims);
    for (let waits = 0; taking.next().done !== true; waits++) {
      if (waits * POLL_MS >= waitMs) throw heldBy(file, claims.waitsFor, waitMs);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return work();
  } finally {
    withdrawQuietly(claims);
  }
}

/** A claim that cannot be withdrawn is this process's, and goes with it; the file is written all the same. */
function withdrawQuietly(claims: ClaimFiles): void {
  try {
    claims.withdraw().next();
  } catch {
    claims.end();
  }
}

function heldBy(file: string, claim: Claim | null, waitMs: number): InfrastructureError {
  const who =
    claim === null ? 'another process' : `process ${claim.owner.pid} (since ${claim.since ?? 'just now'})`;
  return new InfrastructureError(
    `${file}: ${who} has been writing it for ${Math.round(waitMs / 1_000)} s`,
    claim === null
      ? 'run this again'
      : `if it hangs, end it and run this again; if it is gone, remove ${claim.path}`,
  );
}
