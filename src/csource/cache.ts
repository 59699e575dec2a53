import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { makeDirectory } from '../vocabulary/directories.js';
import { InfrastructureError, systemReason } from '../vocabulary/errors.js';

/** What is made of users' C text, in the user's cache: never in a project or a finding. */

/** `$XDG_CACHE_HOME/shootdown/c`, or the same under `~/.cache`. Throws InfrastructureError. */
export function cacheFolder(): string {
  const given = process.env.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(given) ? given : join(home(), '.cache'), 'shootdown', 'c');
}

/** $HOME, unless it names no place; what the system knows of the user then. */
function home(): string {
  for (const ask of [homedir, () => userInfo().homedir])
    try {
      const found = ask();
      if (isAbsolute(found)) return found;
    } catch {
      // In a container the user may be one of whom the system knows nothing.
    }
  throw new InfrastructureError(
    'translations of C code can be kept nowhere: HOME names no directory',
    'set XDG_CACHE_HOME to a directory that can be written',
  );
}

export function temporary(): string {
  const parent = cacheFolder();
  try {
    makeDirectory(parent);
    removeStale(parent);
    return mkdtempSync(join(parent, MAKING));
  } catch (error) {
    throw refused(parent, error);
  }
}

/** How directories are named in which something is being made. */
const MAKING = 'making-';
const STALE_MS = 3_600_000;

/** What processes have left that were killed in the middle. */
function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(MAKING)) continue;
    const path = join(parent, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS) remove(path);
  }
}

/** Takes a directory of `temporary` away. What cannot be goes when it is stale: nothing is lost by it. */
export function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A later run tries again.
  }
}

/** Files by name, whole or not at all: another process may be making the same. */
export function keep(folder: string, files: ReadonlyMap<string, string>): void {
  const made = temporary();
  try {
    for (const [name, text] of files) {
      makeDirectory(dirname(join(made, name)));
      // After a power cut the name must not lead to half of it: nothing would ever be made again.
      writeFileSync(join(made, name), text, { flush: true });
    }
    makeDirectory(dirname(folder));
    renameSync(made, folder);
  } catch (error) {
    remove(made);
    if (!existsSync(folder)) throw refused(folder, error);
  }
}

export function refused(folder: string, error: unknown): InfrastructureError {
  return new InfrastructureError(
    `${folder}: translations of C code cannot be kept there: ${systemReason(error)}`,
    'set XDG_CACHE_HOME to a directory that can be written',
  );
}
