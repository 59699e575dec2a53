import { existsSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * Whose a finding is. One that lies in the project of its modules came there with them, or was made there.
 * Any other may be a stranger's, which names whatever of the reader's files it likes.
 */

const MARKS = ['package.json', '.git'];

/**
 * The directory of the project that a file belongs to: the nearest above it that says so, or the file's own.
 * Null in a home directory and where everybody's temporary files are: not all that lies under them belongs
 * together. Takes a real path.
 */
export function projectOf(file: string): string | null {
  const tooWide = new Set([homedir(), tmpdir(), '/tmp'].flatMap((path) => [resolve(path), real(path)]));
  for (let at = dirname(file); at !== dirname(at) && !tooWide.has(at); at = dirname(at)) {
    if (at.split(sep).includes('node_modules')) continue;
    if (MARKS.some((mark) => existsSync(join(at, mark)))) return at;
  }
  const own = dirname(file);
  return own === dirname(own) || tooWide.has(own) ? null : own;
}

/**
 * Those of `modules` that lie in another project than the finding does; paths as given. What is not there is
 * told when it is read.
 */
export function modulesElsewhere(finding: string, modules: readonly string[]): string[] {
  const at = real(finding);
  return modules.filter((module) => {
    if (!existsSync(module)) return false;
    const project = projectOf(real(module));
    return project === null || !isIn(project, at);
  });
}

function isIn(directory: string, file: string): boolean {
  const path = relative(directory, file);
  return path !== '..' && !path.startsWith(`..${sep}`);
}

function real(path: string): string {
  try {
    return realpathSync(resolve(path));
  } catch {
    return resolve(path);
  }
}
