/**
 * Tests that check a part of what they could, since `npm test` has eight minutes, check all of it: every file
 * operation that fails, every module that attacks, every scenario on threads.
 *
 *     npx tsx bench/at-length.ts [TEST...]
 *
 * `TEST`: beginnings of paths such as test/faults, default all. Exit code 1 where a test fails.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AT_LENGTH } from '../test/at-length.js';
import { argumentsOf } from './arguments.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const { positionals } = argumentsOf({}, '[TEST...]');
const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name))
  .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('/at-length.js'))
  .filter((path) => positionals.length === 0 || positionals.some((given) => path.startsWith(given)));
if (tests.length === 0) {
  console.error(`no test that checks a part begins with ${positionals.join(' or ')}; see test/at-length.ts`);
  process.exit(2);
}
const vitest = relative(ROOT, fileURLToPath(import.meta.resolve('vitest/vitest.mjs')));
const { status } = spawnSync(process.execPath, [vitest, 'run', ...tests], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, [AT_LENGTH]: '1' },
});
process.exitCode = status === 0 ? 0 : 1;
