import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { argumentsOf } from './arguments.js';
import { record } from './harness.js';

/**
 * The same hunts with one job and two, twice, on this Node and on others: the same bytes each time.
 *
 *     npx tsx bench/determinism.ts [--record] [NODE...]
 *
 * Other versions come from the npm package `node`, e.g. `npm install --prefix DIR node@24`, then
 * DIR/node_modules/node/bin/node. Exit code 1 if any two runs differ.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const { positionals, isRecorded } = argumentsOf({}, '[NODE...]');
const binaries = [process.execPath, ...positionals];
const versions: string[] = [];
let expected: string | null = null;
let runs = 0;
let failed = false;

for (const binary of binaries) {
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
  versions.push(version);
  for (const jobs of [1, 2, 1, 2]) {
    const output = execFileSync(binary, ['--import', 'tsx', 'bench/determinism-main.ts', String(jobs)], {
      cwd: root,
      encoding: 'utf8',
    });
    runs++;
    expected ??= output;
    const same = output === expected;
    console.log(
      `Node ${version}, ${jobs} ${jobs === 1 ? 'job' : 'jobs'}: ${same ? 'the same' : 'DIFFERENT'}`,
    );
    if (!same) console.log(output);
    failed ||= !same;
  }
}
console.log(`\n${expected ?? ''}`);
const result = failed ? '**FAILED**' : `${runs} runs on Node ${versions.join(', ')}: the same bytes`;
console.log(result);
if (isRecorded)
  record({
    what: 'the same hunts with 1 and 2 jobs',
    result,
    command: 'npx tsx bench/determinism.ts NODE...',
  });
process.exitCode = failed ? 1 : 0;
