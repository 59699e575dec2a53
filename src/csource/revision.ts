import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../vocabulary/errors.js';
import { cacheFolder, keep } from './cache.js';
import { runTool } from './tool.js';
import { type CFile, MAKEFILE, neededFor } from './tree.js';

/** `DIR@REVISION`: a tree as it is in a commit of its repository. */

const AT = /^(.+)@([^@]+)$/;
const GIT_MS = 60_000;
/**
 * A repository may come from anybody. What of it could run a program is a missing object that git would
 * fetch, by what the repository's own settings say; a commit is what its hash says, whatever it is to be
 * replaced by.
 */
const NOTHING_ELSE = {
  ...{ GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' },
  ...{ GIT_NO_REPLACE_OBJECTS: '1', GIT_OPTIONAL_LOCKS: '0' },
};
const REMEDY = 'give DIR@REVISION, a git repository and what "git rev-parse" knows, such as ~/linux@HEAD~1';

/**
 * The directory that is named: itself, or, of a revision, one in the user's cache with the files that are
 * needed, by the commit's hash and the repository. Throws InputError for what git does not know.
 */
export async function treeAt(given: string, cFiles: readonly CFile[]): Promise<string> {
  const match = existsSync(given) ? null : AT.exec(given);
  if (match === null || !existsSync(match[1])) return given;
  const [, repository, revision] = match;
  const commit = (
    await git(given, repository, ['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`])
  ).trim();
  // By the repository too: none of them can say what a commit of another holds.
  const repositoryKey = createHash('sha256').update(realpathSync(repository)).digest('hex').slice(0, 16);
  const folder = join(cacheFolder(), 'trees', `${commit}-${repositoryKey}-${cFiles.join('-')}`);
  if (existsSync(folder)) return folder;
  const wanted = [MAKEFILE, ...neededFor(cFiles)];
  const list = ['ls-tree', '-r', '--name-only', commit, '--', ...wanted];
  const listed = await git(given, repository, list);
  const there = new Set(listed.split('\n'));
  const files = new Map<string, string>();
  for (const file of wanted)
    if (there.has(file))
      files.set(file, await git(given, repository, ['cat-file', 'blob', `${commit}:${file}`]));
  keep(folder, files);
  return folder;
}

async function git(given: string, repository: string, args: readonly string[]): Promise<string> {
  const all = ['-C', repository, ...args];
  const { status, stdout, stderr, error, isLate } = await runTool('git', all, {
    env: NOTHING_ELSE,
    patienceMs: GIT_MS,
  });
  if (status === 0) return stdout;
  const said = isLate
    ? `git has not ended after ${GIT_MS / 1_000} s`
    : (error?.message ?? stderr.split('\n')[0]);
  throw new InputError(`${given}: ${said || 'git failed'}`, REMEDY);
}
